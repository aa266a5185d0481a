drop table reviews;
drop table known_users;
drop table known_products;
