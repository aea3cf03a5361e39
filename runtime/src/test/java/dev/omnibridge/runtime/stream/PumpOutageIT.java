// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.embedded.EmbeddedKafka;
import dev.omnibridge.runtime.stream.PumpConfig.Assignment;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pumps, and a broker that goes and comes back. */
class PumpOutageIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  @TempDir private static Path directory;
  private static EmbeddedKafka kafka;

  private final MemoryLog store = new MemoryLog();
  private Vertx vertx;
  private Numbers numbers;

  @BeforeAll
  static void startBroker() {
    kafka = EmbeddedKafka.start(Numbers.broker(directory));
  }

  @AfterAll
  static void stopBroker() {
    kafka.close();
  }

  @BeforeEach
  void setUp() {
    kafka.restart();
    vertx = Vertx.vertx();
    numbers = new Numbers(kafka.bootstrapServers(), store);
  }

  @AfterEach
  void tearDown() throws Exception {
    vertx.close().await(20, SECONDS);
  }

  @Test
  void shouldSayThatKafkaIsAwayAndGoOnWhenItIsBack() throws Exception {
    numbers.createTopic();
    numbers.produce(100);
    var pump = deploy(config());
    numbers.awaitAll();

    kafka.stop();
    await().atMost(LIMIT).untilAsserted(() -> assertThat(pump.connected()).isFalse());
    kafka.restart();
    numbers.produce(100);
    numbers.awaitAll();
    numbers.assertOrdered();
    await().atMost(LIMIT).untilAsserted(() -> assertThat(pump.connected()).isTrue());
  }

  /** Up to Kafka 4.3.1, KAFKA-20253, a consumer of a group kept two processors busy meanwhile. */
  @ParameterizedTest
  @EnumSource
  void shouldTakeLittleProcessorTimeWhileKafkaIsAway(Assignment assignment) throws Exception {
    numbers.createTopic();
    numbers.produce(30);
    var pump = deploy(config().withAssignment(assignment));
    numbers.awaitAll();
    kafka.stop();
    await().atMost(30, SECONDS).until(() -> !pump.connected());

    Duration before = ConsumerThreads.processorTime();
    await().atMost(30, SECONDS).during(2, SECONDS).until(() -> !pump.connected());
    assertThat(ConsumerThreads.processorTime().minus(before)).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void shouldWaitForKafkaAndForTheTopicWhenItStartsBeforeThem() throws Exception {
    kafka.stop();
    var pump = deploy(config());
    assertThat(pump.connected()).isFalse();

    kafka.restart();
    numbers.createTopic();
    numbers.produce(100);
    numbers.awaitAll();
    await().atMost(LIMIT).untilAsserted(() -> assertThat(pump.connected()).isTrue());
  }

  @Test
  void shouldStopSoonWhenKafkaIsAway() throws Exception {
    numbers.createTopic();
    numbers.produce(Numbers.PARTITIONS);
    deploy(config());
    // It reads every partition by now: whoever only begins to waits for answers, one by one.
    numbers.awaitAll();
    kafka.stop();

    long began = System.nanoTime();
    vertx.close().await(20, SECONDS);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
  }

  private Pump deploy(PumpConfig config) throws Exception {
    var pump = new Pump(config, store, store);
    pump.deploy(vertx).await(20, SECONDS);
    return pump;
  }

  private PumpConfig config() {
    return PumpConfig.of(
        kafka.bootstrapServers(), "test", numbers.topic(), List.of(numbers.topic()));
  }
}
