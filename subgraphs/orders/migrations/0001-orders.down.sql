drop table order_status_changes;
drop table order_lines;
drop table orders;
drop sequence order_number;
drop table known_products;
