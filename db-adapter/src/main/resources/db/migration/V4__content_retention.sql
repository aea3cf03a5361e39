-- SPDX-License-Identifier: Apache-2.0
-- When a content was last put, looked for or read, to the hour; what was there before counts as used now.

alter table content add column used_at timestamptz not null default now();
create index content_by_use on content (used_at);
