// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.api.event.v1.StreamName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka and the relays go and come in every way; afterwards Kafka has what the log has. */
class OutboxFaultsIT {
  private static final Duration TAKEOVER = Duration.ofSeconds(3);
  private static final int PER_SECOND = 500;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @SuppressWarnings("NullAway.Init")
  private OutboxRig rig;

  @BeforeEach
  void start() {
    rig = new OutboxRig(directory);
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

  private static String own(String owner) {
    return owner;
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
      rig.kafka().stop();
      int before = acknowledged.size();
      during(time);
      // However long a busy machine takes for so many, Kafka is away until then.
      await()
          .atMost(OutboxRig.LIMIT)
          .until(() -> acknowledged.size() - before > time.toSeconds() * PER_SECOND * 0.9);
      await().atMost(OutboxRig.LIMIT).until(() -> !adapter.verticle().kafkaAnswers());
      rig.kafka().restart();
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
    rig.kafka().stop();
    await()
        .atMost(OutboxRig.LIMIT)
        .until(() -> {
          OutboxRig.write(adapter, runs.subList(0, 1));
          return !adapter.verticle().kafkaAnswers();
        });
    OutboxRig.write(adapter, runs);
    OutboxRig.write(adapter, runs);
    rig.kafka().restart();
    long began = System.nanoTime();
    OutboxRig.drained(adapter);
    Duration took = since(began);
    rig.verified("a small backlog", Set.of());
    System.out.printf("drained %d ms after Kafka answered%n", took.toMillis());
    assertThat(took).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void shouldKeepTheOrderOfStreamsThatSeveralAdaptersWriteAndRelay() throws Exception {
    var shared = OutboxRig.runs(30);
    var one = rig.adapter();
    var other = rig.adapter();
    var going = rig.adapter();
    try (var here = new AppendLoad(one.channel(), PER_SECOND / 2, shared);
        var there = new AppendLoad(other.channel(), PER_SECOND / 2, shared)) {
      await().atMost(OutboxRig.LIMIT).until(() -> here.acknowledged().size() > PER_SECOND / 2);
      rig.close(going);
      await().atMost(OutboxRig.LIMIT).until(() -> there.acknowledged().size() > PER_SECOND);
      here.close();
      there.close();
      OutboxRig.drained(one);
      var acknowledged = new HashSet<>(here.acknowledged());
      acknowledged.addAll(there.acknowledged());
      rig.verified("two adapters write the same streams", acknowledged);
    }
  }

  @Test
  void shouldLoseNothingWhenKafkaIsRestartedOnItsDataUnderLoad() throws Exception {
    var adapter = rig.adapter();
    try (var load = new AppendLoad(adapter.channel(), PER_SECOND)) {
      for (int round = 1; round <= 3; round++) {
        int least = load.acknowledged().size() + PER_SECOND;
        await().atMost(OutboxRig.LIMIT).until(() -> load.acknowledged().size() > least);
        rig.kafka().stop();
        rig.kafka().restart();
      }
      load.close();
      OutboxRig.drained(adapter);
      rig.verified("Kafka restarted three times", load.acknowledged());
    }
  }

  @Test
  void shouldFollowInOrderWhenTheRelayingProcessIsKilledBetweenCommitAndRelay() throws Exception {
    var runs = OutboxRig.runs(20);
    try (var killed = AdapterProcess.start(rig)) {
      var survivor = ownedByAnother();
      rig.kafka().stop();
      for (int i = 0; i < 10; i++) {
        OutboxRig.write(survivor, runs);
      }
      killed.kill();
      rig.kafka().restart();
      OutboxRig.drained(survivor);
    }
    assertThat(rig.verified("killed between commit and relay", Set.of()).rows()).isEqualTo(200);
  }

  /** Gives an adapter whose lanes a process relays that was there before it. */
  private RunningDbAdapter ownedByAnother() {
    await().atMost(OutboxRig.LIMIT).ignoreExceptions().until(this::allHeld);
    return rig.adapter();
  }

  private boolean allHeld() throws Exception {
    try (var connection = rig.database.connect();
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "select bool_and(lease_until > clock_timestamp()) and count(distinct owner) = 1"
                    + " from outbox_lanes")) {
      rows.next();
      return rows.getBoolean(1);
    }
  }

  @Test
  void shouldTakeTheLanesOverWithinThreeSecondsWhenTheirHolderIsKilled() throws Exception {
    try (var holder = AdapterProcess.start(rig)) {
      var survivor = ownedByAnother();
      try (var load = new AppendLoad(survivor.channel(), PER_SECOND)) {
        await().atMost(OutboxRig.LIMIT).until(() -> load.acknowledged().size() > PER_SECOND);
        long began = System.nanoTime();
        holder.kill();
        OutboxRig.owned(survivor, OutboxFaultsIT::own);
        Duration took = since(began);
        System.out.printf("all lanes taken over %d ms after the kill%n", took.toMillis());
        assertThat(took).isLessThan(TAKEOVER);
        load.close();
        OutboxRig.drained(survivor);
        rig.verified("the holder killed under load", load.acknowledged());
      }
    }
  }

  @Test
  void shouldKeepTheOrderWhenAPausedHolderWakesAndBelievesThatItLeads() throws Exception {
    try (var holder = AdapterProcess.start(rig)) {
      var survivor = ownedByAnother();
      try (var load = new AppendLoad(survivor.channel(), PER_SECOND)) {
        await().atMost(OutboxRig.LIMIT).until(() -> load.acknowledged().size() > PER_SECOND);
        long began = System.nanoTime();
        holder.pause();
        OutboxRig.owned(survivor, OutboxFaultsIT::own);
        Duration took = since(began);
        System.out.printf("all lanes taken over %d ms after the pause%n", took.toMillis());
        int least = load.acknowledged().size() + PER_SECOND;
        await().atMost(OutboxRig.LIMIT).until(() -> load.acknowledged().size() > least);
        holder.resume();
        int more = load.acknowledged().size() + PER_SECOND;
        await().atMost(OutboxRig.LIMIT).until(() -> load.acknowledged().size() > more);
        load.close();
        OutboxRig.drained(survivor);
        rig.verified("a paused holder woke", load.acknowledged());
        assertThat(took).isLessThan(TAKEOVER);
      }
    }
  }

  @Test
  void shouldGiveTheLanesBackAtOnceWhenItIsStopped() throws Exception {
    try (var holder = AdapterProcess.start(rig)) {
      var survivor = ownedByAnother();
      OutboxRig.write(survivor, OutboxRig.runs(5));
      holder.stop();
      long began = System.nanoTime();
      OutboxRig.owned(survivor, OutboxFaultsIT::own);
      Duration took = since(began);
      System.out.printf("all lanes taken over %d ms after the stop%n", took.toMillis());
      assertThat(took).isLessThan(Duration.ofSeconds(1));
      OutboxRig.drained(survivor);
      rig.verified("the holder stopped", Set.of());
    }
  }

  @Test
  void shouldReplayNoFasterThanItIsToldTo() {
    var adapter = rig.adapter(OutboxConfig.DEFAULT.replaying(100), false);
    var runs = OutboxRig.runs(20);
    OutboxRig.write(adapter, runs);
    OutboxRig.drained(adapter);
    rig.kafka().stop();
    await()
        .atMost(OutboxRig.LIMIT)
        .until(() -> {
          OutboxRig.write(adapter, runs);
          return !adapter.verticle().kafkaAnswers();
        });
    for (int i = 0; i < 15; i++) {
      OutboxRig.write(adapter, runs);
    }
    rig.kafka().restart();
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
