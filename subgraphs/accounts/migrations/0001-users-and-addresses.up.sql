create table users (
  id text primary key,
  username text not null unique,
  name text not null,
  email text not null unique,
  role text not null check (role in ('CUSTOMER', 'SUPPORT', 'WAREHOUSE', 'ADMIN')),
  region text not null check (region in ('APAC', 'EU_CENTRAL', 'EU_NORTH', 'NA_EAST', 'NA_WEST')),
  risk_score integer not null default 0 check (risk_score between 0 and 100),
  -- Cursors carry this moment, so it must be no finer than what a list shows.
  registered_at timestamptz(3) not null default now()
);

create index users_by_registration on users (registered_at, id);
create index users_by_role on users (role, registered_at, id);

create table addresses (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  recipient text not null,
  street text not null,
  city text not null,
  postal_code text not null,
  country text not null check (country ~ '^[A-Z]{2}$'),
  is_default boolean not null default false,
  added_at timestamptz(3) not null default now()
);

create index addresses_by_user on addresses (user_id, added_at, id);
create unique index addresses_one_default on addresses (user_id) where is_default;
