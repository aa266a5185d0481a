create table shipments (
  id text primary key,
  tracking_number text not null unique,
  carrier text not null check (carrier in ('DHL', 'FEDEX', 'POSTNORD', 'UPS')),
  status text not null check (status in ('CREATED', 'DELIVERED', 'IN_TRANSIT', 'LOST', 'OUT_FOR_DELIVERY')),
  order_id text not null,
  warehouse_id text not null,
  region text not null check (region in ('APAC', 'EU_CENTRAL', 'EU_NORTH', 'NA_EAST', 'NA_WEST')),
  -- Milliseconds, as in cursors and in JavaScript: a finer time would be cut off and rows lost between pages.
  created_at timestamptz(3) not null default now(),
  delivered_at timestamptz(3),
  -- One parcel per order and warehouse.
  unique (order_id, warehouse_id),
  check ((status = 'DELIVERED') = (delivered_at is not null))
);

create index shipments_newest on shipments (created_at desc, id desc);
create index shipments_region_newest on shipments (region, created_at desc, id desc);
create index shipments_status_newest on shipments (status, created_at desc, id desc);

create table tracking_events (
  shipment_id text not null references shipments (id),
  position integer not null,
  status text not null check (status in ('CREATED', 'DELIVERED', 'IN_TRANSIT', 'LOST', 'OUT_FOR_DELIVERY')),
  location text not null check (location <> ''),
  happened_at timestamptz(3) not null default now(),
  primary key (shipment_id, position)
);
