// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import dev.omnibridge.runtime.LogKeys;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.event.Catalogue.StreamKind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the catalogue's topics and their dead-letter topics, as soon as Kafka is there; nothing
 * waits for that. A topic that exists is left as it is.
 */
final class Topics {
  private static final Logger log = LoggerFactory.getLogger(Topics.class);
  private static final Duration LONG_RETENTION = Duration.ofDays(30);
  private static final Duration RETENTION = Duration.ofDays(7);
  private static final long AGAIN_MILLIS = 1_000;
  private static final int LIMIT_MILLIS = 5_000;
  private static final int MAX_DEAD_LETTER_BYTES = 2 << 20;

  private final Vertx vertx;
  private final Catalogue catalogue;
  private final String environment;
  private final String bootstrapServers;
  private boolean stopped;
  private boolean told;
  private @Nullable Admin admin;

  Topics(Vertx vertx, Catalogue catalogue, String environment, String bootstrapServers) {
    this.vertx = vertx;
    this.catalogue = catalogue;
    this.environment = environment;
    this.bootstrapServers = bootstrapServers;
  }

  /** Succeeds when all topics are there; tries until then, or until stopped. */
  Future<Void> ensure() {
    return create()
        .onComplete(_ -> close())
        .onSuccess(_ -> {
          if (told) {
            log.atInfo().log("topics are there");
          }
        })
        .recover(failure -> {
          (told || stopped ? log.atDebug() : log.atWarn())
              .addKeyValue(LogKeys.REASON, failure.getMessage())
              .log("topics cannot be made yet; they are as soon as Kafka lets it");
          told = true;
          return stopped
              ? Future.failedFuture(failure)
              : vertx
                  .timer(AGAIN_MILLIS, TimeUnit.MILLISECONDS)
                  .compose(_ -> stopped ? Future.failedFuture(failure) : ensure());
        });
  }

  void stop() {
    stopped = true;
    close();
  }

  private void close() {
    Admin open = admin;
    admin = null;
    if (open != null) {
      open.close(Duration.ZERO);
    }
  }

  private Future<Void> create() {
    try {
      Admin open = Admin.create(settings());
      admin = open;
      var made =
          open.createTopics(wanted()).values().values().stream().map(this::existing).toList();
      return Future.all(made).mapEmpty();
    } catch (KafkaException unresolvable) {
      return Future.failedFuture(unresolvable);
    }
  }

  private Map<String, Object> settings() {
    return Map.of(
        AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, LIMIT_MILLIS,
        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, LIMIT_MILLIS,
        AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
  }

  /** On the context of the caller, made now or before. */
  private Future<Void> existing(KafkaFuture<Void> made) {
    return Future.<Void>fromCompletionStage(made.toCompletionStage(), vertx.getOrCreateContext())
        .recover(failure ->
            causeOf(failure) instanceof TopicExistsException
                ? Future.succeededFuture()
                : Future.failedFuture(failure));
  }

  private static @Nullable Throwable causeOf(Throwable failure) {
    return failure instanceof CompletionException ? failure.getCause() : failure;
  }

  private List<NewTopic> wanted() {
    var topics = new ArrayList<NewTopic>();
    for (StreamKind kind : catalogue.streams()) {
      String name = catalogue.topic(environment, kind.kind());
      Duration kept = kind.retention().equals("long") ? LONG_RETENTION : RETENTION;
      topics.add(
          topic(name, kind.partitions())
              .configs(Map.of(TopicConfig.RETENTION_MS_CONFIG, millis(kept))));
      topics.add(
          topic(name + ".dlq", 1)
              .configs(
                  Map.of(
                      TopicConfig.RETENTION_MS_CONFIG, millis(LONG_RETENTION),
                      TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                          Integer.toString(MAX_DEAD_LETTER_BYTES))));
    }
    return topics;
  }

  /** Replicated as the cluster does by default. */
  private static NewTopic topic(String name, int partitions) {
    return new NewTopic(name, Optional.of(partitions), Optional.empty());
  }

  private static String millis(Duration duration) {
    return Long.toString(duration.toMillis());
  }
}
