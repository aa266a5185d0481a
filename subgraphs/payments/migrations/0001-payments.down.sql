drop table refunds;
drop table payments;
drop table payment_methods;
