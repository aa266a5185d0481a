create table warehouses (
  id text primary key,
  code text not null unique check (code ~ '^[A-Z]{3}[0-9]$'),
  name text not null check (name <> ''),
  region text not null check (region in ('APAC', 'EU_CENTRAL', 'EU_NORTH', 'NA_EAST', 'NA_WEST'))
);

create index warehouses_by_region on warehouses (region, code);

-- What can lie in a warehouse. All else about products belongs to catalog.
create table known_products (
  id text primary key
);

create table stock_levels (
  id text primary key,
  product_id text not null references known_products (id),
  warehouse_id text not null references warehouses (id),
  on_hand integer not null,
  reserved integer not null default 0 check (reserved >= 0),
  available integer not null generated always as (on_hand - reserved) stored,
  changed_at timestamptz(3) not null default now(),
  unique (product_id, warehouse_id),
  -- What is promised must lie on the shelves, whoever books at the same time.
  constraint stock_levels_enough check (on_hand - reserved >= 0),
  -- Far from where integers end, so that adding never fails for that reason.
  constraint stock_levels_room check (on_hand <= 1000000000)
);

create index stock_levels_by_warehouse on stock_levels (warehouse_id, id);
create index stock_levels_by_scarcity on stock_levels (available, id);

-- Why the shelves changed: one row per booking, never altered.
create table stock_adjustments (
  id bigint generated always as identity primary key,
  stock_level_id text not null references stock_levels (id),
  change integer not null check (change <> 0),
  reason text not null check (reason <> ''),
  -- The user or service that asked for it.
  adjusted_by text not null,
  adjusted_at timestamptz(3) not null default now()
);

create index stock_adjustments_by_level on stock_adjustments (stock_level_id, id);
