// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.api.log.v1.ListStampCheckpointsRequest;
import dev.omnibridge.api.log.v1.ListStampCheckpointsResponse;
import dev.omnibridge.api.log.v1.StampCheckpoint;
import dev.omnibridge.api.log.v1.StoreStampCheckpointRequest;
import dev.omnibridge.api.log.v1.StoreStampCheckpointResponse;
import dev.omnibridge.dbadapter.log.Times;
import dev.omnibridge.dbadapter.query.PageSize;
import dev.omnibridge.runtime.Fault;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;

/** Keeps the signed checkpoints of the stamp logs; none is ever changed. */
public final class StampCheckpoints {
  private static final int USUAL = 100;
  private static final int MOST = 1000;

  /** Nothing is stored when the log is shorter, in another epoch, or signed otherwise already. */
  private static final String STORE =
      """
      with fitting as
             (select from log_identity i join stamp_logs l on l.namespace = $1
               where i.epoch = $2 and l.size >= $3
                 and not exists (select from stamp_checkpoints c
                                  where c.namespace = $1 and c.epoch = $2 and c.size = $3
                                    and c.root <> $5)),
           stored as
             (insert into stamp_checkpoints (namespace, epoch, size, public_key, root, note)
              select $1, $2, $3, $4, $5, $6 from fitting on conflict do nothing
              returning size),
           signers as
             (insert into stamp_log_keys as known (namespace, epoch, public_key, first_size,
                                                   last_size)
              select $1, $2, key, $3, $3
                from stored, unnest($7::bytea[]) as key group by key order by key
                  on conflict (namespace, epoch, public_key) do update
                 set first_size = least(known.first_size, excluded.first_size),
                     last_size = greatest(known.last_size, excluded.last_size)
               where known.first_size > excluded.first_size
                  or known.last_size < excluded.last_size)
      select i.epoch, coalesce(l.size, 0) as size, exists (select from fitting) as fits
        from log_identity i left join stamp_logs l on l.namespace = $1
      """;

  private static final String COLUMNS = "epoch, size, root, note, stored_at, public_key";

  private static final String STORED =
      "select "
          + COLUMNS
          + " from stamp_checkpoints"
          + " where namespace = $1 and epoch = $2 and size = $3 and public_key = $4";

  private static final String LIST =
      Page.question(
          COLUMNS,
          "stamp_checkpoints where namespace = $1 and ($2 = 0 or size = $2)",
          "octet_length(note)",
          "epoch desc, size desc, stored_at, public_key",
          "$3");

  private final Pool pool;

  public StampCheckpoints(Pool pool) {
    this.pool = pool;
  }

  /** Stores a checkpoint for ever; a repeat answers with the first one. */
  public Future<StoreStampCheckpointResponse> store(StoreStampCheckpointRequest request) {
    Buffer[] keys =
        request.getPublicKeysList().stream()
            .map(key -> Buffer.buffer(key.toByteArray()))
            .toArray(Buffer[]::new);
    Tuple arguments =
        Tuple.of(
            request.getNamespace(),
            request.getEpoch(),
            request.getSize(),
            keys[0],
            Buffer.buffer(request.getRoot().toByteArray()),
            request.getNote());
    return ask(STORE, arguments.addArrayOfBuffer(keys))
        .compose(rows -> checked(rows.iterator().next(), request))
        .compose(_ ->
            ask(
                STORED,
                Tuple.of(request.getNamespace(), request.getEpoch(), request.getSize(), keys[0])))
        .map(rows ->
            StoreStampCheckpointResponse.newBuilder()
                .setCheckpoint(checkpoint(rows.iterator().next()))
                .build());
  }

  private static Future<?> checked(Row row, StoreStampCheckpointRequest request) {
    if (row.getBoolean("fits")) {
      return Future.succeededFuture();
    }
    if (row.getLong("epoch") != request.getEpoch()) {
      return Future.failedFuture(
          Fault.of(
                  Fault.Kind.CONFLICT,
                  "EPOCH_OVER",
                  "The log is in another epoch since its database was restored.")
              .with("epoch", row.getLong("epoch")));
    }
    if (row.getLong("size") < request.getSize()) {
      return Future.failedFuture(
          Fault.of(
                  Fault.Kind.OUT_OF_RANGE,
                  "SIZE_BEYOND_LOG",
                  "The log of stamps has %d leaves.".formatted(row.getLong("size")))
              .with("size", row.getLong("size")));
    }
    return Future.failedFuture(
        Fault.of(
                Fault.Kind.CONFLICT,
                "CHECKPOINT_CONFLICT",
                "Another root of the log of stamps of %s is signed for size %d."
                    .formatted(request.getNamespace(), request.getSize()))
            .with("namespace", request.getNamespace())
            .with("size", request.getSize()));
  }

  /** The checkpoints of a namespace, the largest of the newest epoch first: a page of them. */
  public Future<ListStampCheckpointsResponse> list(ListStampCheckpointsRequest request) {
    int limit = PageSize.of(request.getLimit(), USUAL, MOST);
    return ask(LIST, Tuple.of(request.getNamespace(), request.getSize(), limit))
        .map(rows -> {
          var answer = ListStampCheckpointsResponse.newBuilder();
          rows.forEach(row -> answer.addCheckpoints(checkpoint(row)));
          return answer.build();
        });
  }

  private static StampCheckpoint checkpoint(Row row) {
    return StampCheckpoint.newBuilder()
        .setEpoch(row.getLong("epoch"))
        .setSize(row.getLong("size"))
        .setRoot(StampLeaves.bytes(row, "root"))
        .setNote(row.getString("note"))
        .setPublicKey(StampLeaves.bytes(row, "public_key"))
        .setStoredAt(Times.of(row.getOffsetDateTime("stored_at")))
        .build();
  }

  private Future<RowSet<Row>> ask(String sql, Tuple arguments) {
    return pool.preparedQuery(sql)
        .execute(arguments)
        .recover(failure -> Future.failedFuture(Failures.fault(failure)));
  }
}
