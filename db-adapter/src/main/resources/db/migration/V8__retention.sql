-- SPDX-License-Identifier: Apache-2.0
-- How months of events go. A month of a class is retired in steps, each a transaction of its own that can be repeated:
--   BARRIER   every relay is past it; what every consumer still has to read is noted
--   COPYING   every consumer is past it; what must stay is copied to a part for the month, batch by batch
--   DETACHED  that part has taken the month's place; the month itself is no longer of the log and is dropped
--   KEPT      of a part that stays: looked through now and then, until nothing in it must stay
-- The default partition of a class is looked through like a part that stays.

create table retirements (
  leaf        text        primary key,
  class       text        not null,
  from_time   timestamptz,
  to_time     timestamptz,
  step        text        not null check (step in ('BARRIER', 'COPYING', 'DETACHED', 'KEPT')),
  cluster_id  text        not null default '',
  -- What was recorded from here on may be above the barrier.
  settled     timestamptz,
  lane        integer     not null default -1,
  position    bigint      not null default 0,
  looked_at   timestamptz not null default '-infinity'
);

-- What Kafka held when every relay was past the month: a consumer that has read up to here has read all of it.
create table retirement_barriers (
  leaf        text    not null references retirements on delete cascade,
  topic_id    text    not null,
  topic       text    not null,
  partition   integer not null,
  end_offset  bigint  not null,
  primary key (leaf, topic_id, partition)
);

-- The months of a class that are of the log, with their bounds; not the parts that took the place of one.
create function event_months(wanted text)
returns table (leaf text, from_time timestamptz, to_time timestamptz)
language sql stable as $$
  select c.relname::text, month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC'
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid,
         lateral (select make_timestamp(substring(c.relname from '_(\d{4})_\d{2}$')::int,
                                        substring(c.relname from '(\d{2})$')::int, 1, 0, 0, 0)) as m(month)
   where i.inhparent = to_regclass('events_' || wanted) and c.relname ~ '_\d{4}_\d{2}$'
$$;

-- The run that a stream of kind workflow is named for; null for any other name.
create function run_of(stream_id text) returns uuid
language sql immutable as $$
  select case when stream_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then stream_id::uuid end
$$;

-- What must stay of events e, as a condition. Own streams only (lanes below 100): what others publish is a fact that
-- ages. A run stays until it has finished; a stream of another kind, for ever if it has a snapshot, because somebody
-- goes on from there, and else not, because nobody does.
create function must_stay() returns text
language sql immutable as $$
  select 'e.lane < 100 and case when e.kind = ''workflow''
            then not exists (select from workflow_executions w where w.run_id = run_of(e.stream_id) and w.finished)
            else exists (select from streams s where s.stream_key = e.stream_key and s.snapshot_version is not null)
          end'
$$;

-- True when nothing of a table of events was recorded at or after a moment, and every relay is past all of it.
create function is_settled(leaf text, before timestamptz) returns boolean
language plpgsql stable as $$
declare
  answer boolean;
begin
  execute format('
    select not exists (
      select from lanes l
        left join outbox_lanes o on o.lane = l.lane,
             lateral (select position, recorded_at from %I e where e.lane = l.lane
                       order by position desc limit 1) as newest
       where newest.recorded_at >= $1 or newest.position > coalesce(o.relayed_position, newest.position))', leaf)
    into answer using before;
  return answer;
end $$;

-- Begins to copy: makes the empty part that is to take the month's place. The check is what the place demands, so that
-- nothing has to be scanned when it is taken.
create function retire_begin_copy(wanted text) returns void
language plpgsql as $$
declare
  r     retirements;
  part  text := wanted || '_kept';
begin
  select * into r from retirements where leaf = wanted and step = 'BARRIER' for update;
  if not found then
    return;
  end if;
  execute format('drop table if exists %I', part);
  execute format('create table %I (like %I including defaults including constraints including indexes)',
                 part, 'events_' || r.class);
  execute format('create unique index on %I (lane, position)', part);
  execute format('create unique index on %I (stream_key, version)', part);
  execute format('alter table %I add constraint of_its_month check (retention = %L and occurred_at >= %L and occurred_at < %L)',
                 part, r.class, r.from_time, r.to_time);
  update retirements set step = 'COPYING', lane = -1, position = 0 where leaf = wanted;
end $$;

-- Copies what must stay of the next events of the month; true while there is more.
create function retire_copy(wanted text, most integer) returns boolean
language plpgsql as $$
declare
  r     retirements;
  seen  integer;
begin
  select * into r from retirements where leaf = wanted and step = 'COPYING' for update;
  if not found then
    return false;
  end if;
  execute format('
    with page as materialized
      (select e.* from %1$I e where (e.lane, e.position) > ($1, $2) order by e.lane, e.position limit $3),
    stayed as
      (insert into %2$I select e.* from page e where %3$s on conflict do nothing),
    last as
      (select lane, position from page order by lane desc, position desc limit 1)
    update retirements t set lane = last.lane, position = last.position from last where t.leaf = $4',
    wanted, wanted || '_kept', must_stay()) using r.lane, r.position, most, wanted;
  get diagnostics seen = row_count;
  return seen > 0;
end $$;

-- Puts the part in the month's place, in one moment; waits for its locks no longer than appends can bear. Nothing
-- happens, and the answer is false, when the month got something new meanwhile: then it begins anew.
create function retire_swap(wanted text, before timestamptz) returns boolean
language plpgsql as $$
declare
  r      retirements;
  part   text := wanted || '_kept';
  stays  boolean;
begin
  perform set_config('lock_timeout', '200ms', true);
  perform pg_advisory_xact_lock(hashtext('ensure_event_partitions'));
  select * into r from retirements where leaf = wanted and step = 'COPYING' for update;
  if not found then
    return true;
  end if;
  execute format('lock table only %I in access exclusive mode', 'events_' || r.class);
  if not is_settled(wanted, least(r.settled, before)) then
    execute format('drop table %I', part);
    delete from retirements where leaf = wanted;
    return false;
  end if;
  execute format('alter table %I detach partition %I', 'events_' || r.class, wanted);
  execute format('select exists (select from %I)', part) into stays;
  if stays then
    execute format('alter table %I attach partition %I for values from (%L) to (%L)',
                   'events_' || r.class, part, r.from_time, r.to_time);
    insert into retirements (leaf, class, from_time, to_time, step, looked_at)
    values (part, r.class, r.from_time, r.to_time, 'KEPT', now());
  else
    execute format('drop table %I', part);
  end if;
  update retirements set step = 'DETACHED' where leaf = wanted;
  return true;
end $$;

-- Drops a month whose place is taken.
create function retire_drop(wanted text) returns void
language plpgsql as $$
begin
  perform set_config('lock_timeout', '200ms', true);
  perform from retirements where leaf = wanted and step = 'DETACHED' for update;
  if found then
    execute format('drop table if exists %I', wanted);
    delete from retirements where leaf = wanted;
  end if;
end $$;

-- Looks through the next events of a part that stays, or of a default partition, and removes what need not stay and
-- both occurred and was recorded before a moment, and is relayed; true while there is more.
create function sweep_kept(wanted text, most integer, before timestamptz) returns boolean
language plpgsql as $$
declare
  r     retirements;
  seen  integer;
begin
  select * into r from retirements where leaf = wanted and step = 'KEPT' for update;
  if not found then
    return false;
  end if;
  execute format('
    with page as materialized
      (select e.lane, e.position, e.event_id, e.occurred_at, e.recorded_at, e.kind, e.stream_id, e.stream_key
         from %1$I e where (e.lane, e.position) > ($1, $2) order by e.lane, e.position limit $3),
    old as materialized
      (select e.lane, e.position from page e left join outbox_lanes o on o.lane = e.lane
        where e.occurred_at < $5 and e.recorded_at < $5 and e.position <= coalesce(o.relayed_position, e.position)
          and not (%2$s)),
    gone as
      (delete from %1$I e using old where e.lane = old.lane and e.position = old.position),
    last as
      (select lane, position from page order by lane desc, position desc limit 1)
    update retirements t set lane = last.lane, position = last.position from last where t.leaf = $4',
    wanted, must_stay()) using r.lane, r.position, most, wanted, before;
  get diagnostics seen = row_count;
  return seen > 0;
end $$;

-- Ends a look: the next one begins at the beginning. An empty part of a month leaves the log for good.
create function end_sweep(wanted text, seen_at timestamptz) returns void
language plpgsql as $$
declare
  r      retirements;
  stays  boolean;
begin
  perform set_config('lock_timeout', '200ms', true);
  perform pg_advisory_xact_lock(hashtext('ensure_event_partitions'));
  select * into r from retirements where leaf = wanted and step = 'KEPT' for update;
  if not found then
    return;
  end if;
  execute format('select exists (select from %I)', wanted) into stays;
  if not stays and r.from_time is not null then
    execute format('lock table only %I in access exclusive mode', 'events_' || r.class);
    execute format('select exists (select from %I)', wanted) into stays;
    if not stays then
      execute format('drop table %I', wanted);
      delete from retirements where leaf = wanted;
      return;
    end if;
  end if;
  update retirements set lane = -1, position = 0, looked_at = seen_at where leaf = wanted;
end $$;

-- As in V1, but what strayed into the default partition before its month was made moves into the month, which would
-- else never be one; and a month that was retired is not made again.
create or replace function ensure_event_partitions(class text, months_ahead integer) returns integer
language plpgsql as $$
declare
  made    integer := 0;
  parent  text := 'events_' || class;
  spare   text := parent || '_default';
  leaf    text;
  month   timestamp;
begin
  perform pg_advisory_xact_lock(hashtext('ensure_event_partitions'));
  if to_regclass(parent) is null then
    execute format('create table %I partition of events for values in (%L) partition by range (occurred_at)',
                   parent, class);
    -- A duplicate carries the same id and time, so this refuses it for as long as the month is kept.
    execute format('alter table %I add primary key (event_id, occurred_at)', parent);
    execute format('create index on %I (correlation_id) where correlation_id is not null', parent);
    execute format('create index on %I (causation_id) where causation_id is not null', parent);
    execute format('create index on %I (session_id) where session_id is not null', parent);
    execute format('create index on %I using brin (occurred_at) with (pages_per_range = 32, autosummarize = on)',
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
        perform make_event_partition(parent, leaf, format('for values from (%L) to (%L)',
          month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC'));
      exception when check_violation then
        perform gather_event_partition(parent, leaf, month at time zone 'UTC',
                                       (month + interval '1 month') at time zone 'UTC');
      end;
      made := made + 1;
    end if;
  end loop;
  return made;
end $$;

-- Makes the partition of a month out of the events of it that are in the default one.
create function gather_event_partition(parent text, leaf text, from_time timestamptz, to_time timestamptz)
returns void
language plpgsql as $$
begin
  execute format('create table %I (like %I including defaults including constraints including indexes)',
                 leaf, parent);
  execute format('create unique index on %I (lane, position)', leaf);
  execute format('create unique index on %I (stream_key, version)', leaf);
  execute format('lock table only %I in access exclusive mode', parent);
  execute format('with strayed as (delete from %I where occurred_at >= $1 and occurred_at < $2 returning *)
                  insert into %I select * from strayed', parent || '_default', leaf) using from_time, to_time;
  execute format('alter table %I attach partition %I for values from (%L) to (%L)',
                 parent, leaf, from_time, to_time);
end $$;
