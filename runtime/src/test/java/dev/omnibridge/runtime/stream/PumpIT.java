// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.embedded.EmbeddedKafka;
import dev.omnibridge.runtime.stream.PumpConfig.Assignment;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PumpIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int PARTITIONS = 3;
  @TempDir private static Path directory;
  private static EmbeddedKafka kafka;

  private final MemoryLog store = new MemoryLog();
  private Vertx vertx;
  private String topic;
  private int produced;

  @BeforeAll
  static void startBroker() {
    kafka = EmbeddedKafka.start(EmbeddedKafka.Options.in(directory));
  }

  @AfterAll
  static void stopBroker() {
    kafka.close();
  }

  @BeforeEach
  void setUp(TestInfo test) {
    kafka.restart();
    vertx = Vertx.vertx();
    topic = test.getTestMethod().orElseThrow().getName();
  }

  @AfterEach
  void tearDown() throws Exception {
    vertx.close().await(20, SECONDS);
  }

  @Test
  void shouldHandleEveryRecordOnceAndInOrderWhenOnePumpReadsAGroup() throws Exception {
    createTopic();
    produce(2_000);
    deploy(config());

    awaitAll();
    assertOrdered();
  }

  @Test
  void shouldTakeAllPartitionsWithoutAGroupWhenItIsTheOnlyOne() throws Exception {
    createTopic();
    produce(500);
    var pump = deploy(config().withAssignment(Assignment.ALL));

    awaitAll();
    assertOrdered();
    await().atMost(LIMIT).untilAsserted(() -> assertThat(pump.lag()).isZero());
  }

  @Test
  void shouldGoOnFromTheStoredPositionWhenItIsStartedAgain() throws Exception {
    createTopic();
    produce(300);
    deploy(config());
    awaitAll();
    vertx.close().await(20, SECONDS);

    vertx = Vertx.vertx();
    produce(300);
    deploy(config());
    awaitAll();
    assertOrdered();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 40})
  void shouldHandleEveryRecordOnceWhenASecondPumpComesAndTheFirstGoes(int gatherMillis)
      throws Exception {
    topic += gatherMillis;
    createTopic();
    var gathering = config().withGather(Duration.ofMillis(gatherMillis));
    var other = Vertx.vertx();
    try {
      new Pump(gathering, store, store).deploy(other).await(20, SECONDS);
      produce(500);
      awaitAll();
      deploy(gathering);
      produceWhile(Duration.ofSeconds(6));
    } finally {
      other.close().await(20, SECONDS);
    }
    produceWhile(Duration.ofSeconds(2));
    awaitAll();
    assertOrdered();
  }

  @Test
  void shouldHandleEveryRecordOnceWhenTwoPumpsBelieveThatTheyOwnEverything() throws Exception {
    createTopic();
    deploy(config().withAssignment(Assignment.ALL).withMaxRecords(7));
    deploy(config().withAssignment(Assignment.ALL).withMaxRecords(5));
    produce(300);

    awaitAll();
    assertOrdered();
  }

  @Test
  void shouldRepeatTheBatchAndSkipNothingWhenTheStoreIsAwayForAWhile() throws Exception {
    createTopic();
    store.failNext(4);
    produce(50);
    var pump = deploy(config().withMaxRecords(10));

    awaitAll();
    assertOrdered();
    assertThat(pump.healthy()).isTrue();
  }

  @Test
  void shouldRepeatTheBatchWhenItsHandlerDoesNotAnswerInTime() throws Exception {
    createTopic();
    produce(50);
    store.hangNext(2);
    deploy(config().withHandleLimit(Duration.ofMillis(200)));

    awaitAll();
    assertOrdered();
  }

  @Test
  void shouldReadThePositionsAgainWhenAnotherConsumerHasMovedThem() throws Exception {
    createTopic();
    produce(30);
    deploy(config());
    awaitAll();
    int loads = store.loads();

    store.moveAll(0);
    produce(3);
    await().atMost(LIMIT).untilAsserted(() -> assertThat(store.count()).isEqualTo(30 + 33));
    assertThat(store.loads()).isGreaterThan(loads);
  }

  @Test
  void shouldReadFromTheBeginningWhenThePartitionEndsBeforeTheStoredPosition() throws Exception {
    createTopic();
    produce(30);
    deploy(config());
    awaitAll();

    store.moveAll(1_000);
    produce(3);
    await().atMost(LIMIT).untilAsserted(() -> assertThat(store.count()).isEqualTo(30 + 33));
  }

  @Test
  void shouldSayThatKafkaIsAwayAndGoOnWhenItIsBack() throws Exception {
    createTopic();
    produce(100);
    var pump = deploy(config());
    awaitAll();

    kafka.stop();
    await().atMost(LIMIT).untilAsserted(() -> assertThat(pump.connected()).isFalse());
    kafka.restart();
    produce(100);
    awaitAll();
    assertOrdered();
    await().atMost(LIMIT).untilAsserted(() -> assertThat(pump.connected()).isTrue());
  }

  /** Up to Kafka 4.3.1, KAFKA-20253, a consumer of a group kept two processors busy meanwhile. */
  @ParameterizedTest
  @EnumSource
  void shouldTakeLittleProcessorTimeWhileKafkaIsAway(Assignment assignment) throws Exception {
    topic += assignment;
    createTopic();
    produce(30);
    var pump = deploy(config().withAssignment(assignment));
    awaitAll();
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
    createTopic();
    produce(100);
    awaitAll();
    await().atMost(LIMIT).untilAsserted(() -> assertThat(pump.connected()).isTrue());
  }

  @Test
  void shouldStopSoonWhenKafkaIsAway() throws Exception {
    createTopic();
    produce(PARTITIONS);
    deploy(config());
    // It reads every partition by now: whoever only begins to waits for answers, one by one.
    awaitAll();
    kafka.stop();

    long began = System.nanoTime();
    vertx.close().await(20, SECONDS);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
  }

  @Test
  void shouldKeepTheOrderWithSeveralBatchesInFlightWhenSomeOfThemFail() throws Exception {
    createTopic();
    var slow = new SlowStore(store, 20);
    new Pump(config().withMaxRecords(7).withInFlight(3), store, slow)
        .deploy(vertx)
        .await(20, SECONDS);
    produce(400);

    awaitAll();
    assertOrdered();
    assertThat(slow.mostOutstanding()).isBetween(2, 3);
  }

  /** Where nothing more came of a partition, its position stayed behind for ever. */
  @Test
  void shouldReadAgainWhatWasPutOffWhenItCouldNotBeStored() throws Exception {
    createTopic();
    produce(30);
    store.failNext(2);
    new Pump(config(), store, new PuttingOff(store)).deploy(vertx).await(20, SECONDS);

    awaitAll();
    assertOrdered();
  }

  /** Each of the six is acknowledged before the next is sent; a busy machine may need longer. */
  @Test
  void shouldHandOverTogetherWhatComesWhileItGathers() throws Exception {
    createTopic();
    produce(3);
    deploy(config().withGather(Duration.ofSeconds(2)));
    awaitAll();
    int before = store.batches();

    produceOneByOne(6);
    awaitAll();
    assertOrdered();
    assertThat(store.batches() - before).isLessThanOrEqualTo(3);
  }

  @Test
  void shouldGatherNoMoreThanABatchMayHold() throws Exception {
    createTopic();
    produce(60);
    deploy(config().withMaxRecords(20).withGather(Duration.ofSeconds(1)));

    awaitAll();
    assertOrdered();
    assertThat(store.largestBatch()).isBetween(11, 20);
  }

  @Test
  void shouldHandleEveryRecordOnceWhenTwoPumpsThatGatherBelieveThatTheyOwnEverything()
      throws Exception {
    createTopic();
    var gathering = config().withAssignment(Assignment.ALL).withGather(Duration.ofMillis(30));
    deploy(gathering.withMaxRecords(7));
    deploy(gathering.withMaxRecords(50));
    store.failNext(3);
    for (int i = 0; i < 20; i++) {
      produce(10);
    }

    awaitAll();
    assertOrdered();
  }

  private Pump deploy(PumpConfig config) throws Exception {
    var pump = new Pump(config, store, store);
    pump.deploy(vertx).await(20, SECONDS);
    return pump;
  }

  private PumpConfig config() {
    return PumpConfig.of(kafka.bootstrapServers(), "test", topic, List.of(topic));
  }

  private void createTopic() throws Exception {
    try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin
          .createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)))
          .all()
          .get(20, SECONDS);
    }
  }

  private void produceWhile(Duration time) throws Exception {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      produce(20);
    }
  }

  private void produce(int count) throws Exception {
    try (var producer = producer()) {
      var sent = IntStream.range(0, count).mapToObj(_ -> producer.send(next())).toList();
      for (var record : sent) {
        record.get(20, SECONDS);
      }
    }
  }

  private void produceOneByOne(int count) throws Exception {
    try (var producer = producer()) {
      for (int i = 0; i < count; i++) {
        producer.send(next()).get(20, SECONDS);
      }
    }
  }

  private ProducerRecord<byte[], byte[]> next() {
    int number = produced++;
    return new ProducerRecord<>(topic, number % PARTITIONS, null, bytes(number));
  }

  /** Without idempotence: right after a topic was made, the client may lose count of its own. */
  private static KafkaProducer<byte[], byte[]> producer() {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            kafka.bootstrapServers(),
            "enable.idempotence",
            false,
            "max.in.flight.requests.per.connection",
            1);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static byte[] bytes(int number) {
    return Integer.toString(number).getBytes(StandardCharsets.UTF_8);
  }

  private void awaitAll() {
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(store.count()).isGreaterThanOrEqualTo(produced));
  }

  /** Every number once, and within a partition in the order it was produced. */
  private void assertOrdered() {
    var all = new ArrayList<Integer>();
    for (List<String> partition : store.effects()) {
      var numbers = partition.stream().map(Integer::valueOf).toList();
      assertThat(numbers).isSorted();
      all.addAll(numbers);
    }
    assertThat(all)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, produced).boxed().toList());
  }
}
