create table categories (
  id text primary key,
  slug text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  name text not null check (name <> ''),
  parent_id text references categories (id),
  -- The order among brothers and sisters.
  position integer not null,
  search_text tsvector not null generated always as (setweight(to_tsvector('english', name), 'A')) stored,
  check (parent_id <> id)
);

create index categories_by_parent on categories (parent_id, position, id);
create index categories_by_text on categories using gin (search_text);

create table products (
  id text primary key,
  sku text not null unique,
  kind text not null check (kind in ('DIGITAL', 'PHYSICAL')),
  name text not null check (name <> ''),
  description text not null,
  price_amount integer not null check (price_amount >= 0),
  price_currency text not null check (price_currency ~ '^[A-Z]{3}$'),
  category_id text not null references categories (id),
  added_at timestamptz(3) not null default now(),
  weight_grams integer check (weight_grams > 0),
  width_millimetres integer check (width_millimetres > 0),
  height_millimetres integer check (height_millimetres > 0),
  depth_millimetres integer check (depth_millimetres > 0),
  download_url text,
  download_megabytes integer check (download_megabytes > 0),
  search_text tsvector not null generated always as (
    setweight(to_tsvector('english', name), 'A') || setweight(to_tsvector('english', description), 'C')
  ) stored,
  -- What is sent in a parcel has a weight and a size, what is downloaded has neither.
  check (
    case kind
      when 'PHYSICAL' then
        num_nonnulls(weight_grams, width_millimetres, height_millimetres, depth_millimetres) = 4
        and num_nonnulls(download_url, download_megabytes) = 0
      else
        num_nonnulls(weight_grams, width_millimetres, height_millimetres, depth_millimetres) = 0
        and num_nonnulls(download_url, download_megabytes) = 2
    end
  )
);

create index products_by_addition on products (added_at desc, id desc);
create index products_by_kind on products (kind, added_at desc, id desc);
create index products_by_category on products (category_id, added_at desc, id desc);
create index products_by_price on products (price_amount);
create index products_by_text on products using gin (search_text);

create table variants (
  id text primary key,
  product_id text not null references products (id),
  code text not null check (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  name text not null check (name <> ''),
  position integer not null,
  -- Added to the price of the product, in its currency; negative where the variant is cheaper.
  surcharge_amount integer not null,
  unique (product_id, code),
  unique (product_id, position)
);
