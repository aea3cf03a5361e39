-- What customers want to buy.
create table items (
  id bigint primary key,
  name varchar(80) not null,
  basket_id bigint references baskets (id)
);

create view dear_items as
select name
from items
where name <> 'it''s -- free'
order by name;

/* run once */
insert into items (id, name) values (1, 'pen');

create or replace function total(basket bigint) returns bigint as $$
select count(*) from items join baskets on baskets.id = items.basket_id
$$ language sql;
