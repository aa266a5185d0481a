-- What orders must know of a product to sell it: its price. Catalog owns the truth.
create table known_products (
  id text primary key,
  price_amount integer not null check (price_amount >= 0),
  price_currency text not null check (price_currency ~ '^[A-Z]{3}$')
);

create sequence order_number;

create table orders (
  id text primary key,
  number text not null unique default 'T-' || lpad(nextval('order_number')::text, 6, '0'),
  customer_id text not null,
  -- Made by the client: the same request places one order, however often it is sent.
  request_id text not null check (request_id <> ''),
  status text not null check (status in ('CANCELLED', 'CONFIRMED', 'DELIVERED', 'PLACED', 'RETURNED', 'SHIPPED')),
  shipping_method text not null check (shipping_method in ('EXPRESS', 'STANDARD')),
  total_amount integer not null check (total_amount >= 0),
  total_currency text not null check (total_currency ~ '^[A-Z]{3}$'),
  -- Milliseconds, as in cursors and in JavaScript: a finer time would be cut off and rows lost between pages.
  placed_at timestamptz(3) not null default now(),
  unique (customer_id, request_id)
);

create index orders_newest on orders (placed_at desc, id desc);
create index orders_status_newest on orders (status, placed_at desc, id desc);
create index orders_of_customer on orders (customer_id, placed_at desc, id desc);

create table order_lines (
  id text primary key,
  order_id text not null references orders (id),
  position integer not null,
  product_id text not null references known_products (id),
  quantity integer not null check (quantity > 0),
  unit_price_amount integer not null check (unit_price_amount >= 0),
  unit_price_currency text not null check (unit_price_currency ~ '^[A-Z]{3}$'),
  unique (order_id, position)
);

create index order_lines_of_product on order_lines (product_id);

create table order_status_changes (
  order_id text not null references orders (id),
  position integer not null,
  status text not null check (status in ('CANCELLED', 'CONFIRMED', 'DELIVERED', 'PLACED', 'RETURNED', 'SHIPPED')),
  reason text,
  changed_at timestamptz(3) not null default now(),
  primary key (order_id, position)
);
