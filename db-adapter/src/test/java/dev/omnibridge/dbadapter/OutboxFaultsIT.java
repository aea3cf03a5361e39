// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.api.event.v1.StreamName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Kafka goes and comes in every way; afterwards it has what the log has. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutboxFaultsIT {
  private static final int PER_SECOND = 500;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  static Path directory;

  @SuppressWarnings("NullAway.Init")
  private OwnKafka kafka;

  @SuppressWarnings("NullAway.Init")
  private OutboxRig rig;

  @BeforeAll
  void startKafka() {
    kafka = new OwnKafka(directory);
  }

  @AfterAll
  void stopKafka() {
    kafka.close();
  }

  @BeforeEach
  void start() {
    kafka.restart();
    rig = new OutboxRig(kafka.bootstrapServers());
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  /** So long, with whatever goes on meanwhile. */
  private static void during(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    await()
        .atMost(time.plusSeconds(30))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> System.nanoTime() >= end);
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  @Test
  void shouldLoseNothingWhileKafkaIsAwayForSeconds() throws Exception {
    awayFor(Duration.ofSeconds(5));
  }

  @Test
  @Tag("long")
  void shouldLoseNothingWhileKafkaIsAwayForAMinute() throws Exception {
    awayFor(Duration.ofSeconds(60));
  }

  private void awayFor(Duration time) throws Exception {
    var adapter = rig.adapter();
    Set<String> acknowledged;
    Duration back;
    try (var load = new AppendLoad(adapter.channel(), PER_SECOND)) {
      acknowledged = load.acknowledged();
      await().atMost(OutboxRig.LIMIT).until(() -> acknowledged.size() > 100);
      kafka.stop();
      int before = acknowledged.size();
      during(time);
      // However long a busy machine takes for so many, Kafka is away until then.
      await()
          .atMost(OutboxRig.LIMIT)
          .until(() -> acknowledged.size() - before > time.toSeconds() * PER_SECOND * 0.9);
      await().atMost(OutboxRig.LIMIT).until(() -> !adapter.verticle().kafkaAnswers());
      kafka.restart();
      long began = System.nanoTime();
      await()
          .atMost(OutboxRig.LIMIT)
          .pollInterval(Duration.ofMillis(10))
          .until(() -> OutboxRig.backlog(adapter) < PER_SECOND / 10);
      back = since(began);
      assertThat(load.refused()).isZero();
    }
    OutboxRig.drained(adapter);
    rig.verified("Kafka away for " + time.toSeconds() + " s", acknowledged);
    System.out.printf("caught up %d ms after Kafka answered%n", back.toMillis());
  }

  @Test
  void shouldDrainASmallBacklogWithinTwoSecondsOfKafkaAnswering() {
    var adapter = rig.adapter();
    List<StreamName> runs = OutboxRig.runs(20);
    OutboxRig.write(adapter, runs);
    OutboxRig.drained(adapter);
    kafka.stop();
    OutboxRig.write(adapter, runs);
    await().atMost(OutboxRig.LIMIT).until(() -> !adapter.verticle().kafkaAnswers());
    OutboxRig.write(adapter, runs);
    OutboxRig.write(adapter, runs);
    OutboxRig.write(adapter, runs);
    kafka.restart();
    long began = System.nanoTime();
    OutboxRig.drained(adapter);
    Duration took = since(began);
    rig.verified("a small backlog", Set.of());
    System.out.printf("drained %d ms after Kafka answered%n", took.toMillis());
    assertThat(took).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void shouldLoseNothingWhenKafkaIsRestartedOnItsDataUnderLoad() throws Exception {
    var adapter = rig.adapter();
    try (var load = new AppendLoad(adapter.channel(), PER_SECOND)) {
      for (int round = 1; round <= 3; round++) {
        int least = load.acknowledged().size() + PER_SECOND;
        await().atMost(OutboxRig.LIMIT).until(() -> load.acknowledged().size() > least);
        kafka.stop();
        kafka.restart();
      }
      load.close();
      OutboxRig.drained(adapter);
      rig.verified("Kafka restarted three times", load.acknowledged());
    }
  }

  @Test
  void shouldReplayNoFasterThanItIsToldTo() {
    var adapter = rig.adapter(OutboxConfig.DEFAULT.replaying(100), false);
    var runs = OutboxRig.runs(20);
    OutboxRig.write(adapter, runs);
    OutboxRig.drained(adapter);
    kafka.stop();
    OutboxRig.write(adapter, runs);
    await().atMost(OutboxRig.LIMIT).until(() -> !adapter.verticle().kafkaAnswers());
    for (int i = 0; i < 15; i++) {
      OutboxRig.write(adapter, runs);
    }
    kafka.restart();
    OutboxRig.drained(adapter);
    rig.verified("replayed at 100/s", Set.of());
    long[] times =
        rig.records().stream().skip(20).mapToLong(ConsumerRecord::timestamp).sorted().toArray();
    int most = 0;
    for (int first = 0, last = 0; last < times.length; last++) {
      while (times[last] - times[first] >= 1_000) {
        first++;
      }
      most = Math.max(most, last - first + 1);
    }
    System.out.printf("%d records replayed, at most %d in one second%n", times.length, most);
    assertThat(most).isBetween(50, 110);
  }
}
