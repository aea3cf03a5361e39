// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;

/**
 * Statements of one transaction on one connection, sent without waiting for each other's answers.
 * Once one has failed the server refuses those after it, and a commit among them rolls back.
 */
final class Pipeline {
  private final SqlConnection connection;

  /** Without their answers: a long transaction would hold all rows that it has read. */
  private final List<Future<Void>> sent = new ArrayList<>();

  private boolean ended;

  private Pipeline(SqlConnection connection) {
    this.connection = connection;
  }

  static Pipeline begin(SqlConnection connection) {
    var pipeline = new Pipeline(connection);
    pipeline.sent.add(connection.query("begin").execute().mapEmpty());
    return pipeline;
  }

  Future<RowSet<Row>> send(String sql, Tuple arguments) {
    var answer = connection.preparedQuery(sql).execute(arguments);
    sent.add(answer.mapEmpty());
    return answer;
  }

  /** Succeeds when every statement did and the transaction is durable as the session has it. */
  Future<?> commit() {
    ended = true;
    sent.add(connection.query("commit").execute().mapEmpty());
    return settled();
  }

  /** Waits for everything; the first failure in the order of sending is the cause of the others. */
  Future<?> settled() {
    return Future.join(List.copyOf(sent))
        .transform(_ ->
            sent.stream()
                .filter(Future::failed)
                .findFirst()
                .<Future<?>>map(first -> Future.failedFuture(first.cause()))
                .orElseGet(Future::succeededFuture)
                .mapEmpty());
  }

  /** True once the server has answered everything, and the end of the transaction with it. */
  boolean over() {
    return ended && sent.stream().allMatch(Future::isComplete);
  }

  /** Waits for what was sent, whatever came of it; no effect stays of what is not committed. */
  Future<?> rollback() {
    if (!ended) {
      ended = true;
      sent.add(connection.query("rollback").execute().mapEmpty());
    }
    return settled();
  }
}
