// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.api.log.v1.ActionContext;
import dev.omnibridge.api.log.v1.DiscardDeadLettersRequest;
import dev.omnibridge.api.log.v1.DiscardDeadLettersResponse;
import dev.omnibridge.api.log.v1.RedriveDeadLetterRequest;
import dev.omnibridge.api.log.v1.RedriveDeadLetterResponse;
import dev.omnibridge.api.log.v1.RedriveDeadLettersRequest;
import dev.omnibridge.api.log.v1.RedriveDeadLettersResponse;
import dev.omnibridge.dbadapter.log.EditTrial;
import dev.omnibridge.dbadapter.log.EditedRecord;
import dev.omnibridge.dbadapter.log.RecordHeaders;
import dev.omnibridge.dbadapter.log.RedriveRules;
import dev.omnibridge.dbadapter.query.LetterQuestions;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * What people do about dead letters: each in one transaction with its entry in the audit, and once
 * per request id. What is redriven is published later, by its lane.
 */
public final class DeadLetterActions {
  private static final int SINGLE_PER_SECOND = 1000;

  private static final String LOCK =
      "select %s, %s from dead_letters where id = $1 for update"
          .formatted(DeadLetterRows.SUMMARY, DeadLetterRows.RECORD);

  private static final String QUEUE =
      """
      insert into dead_letter_redrives
        (letter_id, request_id, number, actor, target_topic, per_second, value_edited, value,
         headers)
      select id, $2, redrive_count + 1, $3, topic, $4, $5, $6, $7::text::json
        from dead_letters where id = $1
      """;

  /**
   * Several consumers may have given up the same record: their letters go together, for it is
   * published once.
   */
  private static final String MOVE_TO_REDRIVING =
      """
      update dead_letters set state = 'REDRIVING' where id in (
        select s.id
          from dead_letters d
          join dead_letters s using (cluster_id, topic_id, partition, record_offset)
         where d.id = any($1::bigint[]) and s.state = 'OPEN')
      returning id
      """;

  /** In the order of the ids, like everywhere. */
  private static final String LOCK_SIBLINGS =
      """
      select s.id
        from dead_letters d
        join dead_letters s using (cluster_id, topic_id, partition, record_offset)
       where d.id = $1 order by s.id for update of s
      """;

  private static final String MOVE = "update dead_letters set state = $2 where id = any($1)";

  private static final String READ_REDRIVE =
      "select %s from dead_letter_redrives where request_id = $1".formatted(DeadLetterRows.REDRIVE);

  static final String AUDIT =
      """
      insert into dead_letter_actions (letter_id, request_id, action, actor, reason, details)
      select id, $2, $3, $4, $5, $6::text::json from unnest($1::bigint[]) as id order by id
      """;

  private static final String LOCK_MANY =
      """
      select id, state = 'OPEN' as open from dead_letters
       where id = any($1::bigint[]) order by id for update
      """;

  private final DeadLetterRequests requests;
  private final BulkRedrives bulk;
  private final RedriveRules rules;
  private final EditTrial trial;
  private final String logId;
  private final Runnable queued;

  /** Queued is told after every commit with something to publish. */
  public DeadLetterActions(
      Pool pool,
      RedriveRules rules,
      EditTrial trial,
      BulkRedrives bulk,
      UUID logId,
      Runnable queued) {
    this.requests = new DeadLetterRequests(pool);
    this.bulk = bulk;
    this.rules = rules;
    this.trial = trial;
    this.logId = logId.toString();
    this.queued = queued;
  }

  public Future<RedriveDeadLetterResponse> redrive(RedriveDeadLetterRequest request) {
    ActionContext context = request.getContext();
    LetterQuestions.check(context);
    return requests
        .once(
            context.getRequestId(),
            request,
            SINGLE_PER_SECOND,
            RedriveDeadLetterResponse.parser(),
            connection -> redrive(connection, request))
        .onSuccess(_ -> queued.run());
  }

  private Future<RedriveDeadLetterResponse> redrive(
      SqlConnection connection, RedriveDeadLetterRequest request) {
    return connection
        .preparedQuery(LOCK_SIBLINGS)
        .execute(Tuple.of(request.getLetterId()))
        .compose(_ -> connection.preparedQuery(LOCK).execute(Tuple.of(request.getLetterId())))
        .compose(rows -> {
          if (rows.size() == 0) {
            throw DeadLetterQueries.notFound(request.getLetterId());
          }
          Row row = rows.iterator().next();
          EditedRecord record =
              EditedRecord.of(DeadLetterRows.record(row), request.getEdit(), logId);
          check(letter(row, record.bytes(), record.valueMissing()), record, request.getForce());
          return queue(connection, request, record, row.getInteger("redrive_count") + 1);
        });
  }

  private void check(RedriveRules.Letter letter, EditedRecord record, boolean force) {
    rules
        .refusal(letter, record.isEdited(), force)
        .ifPresent(refusal -> {
          throw refusal;
        });
    if (record.isEdited() && !force) {
      trial.check(record);
    }
  }

  /** From the columns that tell what became of it. */
  static RedriveRules.Letter letter(Row row, long bytes, boolean valueMissing) {
    return new RedriveRules.Letter(
        row.getLong("id"),
        row.getString("topic"),
        row.getString("state").equals("OPEN"),
        row.getString("error_class").equals("POISON"),
        row.getInteger("redrive_count"),
        bytes,
        valueMissing);
  }

  private Future<RedriveDeadLetterResponse> queue(
      SqlConnection connection, RedriveDeadLetterRequest request, EditedRecord record, int number) {
    ActionContext context = request.getContext();
    UUID requestId = UUID.fromString(context.getRequestId());
    Long[] ids = {request.getLetterId()};
    boolean valueEdited = record.edit().hasValue();
    Tuple row =
        Tuple.tuple()
            .addLong(request.getLetterId())
            .addUUID(requestId)
            .addString(context.getActor())
            .addInteger(SINGLE_PER_SECOND)
            .addBoolean(valueEdited)
            .addBuffer(valueEdited ? Buffer.buffer(record.edit().getValue().toByteArray()) : null)
            .addString(record.headersEdited() ? RecordHeaders.toJson(record.headers()) : null);
    ObjectNode details = record.changes().put("forced", request.getForce()).put("number", number);
    String action = record.isEdited() ? "EDIT_AND_REDRIVE" : "REDRIVE";
    return connection
        .preparedQuery(QUEUE)
        .execute(row)
        .compose(_ -> redriving(connection, ids))
        .compose(moved -> audit(connection, moved, action, context, details))
        .compose(_ -> connection.preparedQuery(READ_REDRIVE).execute(Tuple.of(requestId)))
        .map(rows ->
            RedriveDeadLetterResponse.newBuilder()
                .setRedrive(DeadLetterRows.redrive(rows.iterator().next()))
                .build());
  }

  /** Gives the letters that are on their way now: these, and those of the same records. */
  static Future<Long[]> redriving(SqlConnection connection, Long[] ids) {
    return connection
        .preparedQuery(MOVE_TO_REDRIVING)
        .execute(Tuple.tuple().addArrayOfLong(ids))
        .map(rows -> {
          var moved = new ArrayList<Long>(rows.size());
          rows.forEach(row -> moved.add(row.getLong("id")));
          return moved.toArray(Long[]::new);
        });
  }

  private static Future<RowSet<Row>> move(SqlConnection connection, Long[] ids, String state) {
    return connection
        .preparedQuery(MOVE)
        .execute(Tuple.tuple().addArrayOfLong(ids).addString(state));
  }

  static Future<RowSet<Row>> audit(
      SqlConnection connection,
      Long[] ids,
      String action,
      ActionContext context,
      ObjectNode details) {
    return connection
        .preparedQuery(AUDIT)
        .execute(
            Tuple.tuple()
                .addArrayOfLong(ids)
                .addUUID(UUID.fromString(context.getRequestId()))
                .addString(action)
                .addString(context.getActor())
                .addString(context.getReason())
                .addString(details.toString()));
  }

  public Future<RedriveDeadLettersResponse> redriveMany(RedriveDeadLettersRequest request) {
    LetterQuestions.check(request.getFilter());
    LetterQuestions.check(request.getContext());
    if (request.getDryRun()) {
      return bulk.look(request);
    }
    return requests
        .once(
            request.getContext().getRequestId(),
            request,
            bulk.perSecond(request),
            RedriveDeadLettersResponse.parser(),
            connection -> bulk.redrive(connection, request))
        .onSuccess(_ -> queued.run());
  }

  public Future<DiscardDeadLettersResponse> discard(DiscardDeadLettersRequest request) {
    LetterQuestions.check(request.getContext());
    LetterQuestions.checkReason(request.getContext());
    return requests.once(
        request.getContext().getRequestId(),
        request,
        0,
        DiscardDeadLettersResponse.parser(),
        connection -> discard(connection, request));
  }

  private static Future<DiscardDeadLettersResponse> discard(
      SqlConnection connection, DiscardDeadLettersRequest request) {
    Long[] ids = request.getLetterIdsList().toArray(Long[]::new);
    return connection
        .preparedQuery(LOCK_MANY)
        .execute(Tuple.tuple().addArrayOfLong(ids))
        .compose(rows -> {
          checkOpen(ids, rows);
          return move(connection, ids, "DISCARDED");
        })
        .compose(_ ->
            audit(
                connection,
                ids,
                "DISCARD",
                request.getContext(),
                JsonNodeFactory.instance.objectNode()))
        .map(_ -> DiscardDeadLettersResponse.newBuilder().setDiscarded(ids.length).build());
  }

  private static void checkOpen(Long[] ids, RowSet<Row> rows) {
    Map<Long, Boolean> open = new HashMap<>();
    rows.forEach(row -> open.put(row.getLong("id"), row.getBoolean("open")));
    for (Long id : ids) {
      if (!open.containsKey(id)) {
        throw DeadLetterQueries.notFound(id);
      }
      if (!open.getOrDefault(id, false)) {
        throw RedriveRules.notOpen(id);
      }
    }
  }
}
