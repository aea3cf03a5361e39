// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

/** Puts the stamps of events that come back from Kafka into their rows, and into their logs. */
final class StampRestoring {
  /**
   * A stamp's events have everything that its row and its leaves show; the first bytes' time is in
   * the first, or in the row that is there. The leaves come in the order of the events' times,
   * those of a stamp in the order of its revisions, whatever their times are: the order that they
   * had is lost with the database, which is why a new epoch begins.
   */
  static final String RESTORE =
      """
      with told as
             (select p.stream_key, p.namespace, p.version, p.occurred_at, p.event_id, payload,
                     payload ->> 'file_hash' as file_hash,
                     coalesce((payload -> 'metadata')::text, '{}') as metadata,
                     coalesce(s.created_at, first_value(p.occurred_at) over stamp) as created_at,
                     coalesce((s.stamp_data -> 'stamp')::text,
                              to_json('# ONEX:uid=' || (payload ->> 'stamp_id') || ',hash='
                                      || (payload ->> 'file_hash') || ',ts='
                                      || first_value(payload ->> 'created_at') over stamp)::text)
                       as stamp
                from placed p
                join lateral (select convert_from(p.body, 'UTF8')::json -> 'payload' as payload) o
                  on true
                left join metadata_stamps s
                  on s.namespace = p.namespace and s.file_hash = p.stream_id
               where p.fits and p.kind = 'stamp' and payload ->> 'op_id' is not null
                 and p.namespace collate "C" ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$'
              window stamp as (partition by p.stream_key order by p.version)),
           logs as
             (insert into stamp_logs as log (namespace, size)
              select namespace, count(*) from told group by namespace order by namespace
                  on conflict (namespace) do update set size = log.size + excluded.size
              returning namespace, size),
           placed_leaves as materialized
             (select ordered.*, coalesce((payload ->> 'revision')::bigint, 1) as revision,
                     (payload ->> 'stamp_id')::uuid as stamp_id,
                     payload ->> 'content_hash' as content_hash,
                     (payload ->> 'file_size_bytes')::bigint as file_size,
                     coalesce(payload ->> 'file_path', '') as file_path,
                     coalesce(payload ->> 'content_type', '') as content_type,
                     (payload ->> 'op_id')::uuid as op_id, (payload ->> 'run_id')::uuid as run_id,
                     logs.size - count(*) over (partition by namespace)
                     + row_number() over (partition by namespace
                                          order by placed_at, stream_key, version) - 1 as leaf_index
                from (select told.*, max(occurred_at) over (partition by stream_key
                                                            order by version) as placed_at
                        from told) as ordered
                join logs using (namespace)),
           leaves as
             (insert into stamp_leaves (namespace, leaf_index, record)
              select namespace, leaf_index,
                     stamp_record(stamp_id, revision, file_hash, content_hash, file_size,
                                  created_at, occurred_at, op_id, run_id, namespace, file_path,
                                  content_type, metadata, payload ->> 'hashed_by')
                from placed_leaves)
      insert into metadata_stamps as old
        (namespace, file_hash, content_hash, stamp_id, file_path, file_size, content_type, version,
         stamp_data, run_id, op_id, created_at, updated_at, stamped_at, leaf_index)
      select distinct on (stream_key)
             namespace, file_hash, content_hash, stamp_id, file_path, file_size, content_type,
             revision,
             ('{"metadata":' || metadata || ',"stamp":' || stamp
              || case when payload ->> 'hashed_by' = 'client' then ',"hashed_by":"client"' else '' end
              || '}')::json,
             run_id, op_id, created_at, clock_timestamp(), occurred_at, leaf_index
        from placed_leaves
       order by stream_key, version desc
          on conflict (namespace, file_hash) do update
         set content_hash = excluded.content_hash, file_path = excluded.file_path,
             file_size = excluded.file_size, content_type = excluded.content_type,
             version = excluded.version, run_id = excluded.run_id, op_id = excluded.op_id,
             updated_at = excluded.updated_at, stamped_at = excluded.stamped_at,
             leaf_index = excluded.leaf_index, stamp_data = excluded.stamp_data
       where excluded.version >= old.version
      """;

  private StampRestoring() {}
}
