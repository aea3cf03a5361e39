-- SPDX-License-Identifier: Apache-2.0
-- The unfinished runs by id, for who takes them over, and the start of the oldest; small, however many have finished.

create index workflow_executions_unfinished_by_run on workflow_executions (run_id) where not finished;
create index workflow_executions_unfinished_by_start on workflow_executions (started_at) where not finished;
