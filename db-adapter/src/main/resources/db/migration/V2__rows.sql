-- SPDX-License-Identifier: Apache-2.0
-- The rows that appends maintain for lists and searches, in the same transaction as the events. JSON that callers
-- hand in is kept as json: exactly their text, and still open to every JSON operator.

-- A workflow id, once given, names its run. The hashes tell a repeated submission from another one.
create table workflows (
  namespace        text        not null,
  workflow_id      text        not null,
  run_id           uuid        not null,
  definition_hash  text        not null,
  input_hash       text        not null,
  labels_hash      text        not null,
  created_at       timestamptz not null,
  primary key (namespace, workflow_id)
);

-- A client's request id, free again after 7 days.
create table request_ids (
  namespace        text        not null,
  request_id       text        not null,
  workflow_id      text        not null,
  run_id           uuid        not null,
  definition_hash  text        not null,
  input_hash       text        not null,
  labels_hash      text        not null,
  created_at       timestamptz not null,
  primary key (namespace, request_id)
);
create index request_ids_age on request_ids using brin (created_at);

create table definitions (
  definition_hash  text        primary key,
  workflow_type    text        not null,
  document         bytea       not null,
  created_at       timestamptz not null
);

create table workflow_executions (
  run_id                   uuid        primary key,
  namespace                text        not null,
  workflow_id              text        not null,
  workflow_type            text        not null,
  current_state            text        not null,
  shard                    smallint    not null check (shard between 0 and 255),
  version                  bigint      not null check (version >= 1),
  finished                 boolean     not null,
  due_at                   timestamptz,
  correlation_id           uuid,
  session_id               uuid,
  definition_hash          text        not null,
  started_at               timestamptz not null,
  completed_at             timestamptz,
  execution_time_ms        bigint      generated always as
                             ((extract(epoch from completed_at - started_at) * 1000)::bigint) stored,
  error_message            text,
  workflow_steps_executed  integer     not null check (workflow_steps_executed >= 0),
  workflow_steps_degraded  integer     not null check (workflow_steps_degraded >= 0),
  metadata                 json        not null,
  output                   json,
  created_at               timestamptz not null,
  updated_at               timestamptz not null
) with (fillfactor = 70);
-- Lists, newest first, of one namespace or of all.
create index workflow_executions_by_namespace on workflow_executions (namespace, started_at desc, run_id desc);
create index workflow_executions_by_start on workflow_executions (started_at desc, run_id desc);
-- What is due and what a new owner takes over; holds only what is unfinished, so it stays small.
create index workflow_executions_unfinished on workflow_executions (shard, due_at) where not finished;
-- The ends that are rare and looked for; COMPLETED is found by time.
create index workflow_executions_rare_ends on workflow_executions (current_state, started_at desc, run_id desc)
  where finished and current_state <> 'COMPLETED';
create index workflow_executions_by_correlation on workflow_executions (correlation_id)
  where correlation_id is not null;

create table metadata_stamps (
  namespace     text        not null,
  file_hash     text        not null,
  content_hash  text        not null,
  stamp_id      uuid        not null,
  file_path     text        not null,
  file_size     bigint      not null check (file_size >= 0),
  content_type  text        not null,
  version       bigint      not null check (version >= 1),
  stamp_data    json        not null,
  run_id        uuid,
  op_id         uuid        not null,
  created_at    timestamptz not null,
  updated_at    timestamptz not null,
  primary key (namespace, file_hash)
);
create index metadata_stamps_by_content on metadata_stamps (namespace, content_hash);
create index metadata_stamps_by_age on metadata_stamps (namespace, created_at desc, file_hash desc);
create index metadata_stamps_by_run on metadata_stamps (run_id) where run_id is not null;

create table bridge_states (
  namespace                   text        primary key,
  current_fsm_state           text        not null
                                check (current_fsm_state in ('idle', 'active', 'aggregating', 'persisting')),
  version                     bigint      not null check (version >= 1),
  total_workflows_processed   bigint      not null check (total_workflows_processed >= 0),
  total_items_aggregated      bigint      not null check (total_items_aggregated >= 0),
  total_size_bytes            bigint      not null check (total_size_bytes >= 0),
  aggregation_metadata        json        not null,
  last_aggregation_timestamp  timestamptz,
  updated_at                  timestamptz not null
) with (fillfactor = 50);

create table workflow_projection (
  namespace   text        not null,
  run_id      uuid        not null,
  version     bigint      not null check (version >= 1),
  state       text        not null,
  data        json        not null,
  updated_at  timestamptz not null,
  primary key (namespace, run_id)
) with (fillfactor = 70);

create table fsm_transitions (
  namespace         text        not null,
  entity_type       text        not null,
  entity_id         text        not null,
  version           bigint      not null check (version >= 1),
  from_state        text,
  to_state          text        not null,
  transition_event  text        not null,
  occurred_at       timestamptz not null,
  created_at        timestamptz not null,
  primary key (namespace, entity_type, entity_id, version)
);
