drop table stock_adjustments;
drop table stock_levels;
drop table known_products;
drop table warehouses;
