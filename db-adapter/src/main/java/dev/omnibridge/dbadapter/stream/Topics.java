// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import static dev.omnibridge.dbadapter.stream.Administration.answer;

import dev.omnibridge.runtime.LogKeys;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.event.Catalogue.Topic;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the catalogue's topics and their dead-letter topics, as soon as Kafka is there and whenever
 * one has gone; nothing waits for that. A topic that exists is left as it is, and where all exist
 * no right to make any is needed. Lives on one Vert.x context.
 */
final class Topics {
  private static final Logger log = LoggerFactory.getLogger(Topics.class);
  private static final int DEAD_LETTER_DAYS = 30;
  private static final long AGAIN_MILLIS = 1_000;
  private static final int MAX_DEAD_LETTER_BYTES = 2 << 20;

  private final Vertx vertx;
  private final Catalogue catalogue;
  private final String environment;
  private final Administration administration;
  private final List<Long> timers = new ArrayList<>();
  private @Nullable Future<Void> looking;
  private boolean stopped;
  private boolean told;

  Topics(Vertx vertx, Catalogue catalogue, String environment, Administration administration) {
    this.vertx = vertx;
    this.catalogue = catalogue;
    this.environment = environment;
    this.administration = administration;
  }

  /** Succeeds when all topics are there; tries until then, or until stopped. */
  Future<Void> ensure() {
    Future<Void> begun = looking;
    if (begun == null || begun.isComplete()) {
      begun = attempt();
      looking = begun;
    }
    return begun;
  }

  /** Looks from now on whether they still are. */
  void keep(Duration every) {
    timers.add(
        vertx.setPeriodic(
            every.toMillis(),
            _ -> {
              var unused = ensure();
            }));
  }

  private Future<Void> attempt() {
    if (stopped) {
      return Future.failedFuture(new IllegalStateException("stopped"));
    }
    return administration
        .ask(this::make)
        .<Void>mapEmpty()
        .onSuccess(_ -> {
          if (told) {
            told = false;
            log.atInfo().log("topics are there");
          }
        })
        .recover(failure -> {
          (told || stopped ? log.atDebug() : log.atWarn())
              .addKeyValue(LogKeys.REASON, failure.getMessage())
              .log("topics cannot be made yet; they are as soon as Kafka lets it");
          told = true;
          return vertx.timer(AGAIN_MILLIS, TimeUnit.MILLISECONDS).compose(_ -> attempt());
        });
  }

  void stop() {
    stopped = true;
    timers.forEach(vertx::cancelTimer);
  }

  /** Only what is missing, for who may not make topics may still use those that others made. */
  private int make(Admin admin) throws Exception {
    Set<String> there = answer(admin.listTopics().names());
    List<NewTopic> missing =
        wanted().stream().filter(topic -> !there.contains(topic.name())).toList();
    if (missing.isEmpty()) {
      return 0;
    }
    for (var made : admin.createTopics(missing).values().entrySet()) {
      try {
        answer(made.getValue());
      } catch (TopicExistsException by) {
        log.atDebug().addKeyValue(LogKeys.TOPIC, made.getKey()).log("topic made by another one");
      } catch (KafkaException refused) {
        throw new KafkaException(made.getKey() + ": " + refused.getMessage(), refused);
      }
    }
    log.atInfo().addKeyValue(LogKeys.COUNT, missing.size()).log("topics made");
    return missing.size();
  }

  private List<NewTopic> wanted() {
    var topics = new ArrayList<NewTopic>();
    for (Topic topic : catalogue.topics()) {
      String name = Catalogue.fullName(environment, topic.name());
      topics.add(
          topic(name, topic.partitions())
              .configs(
                  Map.of(
                      TopicConfig.RETENTION_MS_CONFIG, days(topic.retentionDays()),
                      TopicConfig.CLEANUP_POLICY_CONFIG, topic.cleanup(),
                      TopicConfig.COMPRESSION_TYPE_CONFIG, topic.compression())));
      topics.add(
          topic(name + ".dlq", 1)
              .configs(
                  Map.of(
                      TopicConfig.RETENTION_MS_CONFIG, days(DEAD_LETTER_DAYS),
                      TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                          Integer.toString(MAX_DEAD_LETTER_BYTES))));
    }
    return topics;
  }

  /** Replicated as the cluster does by default. */
  private static NewTopic topic(String name, int partitions) {
    return new NewTopic(name, Optional.of(partitions), Optional.empty());
  }

  private static String days(int days) {
    return Long.toString(Duration.ofDays(days).toMillis());
  }
}
