-- SPDX-License-Identifier: Apache-2.0
-- What goes, and how, in a log that was restored and in one with much to remove.

-- As in V8, but streams of stamps stay whether they have a snapshot or not: one that came back from Kafka has none, and
-- who stamps that file again goes on from its events.
create or replace function must_stay() returns text
language sql immutable as $$
  select 'e.lane < 100 and case e.kind when ''workflow''
            then not exists (select from workflow_executions w where w.run_id = run_of(e.stream_id) and w.finished)
            when ''stamp'' then true
            else exists (select from streams s where s.stream_key = e.stream_key and s.snapshot_version is not null)
          end'
$$;

-- Before a part takes the month's place, the default partition promises that it holds nothing of the month: it has nothing
-- of it while the month is there. Else it would be looked through when the part is attached, and nobody could append.
create function retire_fence(wanted text) returns void
language plpgsql as $$
declare
  r      retirements;
  spare  text;
  fence  text := 'without_' || wanted;
begin
  perform set_config('lock_timeout', '200ms', true);
  perform pg_advisory_xact_lock(hashtext('ensure_event_partitions'));
  select * into r from retirements where leaf = wanted and step = 'COPYING' for update;
  spare := 'events_' || r.class || '_default';
  if found and not exists (select from pg_constraint where conrelid = to_regclass(spare) and conname = fence) then
    execute format('alter table %I add constraint %I check (occurred_at < %L or occurred_at >= %L) not valid',
                   spare, fence, r.from_time, r.to_time);
  end if;
end $$;

-- Looks whether the default partition keeps its promise, while appends go on.
create function retire_check(wanted text) returns void
language plpgsql as $$
declare
  spare regclass;
begin
  select conrelid into spare from pg_constraint where conname = 'without_' || wanted and not convalidated;
  if found then
    execute format('alter table %s validate constraint %I', spare, 'without_' || wanted);
  end if;
end $$;

-- As in V8; and what comes late for the month is welcome in the default partition again, where no part stays.
create or replace function retire_swap(wanted text, before timestamptz) returns boolean
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
  execute format('alter table %I drop constraint if exists %I', 'events_' || r.class || '_default', 'without_' || wanted);
  update retirements set step = 'DETACHED' where leaf = wanted;
  return true;
end $$;

-- Whose pieces are to go: uploads that were given up, and contents that are forgotten. Nobody can finish one of these, so
-- their pieces go a few at a time, and the row after the last of them.
create table content_leftovers (
  upload_id  uuid  primary key
);
