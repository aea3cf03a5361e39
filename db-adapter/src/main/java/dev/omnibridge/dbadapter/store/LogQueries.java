// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.log.v1.ConsumerPartition;
import dev.omnibridge.api.log.v1.GetPositionsRequest;
import dev.omnibridge.api.log.v1.GetPositionsResponse;
import dev.omnibridge.api.log.v1.ReadStreamRequest;
import dev.omnibridge.api.log.v1.ReadStreamResponse;
import dev.omnibridge.api.log.v1.Snapshot;
import dev.omnibridge.api.log.v1.StoredPosition;
import dev.omnibridge.dbadapter.log.StreamId;
import dev.omnibridge.dbadapter.query.PageSize;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.event.Catalogue;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Reads streams and positions. */
public final class LogQueries {
  private static final int USUAL_STREAM = 500;
  private static final int MOST_STREAM = 5000;

  private static final String READ_HEAD =
      """
      select version, shard, snapshot_version, snapshot_schema,
             case when $2 then snapshot end as snapshot
        from streams where stream_key = $1
      """;

  private static final String READ_EVENTS_AFTER =
      Page.question(
          EventRows.COLUMNS,
          "events where stream_key = $1 and version > $2 and retention = $3",
          EventRows.SIZE,
          "version",
          "$4");

  private static final String READ_POSITIONS =
      """
      select topic_id, partition, next_offset from consumer_positions
       where consumer = $1 and cluster_id = $2
      """;

  private final Pool pool;
  private final Catalogue catalogue;
  private final String logId;

  public LogQueries(Pool pool, Catalogue catalogue, UUID logId) {
    this.pool = pool;
    this.catalogue = catalogue;
    this.logId = logId.toString();
  }

  public Future<ReadStreamResponse> readStream(ReadStreamRequest request) {
    var stream = StreamId.of(request.getStream());
    String retention = catalogue.stream(stream.kind()).retention();
    UUID key = stream.key();
    return pool.preparedQuery(READ_HEAD)
        .execute(Tuple.of(key, request.getFromSnapshot()))
        .compose(heads -> {
          if (heads.size() == 0) {
            return Future.failedFuture(notFound(stream));
          }
          var answer = head(heads.iterator().next(), request.getFromSnapshot());
          long after = Math.max(request.getAfterVersion(), answer.getSnapshotVersion());
          int limit = PageSize.of(request.getPageSize(), USUAL_STREAM, MOST_STREAM);
          return pool.preparedQuery(READ_EVENTS_AFTER)
              .execute(Tuple.of(key, after, retention, limit))
              .map(events -> withEvents(stream, after, answer, events));
        })
        .recover(failure -> Future.failedFuture(Failures.fault(failure)));
  }

  private static Fault notFound(StreamId stream) {
    return Fault.notFound("STREAM_NOT_FOUND", "There is no stream " + stream.text() + ".")
        .with("stream", stream.text());
  }

  private static ReadStreamResponse.Builder head(Row row, boolean withSnapshot) {
    var answer =
        ReadStreamResponse.newBuilder()
            .setHeadVersion(row.getLong("version"))
            .setShard(row.getInteger("shard"));
    if (withSnapshot && row.getBuffer("snapshot") != null) {
      answer
          .setSnapshotVersion(row.getLong("snapshot_version"))
          .setSnapshot(
              Snapshot.newBuilder()
                  .setSchema(row.getInteger("snapshot_schema"))
                  .setState(ByteString.copyFrom(row.getBuffer("snapshot").getBytes())));
    }
    return answer;
  }

  /** Events that were appended after the head was read count, too. */
  private static ReadStreamResponse withEvents(
      StreamId stream, long after, ReadStreamResponse.Builder answer, RowSet<Row> events) {
    long next = Long.MAX_VALUE;
    for (Row row : events) {
      RecordedEvent event = EventRows.event(row);
      next = Math.min(next, event.getVersion());
      answer.addEvents(event);
      answer.setHeadVersion(Math.max(answer.getHeadVersion(), event.getVersion()));
    }
    if (answer.getHeadVersion() > after && next > after + 1) {
      throw expired(stream, next);
    }
    return answer.build();
  }

  /** Versions have no gaps, so what is missing was dropped. */
  private static Fault expired(StreamId stream, long next) {
    var fault =
        Fault.notFound(
                "EVENTS_EXPIRED",
                "The events of %s asked for are older than the log keeps them."
                    .formatted(stream.text()))
            .with("stream", stream.text());
    return next == Long.MAX_VALUE ? fault : fault.with("first_version", next);
  }

  public Future<GetPositionsResponse> positions(GetPositionsRequest request) {
    return positions(request.getConsumer(), request.getClusterId())
        .map(stored -> {
          var answer = GetPositionsResponse.newBuilder().setLogId(logId);
          stored.forEach((partition, next) ->
              answer.addPositions(
                  StoredPosition.newBuilder().setPartition(partition).setNextOffset(next)));
          return answer.build();
        });
  }

  /** The stored next offsets of a consumer on a Kafka cluster. */
  public Future<Map<ConsumerPartition, Long>> positions(String consumer, String clusterId) {
    return pool.preparedQuery(READ_POSITIONS)
        .execute(Tuple.of(consumer, clusterId))
        .map(rows -> {
          var stored = new LinkedHashMap<ConsumerPartition, Long>();
          for (Row row : rows) {
            var partition =
                ConsumerPartition.newBuilder()
                    .setConsumer(consumer)
                    .setClusterId(clusterId)
                    .setTopicId(row.getString("topic_id"))
                    .setPartition(row.getInteger("partition"));
            stored.put(partition.build(), row.getLong("next_offset"));
          }
          return (Map<ConsumerPartition, Long>) stored;
        })
        .recover(failure -> Future.failedFuture(Failures.fault(failure)));
  }
}
