-- SPDX-License-Identifier: Apache-2.0
-- The tamper-evident log of stamps: one leaf for every revision that an append records. Only the leaves are the log;
-- trees are computed from them, and checkpoints are what was once signed of them.

-- How many leaves each namespace has. An append takes its indexes here and keeps the row until it commits, after the
-- heads of its lanes: so indexes have no gaps, and writers of one namespace wait for each other but never conflict.
-- A name goes into the first line of what is signed, so it must not have another line in it.
create table stamp_logs (
  namespace  text    primary key check (namespace collate "C" ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$'),
  size       bigint  not null check (size >= 1)
) with (fillfactor = 10);

-- record: what the stamp says, in the bytes that are hashed. See stamp_record.
create table stamp_leaves (
  namespace   text    not null,
  leaf_index  bigint  not null check (leaf_index >= 0),
  record      bytea   not null,
  primary key (namespace, leaf_index)
);

-- The leaf of the newest revision, and when that was stamped.
alter table metadata_stamps add column leaf_index bigint, add column stamped_at timestamptz;
create unique index metadata_stamps_by_leaf on metadata_stamps (namespace, leaf_index);
create index metadata_stamps_without_leaf on metadata_stamps (namespace, created_at, file_hash)
  where leaf_index is null;

create function stamp_text(value text) returns bytea
language sql stable parallel safe as $$
  select int4send(octet_length(value)) || convert_to(value, 'UTF8')
$$;

-- The record of a revision: its form, 1 where the service has hashed the bytes and 2 where only the client has; numbers
-- big-endian, times in microseconds since 2000-01-01 UTC, no run as zeros, texts as UTF-8 behind their length. Never to be
-- changed: a leaf's hash is over these bytes.
create function stamp_record(stamp_id uuid, revision bigint, file_hash text, content_hash text, file_size bigint,
                             created_at timestamptz, stamped_at timestamptz, op_id uuid, run_id uuid,
                             namespace text, file_path text, content_type text, metadata text,
                             hashed_by text default 'server') returns bytea
language sql stable parallel safe as $$
  select case when hashed_by = 'client' then '\x02'::bytea else '\x01'::bytea end || uuid_send(stamp_id) || int8send(revision)
         || decode(file_hash, 'hex') || decode(content_hash, 'hex') || int8send(file_size)
         || timestamptz_send(created_at) || timestamptz_send(stamped_at) || uuid_send(op_id)
         || coalesce(uuid_send(run_id), '\x00000000000000000000000000000000'::bytea)
         || stamp_text(namespace) || stamp_text(file_path) || stamp_text(content_type) || stamp_text(metadata)
$$;

-- A db-adapter of before there was a log writes a revision without a leaf; the leaf that the row has is then of an older
-- one. Such stamps, and those of before, get their leaves when the next db-adapter of today starts.
create function forget_leaf() returns trigger
language plpgsql as $$
begin
  new.leaf_index := null;
  new.stamped_at := null;
  return new;
end $$;
create trigger forget_leaf before update on metadata_stamps
  for each row when (new.version <> old.version and new.leaf_index is not distinct from old.leaf_index)
  execute function forget_leaf();

-- How long each log was when an epoch began. After a restore, leaves may come back in another order than before: up to
-- this size the log is what older checkpoints say, behind it only those of the new epoch hold.
create table stamp_log_epochs (
  epoch      bigint  not null references log_epochs on delete cascade,
  namespace  text    not null,
  size       bigint  not null,
  primary key (epoch, namespace)
);

create function keep_stamp_log_sizes() returns trigger
language plpgsql as $$
begin
  insert into stamp_log_epochs (epoch, namespace, size) select new.epoch, namespace, size from stamp_logs;
  return null;
end $$;
create trigger keep_stamp_log_sizes after insert on log_epochs
  for each row execute function keep_stamp_log_sizes();

-- Signed checkpoints, as they were given out: never changed, never deleted.
create table stamp_checkpoints (
  namespace   text         not null,
  epoch       bigint       not null,
  size        bigint       not null check (size >= 1),
  public_key  bytea        not null check (octet_length(public_key) = 32),
  root        bytea        not null check (octet_length(root) = 32),
  note        text         not null,
  stored_at   timestamptz  not null default now(),
  primary key (namespace, epoch, size, public_key)
);

-- The sizes for which each key has signed.
create table stamp_log_keys (
  namespace   text    not null,
  epoch       bigint  not null,
  public_key  bytea   not null check (octet_length(public_key) = 32),
  first_size  bigint  not null,
  last_size   bigint  not null,
  primary key (namespace, epoch, public_key)
) with (fillfactor = 50);
