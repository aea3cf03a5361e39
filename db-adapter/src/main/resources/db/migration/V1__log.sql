-- SPDX-License-Identifier: Apache-2.0
-- The log: lanes, streams, events. PostgreSQL 15 or later.

-- One row: which log this is and how many lanes it has. Lanes are changed only while everything is stopped.
create table log_identity (
  only_row     boolean     primary key default true check (only_row),
  log_id       uuid        not null,
  lanes        integer     not null check (lanes between 1 and 100),
  inbox_lanes  integer     not null check (inbox_lanes between 1 and 100),
  created_at   timestamptz not null default now()
);

-- The head of each lane. An append locks the rows of its lanes, in ascending order, until it commits: so positions
-- have no gaps and become visible in order. Outbox lanes count from 0, inbox lanes from 100.
create table lanes (
  lane           integer primary key check (lane between 0 and 199),
  next_position  bigint  not null check (next_position >= 1)
) with (fillfactor = 10);

-- One row per stream, updated by every append, so it has no index but its primary key. stream_key is computed from
-- the name (StreamId): 16 bytes instead of the name in every index, in time order where the id is a UUIDv7. Version,
-- last_position and recorded_at are at once the answer to a repeat of last_append_id.
create table streams (
  stream_key        uuid        primary key,
  kind              text        not null,
  namespace         text        not null,
  id                text        not null,
  shard             smallint    not null check (shard between 0 and 255),
  lane              integer     not null check (lane between 0 and 199),
  version           bigint      not null check (version >= 1),
  last_position     bigint      not null check (last_position >= 1),
  last_append_id    uuid        not null,
  recorded_at       timestamptz not null,
  snapshot_version  bigint      check (snapshot_version between 1 and version),
  snapshot_schema   integer     check (snapshot_schema >= 1),
  snapshot          bytea       check (octet_length(snapshot) <= 1048576),
  check ((snapshot is null) = (snapshot_version is null) and (snapshot is null) = (snapshot_schema is null))
) with (fillfactor = 50);

-- The events, by retention class and then by their own time. See ensure_event_partitions for keys and indexes.
create table events (
  event_id        uuid        not null,
  occurred_at     timestamptz not null,
  recorded_at     timestamptz not null,
  retention       text        not null,
  stream_key      uuid        not null,
  kind            text        not null,
  namespace       text        not null,
  stream_id       text        not null,
  version         bigint      not null check (version >= 1),
  lane            integer     not null,
  position        bigint      not null check (position >= 1),
  type            text        not null,
  topic           text        not null,
  correlation_id  uuid,
  causation_id    uuid,
  session_id      uuid,
  original_id     text,
  body            bytea       not null check (octet_length(body) between 2 and 524288)
) partition by list (retention);

-- Makes the partitions of a retention class: a default one, which takes times outside the others unchanged, and one
-- per month from the last month to months_ahead from now. A month whose events are in the default partition already
-- stays there. Answers how many partitions it made.
create function ensure_event_partitions(class text, months_ahead integer) returns integer
language plpgsql as $$
declare
  made   integer := 0;
  parent text := 'events_' || class;
  leaf   text;
  month  timestamp;
begin
  perform pg_advisory_xact_lock(hashtext('ensure_event_partitions'));
  if to_regclass(parent) is null then
    execute format('create table %I partition of events for values in (%L) partition by range (occurred_at)',
                   parent, class);
    -- A duplicate carries the same id and time, so this refuses it for ever, without a window.
    execute format('alter table %I add primary key (event_id, occurred_at)', parent);
    execute format('create index on %I (correlation_id) where correlation_id is not null', parent);
    execute format('create index on %I (causation_id) where causation_id is not null', parent);
    execute format('create index on %I (session_id) where session_id is not null', parent);
    execute format('create index on %I using brin (occurred_at) with (pages_per_range = 32, autosummarize = on)',
                   parent);
  end if;
  if to_regclass(parent || '_default') is null then
    perform make_event_partition(parent, parent || '_default', 'default');
    made := made + 1;
  end if;
  for i in -1 .. months_ahead loop
    month := date_trunc('month', now() at time zone 'UTC') + make_interval(months => i);
    leaf := parent || to_char(month, '_YYYY_MM');
    if to_regclass(leaf) is null then
      begin
        perform make_event_partition(parent, leaf, format('for values from (%L) to (%L)',
          month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC'));
        made := made + 1;
      exception when check_violation then
        raise warning 'events of % stay in %_default', leaf, parent;
      end;
    end if;
  end loop;
  return made;
end $$;

-- The two unique indexes of a partition stand for invariants that the lanes' locks uphold across partitions; a
-- partitioned table could not have them without the time. (stream_key, version) is the index that stream reads need:
-- without it, a read of one stream is a scan of its partitions.
create function make_event_partition(parent text, leaf text, bounds text) returns void
language plpgsql as $$
begin
  execute format('create table %I partition of %I %s', leaf, parent, bounds);
  execute format('create unique index on %I (lane, position)', leaf);
  execute format('create unique index on %I (stream_key, version)', leaf);
end $$;

-- A body as jsonb; null where jsonb cannot hold it (a NUL escape, a lone surrogate), so that one such event never
-- breaks a query.
create function event_json(body bytea) returns jsonb
language plpgsql immutable as $$
begin
  return convert_from(body, 'UTF8')::jsonb;
exception when others then
  return null;
end $$;

-- How far each consumer has got, per Kafka cluster, topic and partition. append_id answers repeats.
create table consumer_positions (
  consumer     text        not null,
  cluster_id   text        not null,
  topic_id     text        not null,
  partition    integer     not null check (partition >= 0),
  next_offset  bigint      not null check (next_offset >= 0),
  append_id    uuid        not null,
  updated_at   timestamptz not null,
  primary key (consumer, cluster_id, topic_id, partition)
) with (fillfactor = 50);

-- Records that could not be processed, exactly as they were. Published to <topic>.dlq by the outbox.
create table dead_letters (
  id             bigint      generated always as identity primary key,
  consumer       text        not null,
  cluster_id     text        not null,
  topic_id       text        not null,
  partition      integer     not null,
  record_offset  bigint      not null,
  topic          text        not null,
  record_key     bytea,
  record_value   bytea,
  headers        json        not null,
  record_time    timestamptz,
  error_class    text        not null check (error_class in ('POISON', 'RETRYABLE')),
  error_reason   text        not null,
  error_message  text        not null,
  dead_at        timestamptz not null,
  published_at   timestamptz,
  unique (consumer, cluster_id, topic_id, partition, record_offset)
);
create index dead_letters_unpublished on dead_letters (id) where published_at is null;

-- Who relays a lane to Kafka, and how far. Lane -1 stands for the dead letters. Apart from lanes, so that a relay
-- never waits for an append.
create table outbox_lanes (
  lane              integer     primary key check (lane between -1 and 99),
  owner             uuid,
  lease_until       timestamptz not null default '-infinity',
  relayed_position  bigint      not null default 0 check (relayed_position >= 0)
) with (fillfactor = 10);

create view event_logs as
  select event_id, session_id, correlation_id, causation_id, type as event_type, topic,
         occurred_at as timestamp, recorded_at, namespace, kind || '/' || namespace || '/' || stream_id as stream,
         version, lane, position, original_id,
         event_json(body) -> 'payload' as payload, event_json(body) -> 'metadata' as metadata,
         event_json(body) as envelope
    from events;

create view workflow_steps as
  select event_id as id, run_id, workflow_id, step_name, step_type, status, step_data, namespace,
         row_number() over (partition by run_id order by version) - 1 as step_order, created_at
    from (select event_id, stream_id as run_id, namespace, version, occurred_at as created_at,
                 payload ->> 'workflow_id' as workflow_id, payload ->> 'step_id' as step_name,
                 payload ->> 'step_type' as step_type, payload ->> 'status' as status, payload as step_data
            from events, lateral (select event_json(body) -> 'payload' as payload) as opened
           where type = 'dev.omnibridge.workflow.step-completed.v1') as steps;
