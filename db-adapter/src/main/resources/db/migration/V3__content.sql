-- SPDX-License-Identifier: Apache-2.0
-- The content store: bytes by their BLAKE3. Pieces belong to an upload; a content names the upload that has its
-- bytes, so finishing an upload of any size copies nothing.

create table content (
  content_hash  text        primary key check (content_hash ~ '^[0-9a-f]{64}$'),
  upload_id     uuid        not null unique,
  size          bigint      not null check (size >= 0),
  stored_at     timestamptz not null default now()
);

-- 256 KiB each, the last one shorter; already compressed or not worth it, so stored as they are.
create table content_chunks (
  upload_id  uuid    not null,
  seq        integer not null check (seq >= 0),
  bytes      bytea   not null check (octet_length(bytes) between 1 and 262144),
  primary key (upload_id, seq)
);
alter table content_chunks alter column bytes set storage external;

-- Uploads under way. What a crash leaves here is removed with its pieces.
create table content_uploads (
  upload_id   uuid        primary key,
  started_at  timestamptz not null default now()
);
