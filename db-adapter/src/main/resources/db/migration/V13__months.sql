-- SPDX-License-Identifier: Apache-2.0
-- Months are made without a wait for anybody: a large default partition must not hold up appends, queries or a start.

-- True when nothing is left to do for a class, which can be told without a lock and without a look at any event.
create function are_event_partitions_made(wanted text, months_ahead integer) returns boolean
language sql stable as $$
  select exists (select from retirements r where r.leaf = 'events_' || wanted || '_default')
     and to_regclass('events_' || wanted || '_default') is not null
     and not exists (
       select from generate_series(-1, months_ahead) as i,
              lateral (select 'events_' || wanted || to_char(
                date_trunc('month', now() at time zone 'UTC') + make_interval(months => i), '_YYYY_MM')) as m(leaf)
        where to_regclass(m.leaf) is null and to_regclass(m.leaf || '_kept') is null)
$$;

drop function gather_event_partition(text, text, timestamptz, timestamptz);

-- db-adapter itself keeps the index by time up to date: under load the server lets go most of what autosummarize asks for,
-- and logs each time with the whole statement.
create function summarize_by_hand(leaf text) returns void
language plpgsql as $$
declare
  index regclass;
begin
  for index in
    select c.oid from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am a on a.oid = c.relam
     where i.indrelid = to_regclass(leaf) and a.amname = 'brin'
  loop
    execute format('alter index %s set (autosummarize = off)', index);
  end loop;
end $$;

select summarize_by_hand(relid::text) from pg_partition_tree('events') where isleaf;

create or replace function make_event_partition(parent text, leaf text, bounds text) returns void
language plpgsql as $$
begin
  execute format('create table %I partition of %I %s', leaf, parent, bounds);
  execute format('create unique index on %I (lane, position)', leaf);
  execute format('create unique index on %I (stream_key, version)', leaf);
  perform summarize_by_hand(leaf);
end $$;

-- As in V8, but without a lock when nothing is left to do, and without holding up appends and queries of other months.
create or replace function ensure_event_partitions(class text, months_ahead integer) returns integer
language plpgsql as $$
declare
  made    integer := 0;
  parent  text := 'events_' || class;
  spare   text := parent || '_default';
  leaf    text;
  month   timestamp;
begin
  if are_event_partitions_made(class, months_ahead) then
    return 0;
  end if;
  perform pg_advisory_xact_lock(hashtext('ensure_event_partitions'));
  if months_ahead >= -1 then
    -- Appends and queries are not to queue behind a month that can be made later.
    perform set_config('lock_timeout', '200ms', true);
  end if;
  if to_regclass(parent) is null then
    execute format('create table %I partition of events for values in (%L) partition by range (occurred_at)',
                   parent, class);
    -- A duplicate carries the same id and time, so this refuses it for as long as the month is kept.
    execute format('alter table %I add primary key (event_id, occurred_at)', parent);
    execute format('create index on %I (correlation_id) where correlation_id is not null', parent);
    execute format('create index on %I (causation_id) where causation_id is not null', parent);
    execute format('create index on %I (session_id) where session_id is not null', parent);
    execute format('create index on %I using brin (occurred_at) with (pages_per_range = 32)',
                   parent);
  end if;
  if to_regclass(spare) is null then
    perform make_event_partition(parent, spare, 'default');
    made := made + 1;
  end if;
  insert into retirements (leaf, class, step) values (spare, class, 'KEPT') on conflict do nothing;
  for i in -1 .. months_ahead loop
    month := date_trunc('month', now() at time zone 'UTC') + make_interval(months => i);
    leaf := parent || to_char(month, '_YYYY_MM');
    if to_regclass(leaf) is null and to_regclass(leaf || '_kept') is null then
      begin
        perform gather_event_partition(parent, leaf, month at time zone 'UTC',
                                       (month + interval '1 month') at time zone 'UTC', false);
      exception when check_violation then
        perform gather_event_partition(parent, leaf, month at time zone 'UTC',
                                       (month + interval '1 month') at time zone 'UTC', true);
      end;
      made := made + 1;
    end if;
  end loop;
  return made;
end $$;

-- Makes the partition of a month; out of the events of it that are in the default one, if there are any. The default
-- one is looked through for such when the month is attached, and appends to other months go on meanwhile.
create function gather_event_partition(parent text, leaf text, from_time timestamptz, to_time timestamptz,
                                       strays boolean)
returns void
language plpgsql as $$
begin
  execute format('create table %I (like %I including defaults including constraints including indexes)',
                 leaf, parent);
  execute format('create unique index on %I (lane, position)', leaf);
  execute format('create unique index on %I (stream_key, version)', leaf);
  perform summarize_by_hand(leaf);
  if strays then
    execute format('lock table only %I in access exclusive mode', parent);
    execute format('with strayed as (delete from %I where occurred_at >= $1 and occurred_at < $2 returning *)
                    insert into %I select * from strayed', parent || '_default', leaf) using from_time, to_time;
  end if;
  execute format('alter table %I attach partition %I for values from (%L) to (%L)',
                 parent, leaf, from_time, to_time);
end $$;

-- A redrive that its topic refuses for good ends there, and its letters are open again.
alter table dead_letter_redrives
  add column refused_at  timestamptz,
  add column refusal     text check ((refusal is null) = (refused_at is null)),
  add check (published_at is null or refused_at is null);
drop index dead_letter_redrives_queued;
create index dead_letter_redrives_queued on dead_letter_redrives (seq)
  where published_at is null and refused_at is null;
drop index dead_letter_redrives_once;
create unique index dead_letter_redrives_once on dead_letter_redrives (letter_id)
  where published_at is null and refused_at is null;
