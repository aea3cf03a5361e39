// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.omnibridge.api.log.v1.RedriveDeadLettersRequest;
import dev.omnibridge.api.log.v1.RedriveDeadLettersResponse;
import dev.omnibridge.api.log.v1.RedriveVerdict;
import dev.omnibridge.dbadapter.log.EditedRecord;
import dev.omnibridge.dbadapter.log.RedriveRules;
import dev.omnibridge.dbadapter.query.PageSize;
import dev.omnibridge.dbadapter.query.PageTokens;
import dev.omnibridge.runtime.Fault;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;

/** Redrives many letters at once, or tells what that would do; those that may not go are named. */
public final class BulkRedrives {
  private static final int USUAL = 1000;
  private static final int MOST = 10_000;

  /** The choice is made without locks; they are taken in the order of the ids, like everywhere. */
  private static final String CANDIDATES =
      """
      select c.id, c.dead_at, c.cluster_id, c.topic_id, c.partition, c.record_offset, c.topic,
             c.state, c.error_class, c.redrive_count,
             coalesce(octet_length(c.record_key), 0) + coalesce(octet_length(c.record_value), 0)
               + octet_length(c.headers::text) as bytes,
             c.record_value is null and strpos(c.headers::text, '%s') > 0
               as value_missing
        from dead_letters c
       where c.id in (select id from dead_letters %s order by %s limit %s)
       order by c.id %s
      """;

  /** As the headers are written: quotes in a key are escaped, and a value is of base64. */
  private static final String VALUE_OMITTED =
      "{\"key\":\"%s\"".formatted(EditedRecord.VALUE_OMITTED);

  private static final String QUEUE =
      """
      insert into dead_letter_redrives
        (letter_id, request_id, number, actor, target_topic, per_second, value_edited)
      select id, $2, redrive_count + 1, $3, topic, $4, false
        from dead_letters where id = any($1::bigint[]) order by id
      """;

  private final Pool pool;
  private final PageTokens tokens;
  private final RedriveRules rules;
  private final int usualPerSecond;

  /** Redrives that do not say how fast go at the usual rate. */
  public BulkRedrives(Pool pool, PageTokens tokens, RedriveRules rules, int usualPerSecond) {
    this.pool = pool;
    this.tokens = tokens;
    this.rules = rules;
    this.usualPerSecond = usualPerSecond;
  }

  /** Records per second. */
  int perSecond(RedriveDeadLettersRequest request) {
    return request.getPerSecond() == 0 ? usualPerSecond : request.getPerSecond();
  }

  /** Changes nothing. */
  Future<RedriveDeadLettersResponse> look(RedriveDeadLettersRequest request) {
    return chosen(pool, request, "")
        .map(choice -> choice.answer(tokens, question(request)))
        .recover(failure -> Future.failedFuture(Failures.fault(failure)));
  }

  Future<RedriveDeadLettersResponse> redrive(
      SqlConnection connection, RedriveDeadLettersRequest request) {
    return chosen(connection, request, "for update")
        .compose(choice -> {
          Long[] ids = choice.eligible();
          var answer = choice.answer(tokens, question(request));
          return ids.length == 0
              ? Future.succeededFuture(answer)
              : queue(connection, request, ids).map(answer);
        });
  }

  private Future<?> queue(SqlConnection connection, RedriveDeadLettersRequest request, Long[] ids) {
    var context = request.getContext();
    var details = JsonNodeFactory.instance.objectNode().put("forced", request.getForce());
    return connection
        .preparedQuery(QUEUE)
        .execute(
            Tuple.tuple()
                .addArrayOfLong(ids)
                .addUUID(UUID.fromString(context.getRequestId()))
                .addString(context.getActor())
                .addInteger(perSecond(request)))
        .compose(_ -> DeadLetterActions.redriving(connection, ids))
        .compose(moved -> DeadLetterActions.audit(connection, moved, "REDRIVE", context, details));
  }

  /** What a page token belongs to. */
  private static RedriveDeadLettersRequest question(RedriveDeadLettersRequest request) {
    return RedriveDeadLettersRequest.newBuilder()
        .setFilter(request.getFilter())
        .setNewestFirst(request.getNewestFirst())
        .build();
  }

  private Future<Choice> chosen(SqlClient client, RedriveDeadLettersRequest request, String lock) {
    List<String> place = tokens.place(question(request), request.getPageToken());
    int limit = PageSize.of(request.getLimit(), USUAL, MOST);
    boolean oldestFirst = !request.getNewestFirst();
    var sql = DeadLetterQueries.matching(request.getFilter());
    String order = DeadLetterQueries.order(sql, oldestFirst, place);
    String text =
        CANDIDATES.formatted(VALUE_OMITTED, sql.where(), order, sql.argument(limit + 1), lock);
    return client
        .preparedQuery(text)
        .execute(sql.arguments())
        .map(rows -> choose(rows, request, oldestFirst, limit));
  }

  private record Candidate(OffsetDateTime failedAt, long id, String record, String skipReason) {
    static final Comparator<Candidate> OLDEST_FIRST =
        Comparator.comparing(Candidate::failedAt).thenComparingLong(Candidate::id);

    Candidate gone() {
      return new Candidate(failedAt, id, record, RedriveRules.notOpen(id).reason());
    }
  }

  private Choice choose(
      RowSet<Row> rows, RedriveDeadLettersRequest request, boolean oldestFirst, int limit) {
    var candidates = new ArrayList<Candidate>(rows.size());
    for (Row row : rows) {
      RedriveRules.Letter letter =
          DeadLetterActions.letter(row, row.getInteger("bytes"), row.getBoolean("value_missing"));
      String skip = rules.refusal(letter, false, request.getForce()).map(Fault::reason).orElse("");
      candidates.add(
          new Candidate(row.getOffsetDateTime("dead_at"), letter.id(), record(row), skip));
    }
    candidates.sort(oldestFirst ? Candidate.OLDEST_FIRST : Candidate.OLDEST_FIRST.reversed());
    boolean more = candidates.size() > limit;
    return new Choice(once(more ? candidates.subList(0, limit) : candidates), more);
  }

  /** Letters of one record go together, so that only the first is open still. */
  private static List<Candidate> once(List<Candidate> candidates) {
    var records = new HashSet<String>();
    return candidates.stream()
        .map(letter ->
            letter.skipReason().isEmpty() && !records.add(letter.record()) ? letter.gone() : letter)
        .toList();
  }

  private static String record(Row row) {
    return "%s %s %d %d"
        .formatted(
            row.getString("cluster_id"),
            row.getString("topic_id"),
            row.getInteger("partition"),
            row.getLong("record_offset"));
  }

  private record Choice(List<Candidate> candidates, boolean more) {
    Long[] eligible() {
      return candidates.stream()
          .filter(candidate -> candidate.skipReason().isEmpty())
          .map(Candidate::id)
          .toArray(Long[]::new);
    }

    RedriveDeadLettersResponse answer(PageTokens tokens, RedriveDeadLettersRequest question) {
      var answer = RedriveDeadLettersResponse.newBuilder();
      for (Candidate candidate : candidates) {
        answer.addVerdicts(
            RedriveVerdict.newBuilder()
                .setLetterId(candidate.id())
                .setSkipReason(candidate.skipReason()));
      }
      int eligible = eligible().length;
      if (more) {
        Candidate last = candidates.getLast();
        answer.setNextPageToken(
            tokens.token(question, DeadLetterQueries.place(last.failedAt(), last.id())));
      }
      return answer.setEligible(eligible).setSkipped(candidates.size() - eligible).build();
    }
  }
}
