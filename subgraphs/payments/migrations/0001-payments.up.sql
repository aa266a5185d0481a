create table payment_methods (
  id text primary key,
  owner_id text not null,
  kind text not null check (kind in ('BankAccount', 'Card', 'Wallet')),
  -- The order in which the owner added them.
  position integer not null,
  card_brand text check (card_brand in ('AMEX', 'MASTERCARD', 'VISA')),
  last_four_digits text check (last_four_digits ~ '^[0-9]{4}$'),
  expiry_month integer check (expiry_month between 1 and 12),
  expiry_year integer check (expiry_year between 2000 and 2100),
  bank_name text,
  masked_iban text,
  wallet_provider text,
  account_email text,
  unique (owner_id, position),
  check (
    case kind
      when 'Card' then num_nonnulls(card_brand, last_four_digits, expiry_month, expiry_year) = 4
      when 'BankAccount' then num_nonnulls(bank_name, masked_iban) = 2
      else num_nonnulls(wallet_provider, account_email) = 2
    end
  )
);

create table payments (
  id text primary key,
  order_id text not null,
  payer_id text not null,
  method_id text not null references payment_methods (id),
  -- Made by the client: the same request holds the amount once, however often it is sent.
  request_id text not null check (request_id <> ''),
  status text not null check (
    status in ('AUTHORIZED', 'CAPTURED', 'DECLINED', 'FAILED', 'PARTIALLY_REFUNDED', 'REFUNDED')
  ),
  amount integer not null check (amount > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  refunded_amount integer not null default 0 check (refunded_amount between 0 and amount),
  provider_reference text,
  created_at timestamptz(3) not null default now(),
  authorized_at timestamptz(3),
  captured_at timestamptz(3),
  unique (payer_id, request_id)
);

create index payments_newest on payments (created_at desc, id desc);
create index payments_status_newest on payments (status, created_at desc, id desc);
create index payments_of_order on payments (order_id, created_at, id);

create table refunds (
  id text primary key,
  payment_id text not null references payments (id),
  request_id text not null check (request_id <> ''),
  amount integer not null check (amount > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  reason text,
  refunded_at timestamptz(3) not null default now(),
  unique (payment_id, request_id)
);

create index refunds_of_payment on refunds (payment_id, refunded_at, id);
