// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.omnibridge.embedded.EmbeddedKafka;
import dev.omnibridge.runtime.stream.PumpConfig.Assignment;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Pumps and a broker that is there. */
@Execution(ExecutionMode.CONCURRENT)
class PumpIT {
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
    vertx = Vertx.vertx();
    numbers = new Numbers(kafka.bootstrapServers(), store);
  }

  @AfterEach
  void tearDown() throws Exception {
    vertx.close().await(20, SECONDS);
  }

  @Test
  void shouldHandleEveryRecordOnceAndInOrderWhenOnePumpReadsAGroup() throws Exception {
    numbers.createTopic();
    numbers.produce(2_000);
    deploy(config());

    numbers.awaitAll();
    numbers.assertOrdered();
  }

  @Test
  void shouldTakeAllPartitionsWithoutAGroupWhenItIsTheOnlyOne() throws Exception {
    numbers.createTopic();
    numbers.produce(500);
    var pump = deploy(config().withAssignment(Assignment.ALL));

    numbers.awaitAll();
    numbers.assertOrdered();
    await().atMost(LIMIT).untilAsserted(() -> assertThat(pump.lag()).isZero());
  }

  @Test
  void shouldGoOnFromTheStoredPositionWhenItIsStartedAgain() throws Exception {
    numbers.createTopic();
    numbers.produce(300);
    deploy(config());
    numbers.awaitAll();
    vertx.close().await(20, SECONDS);

    vertx = Vertx.vertx();
    numbers.produce(300);
    deploy(config());
    numbers.awaitAll();
    numbers.assertOrdered();
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "40, 0", "0, 100000"})
  void shouldHandleEveryRecordOnceWhenASecondPumpComesAndTheFirstGoes(int gatherMillis, int bytes)
      throws Exception {
    numbers.createTopic();
    numbers.padTo(bytes);
    var gathering = config().withGather(Duration.ofMillis(gatherMillis));
    Set<Integer> taken = ConcurrentHashMap.newKeySet();
    BatchHandler second =
        batch -> {
          batch.slices().forEach(slice -> taken.add(slice.partition().getPartition()));
          return store.handle(batch);
        };
    var other = Vertx.vertx();
    try {
      new Pump(gathering, store, store).deploy(other).await(20, SECONDS);
      numbers.produce(500);
      numbers.awaitAll();
      new Pump(gathering, store, second).deploy(vertx).await(20, SECONDS);
      numbers.produceUntil(() -> !taken.isEmpty());
    } finally {
      other.close().await(20, SECONDS);
    }
    numbers.produceUntil(() -> taken.size() == Numbers.PARTITIONS);
    numbers.awaitAll();
    numbers.assertOrdered();
  }

  @Test
  void shouldHandleEveryRecordOnceWhenTwoPumpsBelieveThatTheyOwnEverything() throws Exception {
    numbers.createTopic();
    deploy(config().withAssignment(Assignment.ALL).withMaxRecords(7));
    deploy(config().withAssignment(Assignment.ALL).withMaxRecords(5));
    numbers.produce(300);

    numbers.awaitAll();
    numbers.assertOrdered();
  }

  @Test
  void shouldRepeatTheBatchAndSkipNothingWhenTheStoreIsAwayForAWhile() throws Exception {
    numbers.createTopic();
    store.failNext(4);
    numbers.produce(50);
    var pump = deploy(config().withMaxRecords(10));

    numbers.awaitAll();
    numbers.assertOrdered();
    assertThat(pump.healthy()).isTrue();
  }

  @Test
  void shouldRepeatTheBatchWhenItsHandlerDoesNotAnswerInTime() throws Exception {
    numbers.createTopic();
    numbers.produce(50);
    store.hangNext(2);
    deploy(config().withHandleLimit(Duration.ofMillis(200)));

    numbers.awaitAll();
    numbers.assertOrdered();
  }

  @Test
  void shouldReadThePositionsAgainWhenAnotherConsumerHasMovedThem() throws Exception {
    numbers.createTopic();
    numbers.produce(30);
    deploy(config());
    numbers.awaitAll();
    int loads = store.loads();

    store.moveAll(0);
    numbers.produce(3);
    await().atMost(LIMIT).untilAsserted(() -> assertThat(store.count()).isEqualTo(30 + 33));
    assertThat(store.loads()).isGreaterThan(loads);
  }

  @Test
  void shouldReadFromTheBeginningWhenThePartitionEndsBeforeTheStoredPosition() throws Exception {
    numbers.createTopic();
    numbers.produce(30);
    deploy(config());
    numbers.awaitAll();

    store.moveAll(1_000);
    numbers.produce(3);
    await().atMost(LIMIT).untilAsserted(() -> assertThat(store.count()).isEqualTo(30 + 33));
  }

  @Test
  void shouldKeepTheOrderWithSeveralBatchesInFlightWhenSomeOfThemFail() throws Exception {
    numbers.createTopic();
    var slow = new SlowStore(store, 20);
    new Pump(config().withMaxRecords(7).withInFlight(3), store, slow)
        .deploy(vertx)
        .await(20, SECONDS);
    numbers.produce(400);

    numbers.awaitAll();
    numbers.assertOrdered();
    assertThat(slow.mostOutstanding()).isBetween(2, 3);
  }

  /** Where nothing more came of a partition, its position stayed behind for ever. */
  @Test
  void shouldReadAgainWhatWasPutOffWhenItCouldNotBeStored() throws Exception {
    numbers.createTopic();
    numbers.produce(30);
    store.failNext(2);
    new Pump(config(), store, new PuttingOff(store)).deploy(vertx).await(20, SECONDS);

    numbers.awaitAll();
    numbers.assertOrdered();
  }

  /** Each of the six is acknowledged before the next is sent; a busy machine may need longer. */
  @Test
  void shouldHandOverTogetherWhatComesWhileItGathers() throws Exception {
    numbers.createTopic();
    numbers.produce(3);
    deploy(config().withGather(Duration.ofSeconds(2)));
    numbers.awaitAll();
    int before = store.batches();

    numbers.produceOneByOne(6);
    numbers.awaitAll();
    numbers.assertOrdered();
    assertThat(store.batches() - before).isLessThanOrEqualTo(3);
  }

  @Test
  void shouldGatherNoMoreThanABatchMayHold() throws Exception {
    numbers.createTopic();
    numbers.produce(60);
    deploy(config().withMaxRecords(20).withGather(Duration.ofSeconds(1)));

    numbers.awaitAll();
    numbers.assertOrdered();
    assertThat(store.largestBatch()).isBetween(11, 20);
  }

  @Test
  void shouldHandleEveryRecordOnceWhenTwoPumpsThatGatherBelieveThatTheyOwnEverything()
      throws Exception {
    numbers.createTopic();
    var gathering = config().withAssignment(Assignment.ALL).withGather(Duration.ofMillis(30));
    deploy(gathering.withMaxRecords(7));
    deploy(gathering.withMaxRecords(50));
    store.failNext(3);
    for (int i = 0; i < 20; i++) {
      numbers.produce(10);
    }

    numbers.awaitAll();
    numbers.assertOrdered();
  }

  /** Blanks take next to nothing on their way: what bounds a fetch does not see them. */
  @ParameterizedTest
  @CsvSource({"GROUP, 0", "ALL, 0", "ALL, 100"})
  void shouldBoundTheBytesOfABatchWhenABacklogIsCompressed(Assignment assignment, int gatherMillis)
      throws Exception {
    numbers = new Numbers(kafka.bootstrapServers(), store, 12);
    numbers.createTopic();
    produce(1_000, 0);
    produce(2_000, 22_000);
    produce(40, 600_000);
    produce(500, 0);
    store.failNext(3);
    var lines = lines();
    deploy(
        config()
            .withAssignment(assignment)
            .withMaxRecords(8_000)
            .withInFlight(2)
            .withGather(Duration.ofMillis(gatherMillis)));
    numbers.awaitAll();
    assertThat(store.mostBytes()).isLessThan(BatchBudget.BYTES + 600_000);

    int larger = (int) BatchBudget.BYTES + 1;
    produce(5, larger);
    produce(500, 0);
    produce(500, 22_000);
    numbers.awaitAll();
    assertThat(store.mostBytes()).isBetween((long) larger, BatchBudget.BYTES + larger);
    numbers.assertOrdered();
    // Other tests may tell something meanwhile, which is no error either.
    synchronized (lines) {
      assertThat(lines.list).extracting(ILoggingEvent::getLevel).doesNotContain(Level.ERROR);
    }
  }

  /** The batch goes on, and whoever deployed the pump has more to close. */
  @Test
  void shouldNotKeepItsOwnerFromStoppingWhenABatchTakesLong() throws Exception {
    numbers.createTopic();
    numbers.produce(Numbers.PARTITIONS);
    var handling = new CompletableFuture<Void>();
    Promise<Void> handled = Promise.promise();
    BatchHandler slow =
        _ -> {
          handling.complete(null);
          return handled.future();
        };
    var pump = new Pump(config(), store, slow, Duration.ofMillis(100));
    var ownerStopped = new CompletableFuture<Void>();
    var owner =
        new VerticleBase() {
          @Override
          public Future<?> start() {
            return pump.deploy(vertx);
          }

          @Override
          public Future<?> stop() {
            ownerStopped.complete(null);
            return Future.succeededFuture();
          }
        };
    String id = vertx.deployVerticle(owner).await(20, SECONDS);
    assertThat(handling).succeedsWithin(LIMIT);

    vertx.undeploy(id).await(20, SECONDS);

    assertThat(ownerStopped).isCompleted();
    handled.complete();
  }

  private void produce(int count, int bytes) throws Exception {
    numbers.padTo(bytes);
    numbers.produce(count);
  }

  /** What Kafka's clients and pumps have to tell from now on. */
  private static ListAppender<ILoggingEvent> lines() {
    var lines = new ListAppender<ILoggingEvent>();
    lines.start();
    for (String name : List.of("org.apache.kafka.clients", "dev.omnibridge.runtime.stream")) {
      ((Logger) LoggerFactory.getLogger(name)).addAppender(lines);
    }
    return lines;
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
