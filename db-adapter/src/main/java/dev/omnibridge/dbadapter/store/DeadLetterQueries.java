// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.api.log.v1.DeadLetterFilter;
import dev.omnibridge.api.log.v1.DeadLetterState;
import dev.omnibridge.api.log.v1.GetDeadLetterRequest;
import dev.omnibridge.api.log.v1.GetDeadLetterResponse;
import dev.omnibridge.api.log.v1.GetRedriveRequest;
import dev.omnibridge.api.log.v1.GetRedriveResponse;
import dev.omnibridge.api.log.v1.ListDeadLetterActionsRequest;
import dev.omnibridge.api.log.v1.ListDeadLetterActionsResponse;
import dev.omnibridge.api.log.v1.ListDeadLettersRequest;
import dev.omnibridge.api.log.v1.ListDeadLettersResponse;
import dev.omnibridge.dbadapter.log.Times;
import dev.omnibridge.dbadapter.query.LetterQuestions;
import dev.omnibridge.dbadapter.query.PageSize;
import dev.omnibridge.dbadapter.query.PageTokens;
import dev.omnibridge.runtime.Fault;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

/** Reads dead letters and what was done about them. */
public final class DeadLetterQueries {
  private static final int USUAL = 50;
  private static final int MOST = 1000;

  private static final int MOST_REDRIVES = 100;

  private static final String GET =
      "select %s, %s from %s"
          .formatted(DeadLetterRows.SUMMARY, DeadLetterRows.RECORD_THAT_FITS, DeadLetterRows.SIZED);

  private static final String REDRIVES_OF_LETTER =
      Page.question(
          DeadLetterRows.REDRIVE,
          "dead_letter_redrives where letter_id = $1",
          DeadLetterRows.REDRIVE_SIZE,
          "seq desc",
          Integer.toString(MOST_REDRIVES + 1));

  private static final String ACTION =
      "action_id, letter_id, request_id, action, actor, reason, details::text as details, at";

  private static final String ACTION_SIZE =
      "octet_length(details::text) + octet_length(reason) + octet_length(actor)";

  private static final String ACTIONS_OF_LETTER =
      Page.question(
          ACTION,
          "dead_letter_actions where letter_id = $1",
          ACTION_SIZE,
          "action_id desc",
          Integer.toString(MOST + 1));

  private static final String PROGRESS =
      """
      select count(*) filter (where r.published_at is null and r.refused_at is null) as queued,
             count(r.published_at) as gone, count(r.refused_at) as refused,
             count(*) filter (where exists
               (select from dead_letters c where c.redrive_id = r.redrive_id)) as returned,
             max(r.per_second) as per_second, min(r.queued_at) as queued_at,
             max(r.published_at) as published_at
        from dead_letter_redrives r where r.request_id = $1
      """;

  private final Pool pool;
  private final PageTokens tokens;

  public DeadLetterQueries(Pool pool, PageTokens tokens) {
    this.pool = pool;
    this.tokens = tokens;
  }

  public Future<ListDeadLettersResponse> list(ListDeadLettersRequest request) {
    LetterQuestions.check(request.getFilter());
    var question = request.toBuilder().clearPageSize().clearPageToken().build();
    List<String> place = tokens.place(question, request.getPageToken());
    int limit = PageSize.of(request.getPageSize(), USUAL, MOST);
    var sql = matching(request.getFilter());
    String order = order(sql, request.getOldestFirst(), place);
    String text =
        Page.question(
            DeadLetterRows.SUMMARY,
            "dead_letters " + sql.where(),
            DeadLetterRows.SUMMARY_SIZE,
            order,
            sql.argument(limit + 1));
    return ask(text, sql.arguments())
        .map(rows -> {
          var page = Page.of(rows, limit, DeadLetterRows::summary);
          var answer = ListDeadLettersResponse.newBuilder().addAllLetters(page.items());
          page.lastOfMore()
              .ifPresent(last ->
                  answer.setNextPageToken(
                      tokens.token(
                          question, place(Times.of(last.getFailedAt()), last.getLetterId()))));
          return answer.build();
        });
  }

  /** What matches the filter, of dead_letters. */
  static Conditions matching(DeadLetterFilter filter) {
    var sql =
        new Conditions()
            .text("topic =", filter.getTopic())
            .text("consumer =", filter.getConsumer())
            .text("error_class =", filter.getErrorClass())
            .text("error_reason =", filter.getErrorReason())
            .id("correlation_id =", filter.getCorrelationId())
            .text("event_type =", filter.getEventType());
    // As a constant, for the index of those that are open.
    if (filter.getState() != DeadLetterState.DEAD_LETTER_STATE_UNSPECIFIED) {
      sql.always("state = '%s'".formatted(name(filter.getState())));
    }
    if (filter.hasSince()) {
      sql.and("dead_at >=", Times.of(filter.getSince()));
    }
    if (filter.hasUntil()) {
      sql.and("dead_at <", Times.of(filter.getUntil()));
    }
    return sql;
  }

  private static String name(DeadLetterState state) {
    return state.name().substring("DEAD_LETTER_STATE_".length());
  }

  /** Their order; what stands at the place and before it is left out. */
  static String order(Conditions sql, boolean oldestFirst, List<String> place) {
    if (!place.isEmpty()) {
      sql.and(
          "(dead_at, id) " + (oldestFirst ? ">" : "<"),
          OffsetDateTime.parse(place.getFirst()),
          Long.parseLong(place.getLast()));
    }
    return "dead_at%1$s, id%1$s".formatted(oldestFirst ? "" : " desc");
  }

  static List<String> place(OffsetDateTime failedAt, long letterId) {
    return List.of(failedAt.toString(), Long.toString(letterId));
  }

  public Future<GetDeadLetterResponse> get(GetDeadLetterRequest request) {
    long id = request.getLetterId();
    return ask(GET, Tuple.of(id))
        .compose(letters -> {
          if (letters.size() == 0) {
            return Future.failedFuture(notFound(id));
          }
          return history(id, new LetterAnswer(letters.iterator().next()));
        });
  }

  static Fault notFound(long letterId) {
    return Fault.notFound(
            "DEAD_LETTER_NOT_FOUND", "There is no dead letter %d.".formatted(letterId))
        .with("letter_id", letterId);
  }

  private Future<GetDeadLetterResponse> history(long id, LetterAnswer answer) {
    var redrives = ask(REDRIVES_OF_LETTER, Tuple.of(id));
    var actions = ask(ACTIONS_OF_LETTER, Tuple.of(id));
    return Future.all(redrives, actions)
        .map(_ ->
            answer
                .withRedrives(Page.of(redrives.result(), MOST_REDRIVES, DeadLetterRows::redrive))
                .withActions(Page.of(actions.result(), MOST, DeadLetterRows::action))
                .build());
  }

  public Future<ListDeadLetterActionsResponse> actions(ListDeadLetterActionsRequest request) {
    var question = request.toBuilder().clearPageSize().clearPageToken().build();
    List<String> place = tokens.place(question, request.getPageToken());
    int limit = PageSize.of(request.getPageSize(), USUAL, MOST);
    var sql = new Conditions().text("actor =", request.getActor());
    if (request.getLetterId() != 0) {
      sql.and("letter_id =", request.getLetterId());
    }
    if (!place.isEmpty()) {
      sql.and("action_id <", Long.parseLong(place.getFirst()));
    }
    String text =
        Page.question(
            ACTION,
            "dead_letter_actions " + sql.where(),
            ACTION_SIZE,
            "action_id desc",
            sql.argument(limit + 1));
    return ask(text, sql.arguments())
        .map(rows -> {
          var page = Page.of(rows, limit, DeadLetterRows::action);
          var answer = ListDeadLetterActionsResponse.newBuilder().addAllActions(page.items());
          page.lastOfMore()
              .ifPresent(last ->
                  answer.setNextPageToken(
                      tokens.token(question, List.of(Long.toString(last.getActionId())))));
          return answer.build();
        });
  }

  public Future<GetRedriveResponse> progress(GetRedriveRequest request) {
    return ask(PROGRESS, Tuple.of(UUID.fromString(request.getRequestId())))
        .map(rows -> {
          Row row = rows.iterator().next();
          OffsetDateTime queuedAt = row.getOffsetDateTime("queued_at");
          if (queuedAt == null) {
            throw Fault.notFound("REDRIVE_NOT_FOUND", "The request has redriven nothing.")
                .with("request_id", request.getRequestId());
          }
          var answer =
              GetRedriveResponse.newBuilder()
                  .setQueued(row.getLong("queued"))
                  .setPublished(row.getLong("gone"))
                  .setRefused(row.getLong("refused"))
                  .setReturned(row.getLong("returned"))
                  .setPerSecond(row.getInteger("per_second"))
                  .setQueuedAt(Times.of(queuedAt));
          OffsetDateTime published = row.getOffsetDateTime("published_at");
          if (published != null) {
            answer.setPublishedAt(Times.of(published));
          }
          return answer.build();
        });
  }

  private Future<RowSet<Row>> ask(String sql, Tuple arguments) {
    return pool.preparedQuery(sql)
        .execute(arguments)
        .recover(failure -> Future.failedFuture(Failures.fault(failure)));
  }
}
