// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import java.lang.ref.WeakReference;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** How much the database has sent for a question at most: all of it is held at once. */
public final class Received {
  private record Answer(WeakReference<Object> rows, long bytes) {}

  private final AtomicLong most = new AtomicLong();
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();

  /** The client, watched. */
  public <C extends SqlClient> C by(C client, Class<C> type) {
    return watched(client, type);
  }

  /** The bytes of texts and binary values of the largest answer so far. */
  public long most() {
    return most.get();
  }

  /** The bytes of the answers that somebody still holds. */
  public long held() {
    System.gc();
    return answers.stream()
        .filter(answer -> answer.rows().get() != null)
        .mapToLong(Answer::bytes)
        .sum();
  }

  private <T> T watched(T object, Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            Received.class.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> {
              Object answer = method.invoke(object, arguments);
              if (answer instanceof PreparedQuery<?> query) {
                return watched(query, PreparedQuery.class);
              }
              return answer instanceof Future<?> future ? future.onSuccess(this::take) : answer;
            }));
  }

  private void take(Object answer) {
    long bytes = 0;
    if (answer instanceof RowSet<?> rows) {
      for (Object row : rows) {
        bytes += bytes((Row) row);
      }
    }
    most.accumulateAndGet(bytes, Math::max);
    answers.add(new Answer(new WeakReference<>(answer), bytes));
  }

  private static long bytes(Row row) {
    long bytes = 0;
    for (int i = 0; i < row.size(); i++) {
      Object value = row.getValue(i);
      if (value instanceof String text) {
        bytes += text.getBytes(StandardCharsets.UTF_8).length;
      } else if (value instanceof Buffer buffer) {
        bytes += buffer.length();
      }
    }
    return bytes;
  }
}
