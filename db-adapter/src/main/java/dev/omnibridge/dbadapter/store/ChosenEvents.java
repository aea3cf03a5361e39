// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.dbadapter.log.Outgoing;
import dev.omnibridge.dbadapter.log.Selection;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.event.EventHeaders;
import dev.omnibridge.runtime.event.LogEpochs;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Reads the events of a selection lane by lane, in the order of their positions. Every statement
 * looks at a bounded part of a lane, so that none takes long however few events it finds.
 */
public final class ChosenEvents {
  private static final int MOST_POSITIONS = 20_000;
  private static final int MOST_EVENTS = 2_000;
  private static final int MOST_BYTES = 4 << 20;

  private static final List<Outgoing.Header> AGAIN =
      List.of(
          new Outgoing.Header(EventHeaders.REPUBLISHED, "true".getBytes(StandardCharsets.UTF_8)));

  private static final String RELAYED =
      "select lane, relayed_position from outbox_lanes where lane >= 0";

  /** Materialized, or the lowest position would be looked for from the beginning of the lane. */
  private static final String SPAN =
      """
      with found as materialized (select position from events where %s and lane = $2)
      select coalesce(min(position), 1) as first, coalesce(max(position), 0) as last from found
      """;

  private static final String OF_STREAM = SPAN.formatted("stream_key = $1");
  private static final String OF_CORRELATION = SPAN.formatted("correlation_id = $1");

  private static final String CHOSEN =
      """
       where lane = $1 and position > $2 and position <= $3
         and occurred_at >= $4 and occurred_at < $5
         and (cardinality($6::text[]) = 0 or topic = any($6::text[]))
         and ($7::uuid is null or stream_key = $7)
         and ($8::uuid is null or correlation_id = $8)
      """;

  private static final String READ =
      """
      select %1$s
        from (select *, sum(octet_length(body)) over (order by position) - octet_length(body) as
                                before
                from (select * from events %2$s order by position limit %3$d) as page) as cut
       where before < %4$d
       order by position
      """
          .formatted(EventRows.COLUMNS, CHOSEN, MOST_EVENTS, MOST_BYTES);

  private static final String COUNT =
      "select topic, count(*) as found from events " + CHOSEN + " group by topic";

  private final Pool pool;
  private final OutgoingEvents events;

  public ChosenEvents(Pool pool, Catalogue catalogue, UUID logId, LogEpochs epochs) {
    this.pool = pool;
    this.events = new OutgoingEvents(catalogue, logId, epochs);
  }

  /** Positions of a lane, both inclusive; none when last is before first. */
  public record Span(int lane, long first, long last) {}

  /** Events, and the position up to which there are no more of them. */
  public record Part(List<Outgoing> events, long place) {}

  /** How many events of each topic, and the position up to which they are counted. */
  public record Count(Map<String, Long> topics, long place) {}

  /** Up to where each lane has been relayed. */
  public Future<TreeMap<Integer, Long>> relayed() {
    return asked(
        pool.preparedQuery(RELAYED)
            .execute()
            .map(rows -> {
              var lanes = new TreeMap<Integer, Long>();
              rows.forEach(row -> lanes.put(row.getInteger(0), row.getLong(1)));
              return lanes;
            }));
  }

  /** Where in a lane the events of a selection are at most, of those up to a position. */
  public Future<Span> span(Selection selection, int lane, long relayed) {
    long last = Math.min(selection.to(), relayed);
    UUID stream = selection.stream();
    UUID correlation = selection.correlation();
    if (stream == null && correlation == null) {
      return Future.succeededFuture(new Span(lane, selection.from(), last));
    }
    return asked(
        pool.preparedQuery(stream != null ? OF_STREAM : OF_CORRELATION)
            .execute(Tuple.of(stream != null ? stream : correlation, lane))
            .map(rows -> rows.iterator().next())
            .map(row ->
                new Span(
                    lane,
                    Math.max(selection.from(), row.getLong("first")),
                    Math.min(last, row.getLong("last")))));
  }

  /** The next ones behind a position of a span. */
  public Future<Part> read(Selection selection, Span span, long after) {
    long end = end(span, after);
    return asked(
        pool.preparedQuery(READ)
            .execute(arguments(selection, span.lane(), after, end))
            .map(rows -> part(rows, end)));
  }

  private static long end(Span span, long after) {
    return span.last() - after > MOST_POSITIONS ? after + MOST_POSITIONS : span.last();
  }

  private Part part(RowSet<Row> rows, long end) {
    var found = new ArrayList<Outgoing>(rows.size());
    long bytes = 0;
    for (Row row : rows) {
      Outgoing event = events.of(row, AGAIN);
      bytes += event.value() == null ? 0 : event.value().length;
      found.add(event);
    }
    boolean cut = found.size() == MOST_EVENTS || bytes >= MOST_BYTES;
    return new Part(found, cut ? found.getLast().position() : end);
  }

  /** Counts the next ones behind a position of a span. */
  public Future<Count> count(Selection selection, Span span, long after) {
    long end = end(span, after);
    return asked(
        pool.preparedQuery(COUNT)
            .execute(arguments(selection, span.lane(), after, end))
            .map(rows -> {
              var topics = new HashMap<String, Long>();
              rows.forEach(row -> topics.put(row.getString("topic"), row.getLong("found")));
              return new Count(topics, end);
            }));
  }

  private static Tuple arguments(Selection selection, int lane, long after, long end) {
    return Tuple.tuple()
        .addInteger(lane)
        .addLong(after)
        .addLong(end)
        .addOffsetDateTime(selection.since())
        .addOffsetDateTime(selection.until())
        .addArrayOfString(selection.topics().toArray(String[]::new))
        .addUUID(selection.stream())
        .addUUID(selection.correlation());
  }

  private static <T> Future<T> asked(Future<T> answer) {
    return answer.recover(failure -> Future.failedFuture(Failures.fault(failure)));
  }
}
