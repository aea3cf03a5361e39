-- SPDX-License-Identifier: Apache-2.0
-- Epochs: after a restore the log gives positions anew that it gave before, to other events. So every position is of
-- an epoch: 1 until the first restore, then the millisecond since 1970 at which it was begun. A restored database
-- cannot know which numbers later copies of it have used, but the clock goes on.

alter table log_identity add column epoch bigint not null default 1 check (epoch >= 1);

-- kafka: whether the log's own records in Kafka behind the restored head still have to be appended again, were, or
-- are left out on purpose, as after a restore to a time in the past.
create table log_epochs (
  epoch          bigint      primary key check (epoch >= 2),
  started_at     timestamptz not null,
  reason         text        not null,
  restored_lsn   pg_lsn,
  restored_time  timestamptz,
  kafka          text        not null check (kafka in ('PENDING', 'RECONCILED', 'LEFT_OUT')),
  outcome        json
);

-- From which position on a lane is of an epoch. What an older epoch has at such a position or behind it is no part
-- of the log any more.
create table log_epoch_lanes (
  epoch           bigint  not null references log_epochs on delete cascade,
  lane            integer not null,
  first_position  bigint  not null check (first_position >= 1),
  primary key (epoch, lane)
);

-- To be called once after every restore, while no service runs; answers the new epoch. Nobody keeps a relay's lease
-- of before. An epoch in which nothing could be appended yet, because Kafka was still to be read, is replaced.
create function start_log_epoch(why text, from_kafka boolean default true, lsn pg_lsn default null,
                                reached timestamptz default null) returns bigint
language plpgsql as $$
declare
  begun bigint;
begin
  if exists (select from pg_stat_activity
              where datname = current_database() and pid <> pg_backend_pid()
                and application_name = 'omnibridge-db-adapter') then
    raise exception 'A db-adapter is connected; stop all services first, they would go on in the old epoch';
  end if;
  delete from log_epochs where kafka = 'PENDING';
  update log_identity set epoch = greatest(epoch + 1, (extract(epoch from clock_timestamp()) * 1000)::bigint)
    returning epoch into begun;
  if begun is null then
    raise exception 'There is no log in this database yet, so there is nothing to begin anew';
  end if;
  insert into log_epochs (epoch, started_at, reason, restored_lsn, restored_time, kafka)
    values (begun, clock_timestamp(), why, lsn, reached, case when from_kafka then 'PENDING' else 'LEFT_OUT' end);
  insert into log_epoch_lanes (epoch, lane, first_position)
    select begun, lane, next_position from lanes order by lane for update;
  update outbox_lanes set owner = null, lease_until = '-infinity';
  return begun;
end $$;
