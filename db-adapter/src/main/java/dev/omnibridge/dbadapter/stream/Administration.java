// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Questions to Kafka's admin client, each with a client of its own and off the event loop: making
 * one resolves names, and closing one waits for its thread, for as long as the system's resolver
 * takes.
 */
final class Administration {
  private static final Logger log = LoggerFactory.getLogger(Administration.class);

  /** Kafka's own limit for each call. */
  private static final int LIMIT_MILLIS = 5_000;

  /** Longer than Kafka's own limit, which tells more. */
  private static final int ANSWER_SECONDS = 10;

  private static final Duration CLOSE_LIMIT = Duration.ofMillis(100);

  private final Vertx vertx;
  private final Supplier<Admin> clients;

  Administration(Vertx vertx, String bootstrapServers) {
    this(vertx, () -> Admin.create(settings(bootstrapServers)));
  }

  /** With clients made so. */
  Administration(Vertx vertx, Supplier<Admin> clients) {
    this.vertx = vertx;
    this.clients = clients;
  }

  /** What is done with a client; may block, within limits. */
  @FunctionalInterface
  interface Task<T> {
    T with(Admin admin) throws Exception;
  }

  private static Map<String, Object> settings(String bootstrapServers) {
    return Map.of(
        AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, LIMIT_MILLIS,
        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, LIMIT_MILLIS,
        AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
  }

  /** The answer comes on the caller's context; none when Vert.x has been closed meanwhile. */
  <T> Future<T> ask(Task<T> task) {
    Context context = vertx.getOrCreateContext();
    Promise<T> answer = Promise.promise();
    Thread.ofVirtual()
        .name("kafka-admin")
        .start(() -> {
          Runnable said = outcome(task, answer);
          try {
            context.runOnContext(_ -> said.run());
          } catch (RejectedExecutionException closed) {
            log.atDebug().log("nobody is left to hear Kafka's answer");
          }
        });
    return answer.future();
  }

  private <T> Runnable outcome(Task<T> task, Promise<T> answer) {
    try {
      T value = asked(task);
      return () -> answer.complete(value);
    } catch (Exception | LinkageError failure) {
      return () -> answer.fail(failure);
    }
  }

  private <T> T asked(Task<T> task) throws Exception {
    Admin admin = clients.get();
    try {
      return task.with(admin);
    } finally {
      admin.close(CLOSE_LIMIT);
    }
  }

  /** Waits; what Kafka refuses comes as it is. */
  static <T> T answer(KafkaFuture<T> asked) throws Exception {
    try {
      return asked.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof Exception cause ? cause : new KafkaException(failed);
    }
  }
}
