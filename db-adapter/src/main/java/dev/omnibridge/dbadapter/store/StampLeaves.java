// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.GetStampEventsRequest;
import dev.omnibridge.api.log.v1.GetStampEventsResponse;
import dev.omnibridge.api.log.v1.GetStampLeafRequest;
import dev.omnibridge.api.log.v1.GetStampLeafResponse;
import dev.omnibridge.api.log.v1.GetStampLogResponse;
import dev.omnibridge.api.log.v1.ListStrayStampsResponse;
import dev.omnibridge.api.log.v1.ListUnsignedStampLogsRequest;
import dev.omnibridge.api.log.v1.ListUnsignedStampLogsResponse;
import dev.omnibridge.api.log.v1.StampEvent;
import dev.omnibridge.api.log.v1.StampLogKey;
import dev.omnibridge.api.log.v1.StampRevision;
import dev.omnibridge.api.log.v1.StrayStamp;
import dev.omnibridge.dbadapter.log.StreamId;
import dev.omnibridge.dbadapter.query.PageSize;
import dev.omnibridge.runtime.Fault;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Reads the stamp logs: their lengths, single leaves, and what leaves are compared with. */
public final class StampLeaves {
  private static final String LOG =
      """
      select i.log_id, i.epoch, coalesce(l.size, 0) as size, coalesce(e.size, 0) as epoch_size
        from log_identity i
        left join stamp_logs l on l.namespace = $1
        left join stamp_log_epochs e on e.namespace = $1 and e.epoch = i.epoch
      """;

  /** Of all epochs, because what was signed in an older one still counts. */
  private static final String KEYS =
      """
      select public_key, first_size, last_size, epoch from stamp_log_keys where namespace = $1
       order by epoch desc, last_size desc, first_size, public_key limit 1000
      """;

  private static final String UNSIGNED =
      """
      select l.namespace from stamp_logs l cross join log_identity i
       where l.namespace > $2
         and not exists (select from stamp_log_keys k
                          where k.namespace = l.namespace and k.epoch = i.epoch
                            and k.public_key = $1 and k.last_size = l.size)
       order by l.namespace limit 100
      """;

  private static final String WITH_LOG =
      """
      select l.leaf_index, l.record, i.log_id, i.epoch, g.size, coalesce(e.size, 0) as epoch_size
        from stamp_leaves l
        join log_identity i on true
        join stamp_logs g on g.namespace = l.namespace
        left join stamp_log_epochs e on e.namespace = l.namespace and e.epoch = i.epoch
       where l.namespace = $1 and l.leaf_index =
      """;

  private static final String LEAF = WITH_LOG + "$2";

  /** By the newest revision's file hash, or else by its content hash. */
  private static final String LEAF_OF_STAMP =
      WITH_LOG
          + """
          coalesce((select leaf_index from metadata_stamps
                     where namespace = $1 and file_hash = $2),
                   (select min(leaf_index) from metadata_stamps
                     where namespace = $1 and content_hash = $2))
          """;

  private static final String SOME_LEAVES =
      Page.question(
          "leaf_index, record",
          "stamp_leaves where namespace = $1 and leaf_index >= $2 and leaf_index < $3",
          "octet_length(record)",
          "leaf_index",
          "$3 - $2");

  /** In one statement, so that what is being appended is there with its length or not at all. */
  private static final String STRAYS =
      """
      (select stamp_id, file_hash, version, coalesce(leaf_index, -1) as leaf_index, false as leaf
         from metadata_stamps
        where namespace = $1 and leaf_index is null order by created_at, file_hash limit 100)
       union all
      (select stamp_id, file_hash, version, leaf_index, false
         from metadata_stamps
        where namespace = $1 and leaf_index < 0 order by leaf_index limit 100)
       union all
      (select stamp_id, file_hash, version, leaf_index, false
         from metadata_stamps
        where namespace = $1
          and leaf_index >= coalesce((select size from stamp_logs where namespace = $1), 0)
        order by leaf_index limit 100)
       union all
      (select case when octet_length(record) >= 161
                   then encode(substr(record, 2, 16), 'hex')::uuid end,
              encode(substr(record, 26, 32), 'hex'), 0, leaf_index, true
         from stamp_leaves
        where namespace = $1
          and leaf_index >= coalesce((select size from stamp_logs where namespace = $1), 0)
        order by leaf_index limit 100)
      """;

  /** Sizes are summed before bodies are sent, so an answer never holds more than its bytes. */
  private static final String EVENTS =
      """
      select place, stream_id, version, body
        from (select asked.place, e.stream_id, e.version, e.body,
                     coalesce(sum(octet_length(e.body)) over (order by asked.place), 0)
                     - coalesce(octet_length(e.body), 0) as before
                from unnest($1::uuid[], $2::bigint[])
                       with ordinality as asked(stream_key, version, place)
                left join events e
                  on e.stream_key = asked.stream_key and e.version = asked.version) as found
       where before < %d
       order by place
      """
          .formatted(PageSize.MAX_BYTES);

  private static final int PIECE_BYTES = 1 << 20;

  private final Pool pool;

  public StampLeaves(Pool pool) {
    this.pool = pool;
  }

  /** Which log a namespace has, and who has signed it. */
  public Future<GetStampLogResponse> log(String namespace) {
    var log = ask(LOG, Tuple.of(namespace));
    var keys = ask(KEYS, Tuple.of(namespace));
    return Future.all(log, keys)
        .map(_ -> {
          Row row = log.result().iterator().next();
          var answer =
              GetStampLogResponse.newBuilder()
                  .setLogId(row.getUUID("log_id").toString())
                  .setEpoch(row.getLong("epoch"))
                  .setSize(row.getLong("size"))
                  .setEpochSize(row.getLong("epoch_size"));
          keys.result().forEach(key -> answer.addKeys(key(key)));
          return answer.build();
        });
  }

  private static StampLogKey key(Row row) {
    return StampLogKey.newBuilder()
        .setPublicKey(bytes(row, "public_key"))
        .setFirstSize(row.getLong("first_size"))
        .setLastSize(row.getLong("last_size"))
        .setEpoch(row.getLong("epoch"))
        .build();
  }

  /** Namespaces whose newest leaves a key has not signed. */
  public Future<ListUnsignedStampLogsResponse> unsigned(ListUnsignedStampLogsRequest request) {
    Buffer key = Buffer.buffer(request.getPublicKey().toByteArray());
    return ask(UNSIGNED, Tuple.of(key, request.getAfterNamespace()))
        .map(rows -> {
          var answer = ListUnsignedStampLogsResponse.newBuilder();
          rows.forEach(row -> answer.addNamespaces(row.getString("namespace")));
          return answer.build();
        });
  }

  /** One leaf, by its index or by a hash of its stamp. */
  public Future<GetStampLeafResponse> leaf(GetStampLeafRequest request) {
    String namespace = request.getNamespace();
    var found =
        request.hasHash()
            ? ask(LEAF_OF_STAMP, Tuple.of(namespace, request.getHash()))
            : ask(LEAF, Tuple.of(namespace, request.getLeafIndex()));
    return found.compose(rows -> {
      for (Row row : rows) {
        return Future.succeededFuture(
            GetStampLeafResponse.newBuilder()
                .setLeafIndex(row.getLong("leaf_index"))
                .setRecord(bytes(row, "record"))
                .setLogId(row.getUUID("log_id").toString())
                .setEpoch(row.getLong("epoch"))
                .setSize(row.getLong("size"))
                .setEpochSize(row.getLong("epoch_size"))
                .build());
      }
      return Future.failedFuture(missing(request));
    });
  }

  private static Fault missing(GetStampLeafRequest request) {
    Object leaf = request.hasHash() ? request.getHash() : request.getLeafIndex();
    return Fault.notFound(
            "STAMP_LEAF_NOT_FOUND",
            "The log of stamps of %s has no leaf %s.".formatted(request.getNamespace(), leaf))
        .with("namespace", request.getNamespace())
        .with("leaf", leaf);
  }

  /** Leaves in pieces of at least one, and the index from which to go on. */
  public record Some(List<ByteString> pieces, long next) {}

  /** A few leaves, or the first ones of them when all are more than the bytes of a page. */
  public Future<Some> some(String namespace, long from, long to) {
    return ask(SOME_LEAVES, Tuple.of(namespace, from, to))
        .map(rows -> {
          var pieces = new ArrayList<ByteString>();
          long next = to;
          var piece = ByteString.newOutput();
          for (Row row : rows) {
            byte[] record = row.getBuffer("record").getBytes();
            if (piece.size() > 0 && piece.size() + record.length > PIECE_BYTES) {
              pieces.add(piece.toByteString());
              piece.reset();
            }
            var front = ByteBuffer.allocate(Long.BYTES + Integer.BYTES);
            front.putLong(row.getLong("leaf_index")).putInt(record.length);
            piece.write(front.array(), 0, front.capacity());
            piece.write(record, 0, record.length);
            next = row.getBoolean("followed") ? row.getLong("leaf_index") + 1 : to;
          }
          if (piece.size() > 0) {
            pieces.add(piece.toByteString());
          }
          return new Some(pieces, next);
        });
  }

  /** Rows that name no leaf of the log. */
  public Future<ListStrayStampsResponse> strays(String namespace) {
    return ask(STRAYS, Tuple.of(namespace))
        .map(rows -> {
          var answer = ListStrayStampsResponse.newBuilder();
          rows.forEach(row ->
              answer.addStamps(
                  StrayStamp.newBuilder()
                      .setStampId(Objects.toString(row.getUUID("stamp_id"), ""))
                      .setFileHash(row.getString("file_hash"))
                      .setRevision(row.getLong("version"))
                      .setLeafIndex(row.getLong("leaf_index"))
                      .setLeaf(row.getBoolean("leaf"))));
          return answer.build();
        });
  }

  /** The events of some revisions: a revision is the version of its stream. */
  public Future<GetStampEventsResponse> events(GetStampEventsRequest request) {
    var asked =
        Columns.of(request.getRevisionsList())
            .uuid(one -> new StreamId("stamp", request.getNamespace(), one.getFileHash()).key())
            .bigint(StampRevision::getRevision);
    return ask(EVENTS, asked.tuple())
        .map(rows -> {
          var answer = GetStampEventsResponse.newBuilder();
          for (Row row : rows) {
            answer.setLookedFor(Math.toIntExact(row.getLong("place")));
            if (row.getBuffer("body") != null) {
              answer.addEvents(
                  StampEvent.newBuilder()
                      .setFileHash(row.getString("stream_id"))
                      .setRevision(row.getLong("version"))
                      .setBody(bytes(row, "body")));
            }
          }
          return answer.build();
        });
  }

  private Future<RowSet<Row>> ask(String sql, Tuple arguments) {
    return pool.preparedQuery(sql)
        .execute(arguments)
        .recover(failure -> Future.failedFuture(Failures.fault(failure)));
  }

  static ByteString bytes(Row row, String column) {
    return ByteString.copyFrom(row.getBuffer(column).getBytes());
  }
}
