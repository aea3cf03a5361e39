// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.testkit.TestKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The relays go and come in every way; afterwards Kafka has what the log has. */
class RelayTakeoverIT {
  private static final Duration TAKEOVER = Duration.ofSeconds(3);
  private static final int PER_SECOND = 500;

  private static OutboxRig onSharedBroker() {
    return new OutboxRig(TestKafka.bootstrapServers());
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  private static String own(String owner) {
    return owner;
  }

  @Test
  void shouldKeepTheOrderOfStreamsThatSeveralAdaptersWriteAndRelay() throws Exception {
    var shared = OutboxRig.runs(30);
    try (var rig = onSharedBroker()) {
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
  }

  @Test
  void shouldFollowInOrderWhenTheRelayingProcessIsKilledBetweenCommitAndRelay(
      @TempDir Path directory) throws Exception {
    var runs = OutboxRig.runs(20);
    try (var rig = new OutboxRig(directory);
        var killed = AdapterProcess.start(rig)) {
      var survivor = ownedByAnother(rig);
      rig.kafka().stop();
      for (int i = 0; i < 10; i++) {
        OutboxRig.write(survivor, runs);
      }
      killed.kill();
      rig.kafka().restart();
      OutboxRig.drained(survivor);
      assertThat(rig.verified("killed between commit and relay", Set.of()).rows()).isEqualTo(200);
    }
  }

  /** Gives an adapter whose lanes a process relays that was there before it. */
  private static RunningDbAdapter ownedByAnother(OutboxRig rig) {
    await().atMost(OutboxRig.LIMIT).ignoreExceptions().until(() -> allHeld(rig));
    return rig.adapter();
  }

  private static boolean allHeld(OutboxRig rig) throws Exception {
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
    try (var rig = onSharedBroker();
        var holder = AdapterProcess.start(rig)) {
      var survivor = ownedByAnother(rig);
      try (var load = new AppendLoad(survivor.channel(), PER_SECOND)) {
        await().atMost(OutboxRig.LIMIT).until(() -> load.acknowledged().size() > PER_SECOND);
        long began = System.nanoTime();
        holder.kill();
        OutboxRig.owned(survivor, RelayTakeoverIT::own);
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
    try (var rig = onSharedBroker();
        var holder = AdapterProcess.start(rig)) {
      var survivor = ownedByAnother(rig);
      try (var load = new AppendLoad(survivor.channel(), PER_SECOND)) {
        await().atMost(OutboxRig.LIMIT).until(() -> load.acknowledged().size() > PER_SECOND);
        long began = System.nanoTime();
        holder.pause();
        OutboxRig.owned(survivor, RelayTakeoverIT::own);
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
    try (var rig = onSharedBroker();
        var holder = AdapterProcess.start(rig)) {
      var survivor = ownedByAnother(rig);
      OutboxRig.write(survivor, OutboxRig.runs(5));
      holder.stop();
      long began = System.nanoTime();
      OutboxRig.owned(survivor, RelayTakeoverIT::own);
      Duration took = since(began);
      System.out.printf("all lanes taken over %d ms after the stop%n", took.toMillis());
      assertThat(took).isLessThan(Duration.ofSeconds(1));
      OutboxRig.drained(survivor);
      rig.verified("the holder stopped", Set.of());
    }
  }
}
