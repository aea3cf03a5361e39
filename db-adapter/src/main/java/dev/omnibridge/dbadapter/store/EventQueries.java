// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.log.v1.PayloadFilter;
import dev.omnibridge.api.log.v1.QueryEventsRequest;
import dev.omnibridge.api.log.v1.QueryEventsResponse;
import dev.omnibridge.dbadapter.log.StreamId;
import dev.omnibridge.dbadapter.log.Times;
import dev.omnibridge.dbadapter.query.Cut;
import dev.omnibridge.dbadapter.query.PageSize;
import dev.omnibridge.dbadapter.query.PageTokens;
import dev.omnibridge.dbadapter.query.Selective;
import dev.omnibridge.dbadapter.query.TimeWalk;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.event.Catalogue;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds events by what they have in common. One stream is read by version; what an id narrows, as
 * recorded, which agrees with every lane's order; the rest by time, in slices. The pages of a
 * question are of one moment of the log, which the first page takes and the tokens hand on.
 */
public final class EventQueries {
  private static final int USUAL = 100;
  private static final int MOST = 1000;

  /** The moment that the statement itself sees. */
  private static final String CUT =
      """
      (select array_agg(lane order by lane) from lanes) as lanes,
      (select array_agg(next_position order by lane) from lanes) as heads
      """;

  private static final String READ_CUT = "select " + CUT + ", clock_timestamp() as now";

  private final Pool pool;
  private final Catalogue catalogue;
  private final PageTokens tokens;
  private final Selective selective;

  public EventQueries(Pool pool, Catalogue catalogue, PageTokens tokens) {
    this.pool = pool;
    this.catalogue = catalogue;
    this.tokens = tokens;
    this.selective =
        new Selective(
            type -> catalogue.find(type).map(Catalogue.EventType::searchable).orElse(List.of()));
  }

  /** A page; short or empty without being the last when the work for it was too much for once. */
  public Future<QueryEventsResponse> query(QueryEventsRequest request) {
    check(request);
    selective.check(request);
    var question = request.toBuilder().clearPageSize().clearPageToken().build();
    List<String> place = tokens.place(question, request.getPageToken());
    int limit = PageSize.of(request.getPageSize(), USUAL, MOST);
    Future<QueryEventsResponse> page;
    if (request.hasStream()) {
      page = ofStream(question, place, limit);
    } else if (Selective.isIndexed(request)) {
      page = asRecorded(question, place, limit);
    } else {
      page = byTime(question, place, limit);
    }
    return page.recover(failure -> Future.failedFuture(Failures.fault(failure)));
  }

  private static void check(QueryEventsRequest request) {
    var texts = new ArrayList<String>(List.of(request.getType(), request.getTopic()));
    texts.add(request.getNamespace());
    for (PayloadFilter filter : request.getPayloadList()) {
      texts.add(filter.getField());
      texts.add(filter.getValue());
    }
    if (texts.stream().anyMatch(text -> text.indexOf('\0') >= 0)) {
      throw Fault.invalid("TEXT_WITH_NUL", "A filter holds a NUL character.");
    }
  }

  private Future<QueryEventsResponse> ofStream(
      QueryEventsRequest question, List<String> place, int limit) {
    var stream = StreamId.of(question.getStream());
    var sql = filters(question);
    times(sql, question);
    sql.and("stream_key =", stream.key());
    sql.and("retention =", catalogue.stream(stream.kind()).retention());
    boolean up = question.getOldestFirst();
    if (!place.isEmpty()) {
      sql.and(up ? "version >" : "version <", Long.parseLong(place.getFirst()));
    }
    String order = up ? "version" : "version desc";
    return read(sql, order, limit, PageSize.MAX_BYTES, "")
        .map(rows -> {
          var page = EventPage.of(rows, limit);
          return page.answer(page.more() ? token(question, versionOf(page.last())) : "");
        });
  }

  private static List<String> versionOf(RecordedEvent last) {
    return List.of(Long.toString(last.getVersion()));
  }

  private Future<QueryEventsResponse> asRecorded(
      QueryEventsRequest question, List<String> place, int limit) {
    var sql = filters(question);
    times(sql, question);
    boolean up = question.getOldestFirst();
    if (!place.isEmpty()) {
      sql.and(
          "(recorded_at, lane, position) " + (up ? ">" : "<"),
          OffsetDateTime.parse(place.get(0)),
          Integer.parseInt(place.get(1)),
          Long.parseLong(place.get(2)));
      sql.before(Cut.of(place.get(3)));
    }
    String first = place.isEmpty() ? ", " + CUT : "";
    return read(sql, order("recorded_at", up), limit, PageSize.MAX_BYTES, first)
        .map(rows -> {
          var page = EventPage.of(rows, limit);
          return page.answer(
              page.more() ? token(question, recordedPlace(page.last(), place, rows)) : "");
        });
  }

  private static List<String> recordedPlace(
      RecordedEvent last, List<String> place, RowSet<Row> rows) {
    return List.of(
        Times.of(last.getRecordedAt()).toString(),
        Integer.toString(last.getLane()),
        Long.toString(last.getPosition()),
        place.isEmpty() ? cut(rows.iterator().next()).text() : place.get(3));
  }

  private Future<QueryEventsResponse> byTime(
      QueryEventsRequest question, List<String> place, int limit) {
    OffsetDateTime since = Times.of(question.getSince());
    OffsetDateTime until = question.hasUntil() ? Times.of(question.getUntil()) : null;
    boolean up = question.getOldestFirst();
    if (!place.isEmpty()) {
      var walk = TimeWalk.resume(since, until, up, place.subList(0, 5));
      return new TimeScan(this, question, Cut.of(place.get(5)), limit).from(walk);
    }
    return pool.preparedQuery(READ_CUT)
        .execute()
        .compose(rows -> {
          Row row = rows.iterator().next();
          var walk = TimeWalk.begin(since, until, up, row.getOffsetDateTime("now"));
          return new TimeScan(this, question, cut(row), limit).from(walk);
        });
  }

  private static Cut cut(Row row) {
    return new Cut(row.getArrayOfIntegers("lanes"), row.getArrayOfLongs("heads"));
  }

  /** How many events a slice holds, counted no further than to too many. */
  Future<Integer> seen(TimeWalk.Slice slice, boolean up) {
    var sql = new Conditions();
    within(sql, slice, up);
    String text =
        "select count(*)::int from (select 1 from events %s limit %s) as probe"
            .formatted(sql.where(), sql.argument(TimeWalk.MOST_IN_SLICE + 1));
    return pool.preparedQuery(text)
        .execute(sql.arguments())
        .map(rows -> rows.iterator().next().getInteger(0));
  }

  private static void within(Conditions sql, TimeWalk.Slice slice, boolean up) {
    sql.and("occurred_at >=", slice.from());
    OffsetDateTime to = slice.to();
    if (to != null) {
      sql.and(up ? "occurred_at <" : "occurred_at <=", to);
    }
  }

  /** What the question asks for in a slice, behind the place of the walk. */
  Future<RowSet<Row>> read(
      QueryEventsRequest question, TimeWalk walk, Cut cut, int limit, int bytes) {
    boolean up = question.getOldestFirst();
    var sql = filters(question);
    within(sql, walk.next(), up);
    OffsetDateTime time = walk.at().time();
    if (time != null) {
      sql.and(
          "(occurred_at, lane, position) " + (up ? ">" : "<"),
          time,
          walk.at().lane(),
          walk.at().position());
    }
    sql.before(cut);
    return read(sql, order("occurred_at", up), limit, bytes, "");
  }

  String token(QueryEventsRequest question, List<String> place) {
    return tokens.token(question, place);
  }

  private static Conditions filters(QueryEventsRequest request) {
    var sql = new Conditions();
    sql.id("correlation_id =", request.getCorrelationId());
    sql.id("causation_id =", request.getCausationId());
    sql.id("session_id =", request.getSessionId());
    sql.text("type =", request.getType());
    sql.text("topic =", request.getTopic());
    sql.text("namespace =", request.getNamespace());
    for (PayloadFilter filter : request.getPayloadList()) {
      sql.payload(filter.getField(), filter.getValue());
    }
    return sql;
  }

  private static void times(Conditions sql, QueryEventsRequest request) {
    if (request.hasSince()) {
      sql.and("occurred_at >=", Times.of(request.getSince()));
    }
    if (request.hasUntil()) {
      sql.and("occurred_at <", Times.of(request.getUntil()));
    }
  }

  private static String order(String time, boolean up) {
    return "%1$s%2$s, lane%2$s, position%2$s".formatted(time, up ? "" : " desc");
  }

  private Future<RowSet<Row>> read(
      Conditions sql, String order, int limit, int bytes, String more) {
    String text =
        Page.question(
            EventRows.COLUMNS + ", " + EventRows.SIZE + " as bytes" + more,
            "events " + sql.where(),
            EventRows.SIZE,
            order,
            sql.argument(limit + 1),
            sql.argument((long) bytes));
    return pool.preparedQuery(text).execute(sql.arguments());
  }
}
