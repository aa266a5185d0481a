drop table tracking_events;
drop table shipments;
