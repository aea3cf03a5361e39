// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.blake3.Blake3;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.Function;

/**
 * Does what is asked for once per request id, in one transaction with the answer: a repeat, also
 * one at the same time or after a lost answer, gets the first answer.
 */
final class DeadLetterRequests {
  private static final String CLAIM =
      """
      insert into dead_letter_requests (request_id, question_hash, per_second)
      values ($1, $2, $3) on conflict (request_id) do nothing
      """;

  private static final String ANSWER =
      "update dead_letter_requests set answer = $2 where request_id = $1";

  private static final String READ =
      "select question_hash, answer from dead_letter_requests where request_id = $1";

  private final Pool pool;

  DeadLetterRequests(Pool pool) {
    this.pool = pool;
  }

  /**
   * EXISTS (REQUEST_ID_REUSED) when the id was used for another question; what the work fails with
   * leaves the id unused.
   *
   * @param perSecond the rate that is asked for; 0 if that means nothing here
   */
  <R extends Message> Future<R> once(
      String requestId,
      Message question,
      int perSecond,
      Parser<R> answers,
      Function<SqlConnection, Future<R>> work) {
    UUID id = UUID.fromString(requestId);
    Buffer hash = Buffer.buffer(hash(question));
    return pool.withTransaction(connection ->
            connection
                .preparedQuery(CLAIM)
                .execute(Tuple.of(id, hash, perSecond))
                .compose(claimed ->
                    claimed.rowCount() == 1
                        ? work.apply(connection).compose(answer -> keep(connection, id, answer))
                        : repeated(connection, id, hash, answers)))
        .recover(failure -> Future.failedFuture(Failures.fault(failure)));
  }

  private static byte[] hash(Message question) {
    return Blake3.hasher()
        .update(question.getDescriptorForType().getFullName().getBytes(StandardCharsets.UTF_8))
        .update(question.toByteArray())
        .finish()
        .bytes();
  }

  private static <R extends Message> Future<R> keep(SqlConnection connection, UUID id, R answer) {
    return connection
        .preparedQuery(ANSWER)
        .execute(Tuple.of(id, Buffer.buffer(answer.toByteArray())))
        .map(answer);
  }

  private static <R extends Message> Future<R> repeated(
      SqlConnection connection, UUID id, Buffer hash, Parser<R> answers) {
    return connection
        .preparedQuery(READ)
        .execute(Tuple.of(id))
        .map(rows -> {
          Row row = rows.iterator().next();
          if (!Arrays.equals(row.getBuffer("question_hash").getBytes(), hash.getBytes())) {
            throw Fault.of(
                    Kind.EXISTS,
                    "REQUEST_ID_REUSED",
                    "The request id was used for another request; choose a new one.")
                .with("request_id", id);
          }
          return parsed(row.getBuffer("answer").getBytes(), answers);
        });
  }

  private static <R extends Message> R parsed(byte[] answer, Parser<R> answers) {
    try {
      return answers.parseFrom(answer);
    } catch (InvalidProtocolBufferException written) {
      throw new IllegalStateException("An answer that was written here cannot be read", written);
    }
  }
}
