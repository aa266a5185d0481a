-- Products belong to catalog: this says which there are.
create table known_products (
  id text primary key
);

-- People belong to accounts: this says under which name they review.
create table known_users (
  id text primary key,
  username text not null check (username <> '')
);

create table reviews (
  id text primary key,
  product_id text not null references known_products (id),
  author_id text not null references known_users (id),
  -- A copy, so that a page of reviews needs neither another table nor another service.
  author_username text not null,
  rating integer not null check (rating between 1 and 5),
  title text not null check (title <> ''),
  body text not null check (body <> ''),
  written_at timestamptz(3) not null default now(),
  edited_at timestamptz(3),
  unique (author_id, product_id)
);

create index reviews_by_time on reviews (written_at desc, id desc);
create index reviews_by_product on reviews (product_id, written_at desc, id desc);
create index reviews_by_rating on reviews (product_id, rating, id);
create index reviews_by_author on reviews (author_id, written_at desc, id desc);
