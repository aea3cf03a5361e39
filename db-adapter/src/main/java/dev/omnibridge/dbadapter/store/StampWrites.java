// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.api.log.v1.StampRow;
import dev.omnibridge.dbadapter.log.Rows;
import dev.omnibridge.dbadapter.log.Times;
import java.time.OffsetDateTime;
import java.util.UUID;

/**
 * Writes stamps and their leaves, in one statement. The lengths of the logs are the last rows that
 * a transaction locks but for those that its lanes guard, in the order of their namespaces, so that
 * nobody waits in a circle; they stay locked until the commit, so that indexes have no gaps.
 */
final class StampWrites {
  /** Of several revisions of a stamp, each is a leaf, and the newest is the row. */
  static final String WRITE =
      """
      with new as materialized
             (select *
                from unnest($2::text[], $3::text[], $4::text[], $5::uuid[], $6::text[],
                            $7::bigint[], $8::text[], $9::bigint[], $10::text[], $11::uuid[],
                            $12::uuid[], $13::timestamptz[], $14::timestamptz[])
                     with ordinality
                  as new(namespace, file_hash, content_hash, stamp_id, file_path, file_size,
                         content_type, version, stamp_data, run_id, op_id, created_at, stamped_at,
                         place)),
           logs as
             (insert into stamp_logs as log (namespace, size)
              select namespace, count(*) from new group by namespace order by namespace
                  on conflict (namespace) do update set size = log.size + excluded.size
              returning namespace, size),
           placed as materialized
             (select new.*, new.stamp_data::json as data,
                     logs.size - count(*) over (partition by namespace)
                     + row_number() over (partition by namespace order by place) - 1 as leaf_index
                from new join logs using (namespace)),
           leaves as
             (insert into stamp_leaves (namespace, leaf_index, record)
              select namespace, leaf_index,
                     stamp_record(stamp_id, version, file_hash, content_hash, file_size, created_at,
                                  stamped_at, op_id, run_id, namespace, file_path, content_type,
                                  coalesce((data -> 'metadata')::text, '{}'),
                                  data ->> 'hashed_by')
                from placed)
      insert into metadata_stamps as old
        (updated_at, namespace, file_hash, content_hash, stamp_id, file_path, file_size,
         content_type, version, stamp_data, run_id, op_id, created_at, stamped_at, leaf_index)
      select distinct on (namespace, file_hash)
             $1, namespace, file_hash, content_hash, stamp_id, file_path, file_size, content_type,
             version, data, run_id, op_id, created_at, stamped_at, leaf_index
        from placed
       order by namespace, file_hash, version desc, place desc
          on conflict (namespace, file_hash) do update
         set updated_at = excluded.updated_at, content_hash = excluded.content_hash,
             stamp_id = excluded.stamp_id, file_path = excluded.file_path,
             file_size = excluded.file_size, content_type = excluded.content_type,
             version = excluded.version, stamp_data = excluded.stamp_data, run_id = excluded.run_id,
             op_id = excluded.op_id, created_at = excluded.created_at,
             stamped_at = excluded.stamped_at, leaf_index = excluded.leaf_index
       where excluded.version >= old.version
      """;

  private StampWrites() {}

  static Columns<StampRow> columns(Columns<StampRow> columns) {
    return columns
        .text(StampRow::getNamespace)
        .text(StampRow::getFileHash)
        .text(StampRow::getContentHash)
        .uuid(row -> UUID.fromString(row.getStampId()))
        .text(StampRow::getFilePath)
        .bigint(StampRow::getFileSize)
        .text(StampRow::getContentType)
        .bigint(StampRow::getRevision)
        .text(row -> Rows.object(row.getStampData()))
        .uuid(row -> Rows.idOrNull(row.getRunId()))
        .uuid(row -> UUID.fromString(row.getOpId()))
        .time(row -> Times.of(row.getCreatedAt()))
        .time(StampWrites::stampedAt);
  }

  private static OffsetDateTime stampedAt(StampRow row) {
    return Times.of(row.hasStampedAt() ? row.getStampedAt() : row.getCreatedAt());
  }
}
