-- SPDX-License-Identifier: Apache-2.0
-- Dead letters as something to work with: found by what is known of them, redriven, discarded. The record of a letter
-- is never changed; what is done about it stands beside it.

-- event_type and correlation_id as far as the record let them be known. redrive_count: how often the record had been
-- redriven before it ended here; redrive_id: by what.
alter table dead_letters
  add column attempts        integer  not null default 1 check (attempts >= 1),
  add column event_type      text,
  add column correlation_id  uuid,
  add column state           text     not null default 'OPEN'
                               check (state in ('OPEN', 'REDRIVING', 'REDRIVEN', 'DISCARDED')),
  add column redrive_count   integer  not null default 0 check (redrive_count >= 0),
  add column redrive_id      uuid;

-- Lists are by time in both directions; the letters of one second share it, so the id decides.
create index dead_letters_by_time on dead_letters (dead_at, id);
create index dead_letters_open on dead_letters (dead_at, id) where state = 'OPEN';
create index dead_letters_open_by_topic on dead_letters (topic, dead_at, id) where state = 'OPEN';
create index dead_letters_by_topic on dead_letters (topic, dead_at, id);
create index dead_letters_by_reason on dead_letters (error_reason, dead_at, id);
create index dead_letters_by_type on dead_letters (event_type, dead_at, id) where event_type is not null;
create index dead_letters_by_correlation on dead_letters (correlation_id, dead_at, id)
  where correlation_id is not null;
create index dead_letters_by_redrive on dead_letters (redrive_id) where redrive_id is not null;

-- What was asked for. A repeat of the request gets the first answer; another question under the id is refused.
create table dead_letter_requests (
  request_id     uuid         primary key,
  question_hash  bytea        not null,
  answer         bytea,
  per_second     integer      not null check (per_second between 0 and 1000),
  created_at     timestamptz  not null default now()
);

-- What is to be published again, in the order of seq. A value or headers only where they are not the letter's own.
create table dead_letter_redrives (
  seq            bigint       generated always as identity primary key,
  redrive_id     uuid         not null unique default gen_random_uuid(),
  letter_id      bigint       not null references dead_letters,
  request_id     uuid         not null references dead_letter_requests,
  number         integer      not null check (number >= 1),
  actor          text         not null,
  target_topic   text         not null,
  per_second     integer      not null check (per_second between 1 and 1000),
  value_edited   boolean      not null,
  value          bytea        check (value_edited or value is null),
  headers        json,
  queued_at      timestamptz  not null default now(),
  published_at   timestamptz
) with (fillfactor = 80);
create index dead_letter_redrives_queued on dead_letter_redrives (seq) where published_at is null;
create index dead_letter_redrives_by_letter on dead_letter_redrives (letter_id);
create index dead_letter_redrives_by_request on dead_letter_redrives (request_id);
-- A letter is under way once at most.
create unique index dead_letter_redrives_once on dead_letter_redrives (letter_id) where published_at is null;

-- Who did what, and why; only ever added to.
create table dead_letter_actions (
  action_id   bigint       generated always as identity primary key,
  letter_id   bigint       not null,
  request_id  uuid         not null,
  action      text         not null check (action in ('REDRIVE', 'EDIT_AND_REDRIVE', 'DISCARD')),
  actor       text         not null,
  reason      text         not null check (action <> 'DISCARD' or reason <> ''),
  details     json         not null,
  at          timestamptz  not null default now()
);
create index dead_letter_actions_by_letter on dead_letter_actions (letter_id, action_id);
create index dead_letter_actions_by_actor on dead_letter_actions (actor, action_id);

create function refuse_change() returns trigger
language plpgsql as $$
begin
  raise exception 'rows of % are only ever added', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger dead_letter_actions_only_grow before update or delete or truncate on dead_letter_actions
  for each statement execute function refuse_change();

-- Lane -2 stands for the redrives.
alter table outbox_lanes drop constraint outbox_lanes_lane_check;
alter table outbox_lanes add constraint outbox_lanes_lane_check check (lane between -2 and 99);
insert into outbox_lanes (lane) values (-2);
