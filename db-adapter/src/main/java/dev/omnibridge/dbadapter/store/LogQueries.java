// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.log.v1.ConsumerPartition;
import dev.omnibridge.api.log.v1.GetPositionsRequest;
import dev.omnibridge.api.log.v1.GetPositionsResponse;
import dev.omnibridge.api.log.v1.QueryEventsRequest;
import dev.omnibridge.api.log.v1.QueryEventsResponse;
import dev.omnibridge.api.log.v1.ReadStreamRequest;
import dev.omnibridge.api.log.v1.ReadStreamResponse;
import dev.omnibridge.api.log.v1.Snapshot;
import dev.omnibridge.api.log.v1.StoredPosition;
import dev.omnibridge.dbadapter.log.StreamId;
import dev.omnibridge.dbadapter.log.Times;
import dev.omnibridge.dbadapter.query.PageSize;
import dev.omnibridge.dbadapter.query.PageTokens;
import dev.omnibridge.dbadapter.query.Selective;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.event.Catalogue;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Reads the log: streams, events by what they have in common, and positions. */
public final class LogQueries {
  private static final int USUAL_EVENTS = 100;
  private static final int MOST_EVENTS = 1000;
  private static final int USUAL_STREAM = 500;
  private static final int MOST_STREAM = 5000;

  private static final String READ_HEAD =
      """
      select version, shard, snapshot_version, snapshot_schema,
             case when $2 then snapshot end as snapshot
        from streams where stream_key = $1
      """;

  /** Sizes are summed before bodies are fetched, so a page never holds more than its bytes. */
  private static final String READ_EVENTS_AFTER =
      """
      select %1$s
        from (select *, sum(octet_length(body)) over (order by version) - octet_length(body) as
                                before
                from (select * from events
                       where stream_key = $1 and version > $2 and retention = $3
                       order by version limit $4) as page) as cut
       where before < %2$d
       order by version
      """
          .formatted(EventRows.COLUMNS, PageSize.MAX_BYTES);

  private static final String READ_POSITIONS =
      """
      select topic_id, partition, next_offset from consumer_positions
       where consumer = $1 and cluster_id = $2
      """;

  private final Pool pool;
  private final Catalogue catalogue;
  private final PageTokens tokens;
  private final String logId;

  public LogQueries(Pool pool, Catalogue catalogue, PageTokens tokens, UUID logId) {
    this.pool = pool;
    this.catalogue = catalogue;
    this.tokens = tokens;
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
              .map(events -> withEvents(answer, events));
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
      ReadStreamResponse.Builder answer, RowSet<Row> events) {
    for (Row row : events) {
      RecordedEvent event = EventRows.event(row);
      answer.addEvents(event);
      answer.setHeadVersion(Math.max(answer.getHeadVersion(), event.getVersion()));
    }
    return answer.build();
  }

  public Future<QueryEventsResponse> queryEvents(QueryEventsRequest request) {
    Selective.check(request);
    var question = request.toBuilder().clearPageSize().clearPageToken().build();
    List<String> place = tokens.place(question, request.getPageToken());
    int limit = PageSize.of(request.getPageSize(), USUAL_EVENTS, MOST_EVENTS);
    var sql = new Conditions();
    filter(sql, request);
    String order = order(sql, request, place);
    // One more than asked for tells whether a next page exists.
    String text =
        """
        select %1$s, before
          from (select *, sum(octet_length(body)) over (order by %3$s rows unbounded preceding)
                          - octet_length(body) as before
                  from (select * from events %2$s order by %3$s limit %4$s) as page) as cut
         where before < %5$d
         order by %3$s
        """
            .formatted(
                EventRows.COLUMNS, sql.where(), order, sql.argument(limit + 1), PageSize.MAX_BYTES);
    return pool.preparedQuery(text)
        .execute(sql.arguments())
        .map(rows -> page(question, rows, limit))
        .recover(failure -> Future.failedFuture(Failures.fault(failure)));
  }

  private void filter(Conditions sql, QueryEventsRequest request) {
    sql.id("correlation_id =", request.getCorrelationId());
    sql.id("causation_id =", request.getCausationId());
    sql.id("session_id =", request.getSessionId());
    if (request.hasStream()) {
      var stream = StreamId.of(request.getStream());
      sql.and("stream_key =", stream.key());
      sql.and("retention =", catalogue.stream(stream.kind()).retention());
    }
    if (request.hasSince()) {
      sql.and("occurred_at >=", Times.of(request.getSince()));
    }
    if (request.hasUntil()) {
      sql.and("occurred_at <", Times.of(request.getUntil()));
    }
    sql.text("type =", request.getType());
  }

  /** By version within a stream; elsewhere by recording, which agrees with every lane's order. */
  private static String order(Conditions sql, QueryEventsRequest request, List<String> place) {
    String beyond = request.getOldestFirst() ? ">" : "<";
    String direction = request.getOldestFirst() ? "" : " desc";
    if (request.hasStream()) {
      if (!place.isEmpty()) {
        sql.and("version " + beyond, Long.parseLong(place.get(2)));
      }
      return "version" + direction;
    }
    if (!place.isEmpty()) {
      sql.and(
          "(recorded_at, lane, position) " + beyond,
          OffsetDateTime.parse(place.get(0)),
          Integer.parseInt(place.get(1)),
          Long.parseLong(place.get(3)));
    }
    return "recorded_at%1$s, lane%1$s, position%1$s".formatted(direction);
  }

  private QueryEventsResponse page(QueryEventsRequest question, RowSet<Row> rows, int limit) {
    var events = new ArrayList<RecordedEvent>();
    long bytes = 0;
    for (Row row : rows) {
      events.add(EventRows.event(row));
      bytes += events.getLast().getBody().size();
    }
    var answer = QueryEventsResponse.newBuilder();
    boolean more = events.size() > limit || bytes >= PageSize.MAX_BYTES;
    List<RecordedEvent> kept = events.size() > limit ? events.subList(0, limit) : events;
    answer.addAllEvents(kept);
    if (more) {
      RecordedEvent last = kept.getLast();
      OffsetDateTime recordedAt = Times.of(last.getRecordedAt());
      answer.setNextPageToken(
          tokens.token(
              question,
              List.of(
                  recordedAt.toString(),
                  Integer.toString(last.getLane()),
                  Long.toString(last.getVersion()),
                  Long.toString(last.getPosition()))));
    }
    return answer.build();
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
