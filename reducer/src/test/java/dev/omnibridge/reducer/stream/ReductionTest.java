// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.stream;

import static dev.omnibridge.reducer.stream.Records.moved;
import static dev.omnibridge.reducer.stream.Records.run;
import static dev.omnibridge.reducer.stream.Records.started;
import static dev.omnibridge.reducer.stream.Records.step;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.api.log.v1.ConsumerPartition;
import dev.omnibridge.api.log.v1.NewEvent;
import dev.omnibridge.reducer.ReducerConfig;
import dev.omnibridge.reducer.fold.BridgeState;
import dev.omnibridge.reducer.fold.Fact;
import dev.omnibridge.reducer.fold.Fact.Noted;
import dev.omnibridge.reducer.fold.Fact.Stamped;
import dev.omnibridge.reducer.fold.Heard;
import dev.omnibridge.reducer.fold.Histories;
import dev.omnibridge.reducer.fold.StreamKey;
import dev.omnibridge.reducer.fold.Windows;
import dev.omnibridge.reducer.store.StateStore;
import dev.omnibridge.runtime.Env;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.runtime.stream.Batch;
import dev.omnibridge.runtime.stream.OwnLog;
import dev.omnibridge.runtime.stream.Slice;
import dev.omnibridge.testkit.Seeds;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReductionTest {
  private static final String TOPIC = "dev.omninode-bridge.workflow.events.v1";
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final StreamKey RUN = run(1);

  private final LogModel model = new LogModel();
  private final Map<Integer, List<ConsumerRecord<byte[], byte[]>>> kafka = new HashMap<>();
  private Vertx vertx;
  private Edge edge;
  private Reduction reduction;

  @BeforeEach
  void setUp() {
    vertx = Vertx.vertx();
    edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));
    edge.offer(model.logService());
    edge.offer(model.indexService());
    reduction = reduction();
  }

  @AfterEach
  void tearDown() throws Exception {
    edge.close().await(10, SECONDS);
    vertx.close().await(10, SECONDS);
  }

  private Reduction reduction() {
    var config =
        ReducerConfig.from(
            Env.of(Map.of("REDUCER_LEAST_JITTER", "1ms", "REDUCER_MOST_JITTER", "2ms")));
    var store = new StateStore(edge.peer(Peer.DB_ADAPTER), Windows.Shape.STANDARD);
    return new Reduction(
        config, vertx, store, () -> OwnLog.UNKNOWN, new Progress(), new Activity());
  }

  @Test
  void shouldCommitTheFoldWithItsPositionAndAnEvent() {
    publish(0, started(RUN), moved(RUN, 2, "PENDING", "RUNNING"), step(RUN, 3));
    pump(0);

    assertThat(model.appends).isEqualTo(1);
    assertThat(position(0)).isEqualTo(3);
    assertThat(model.views.get(RUN.id()).getVersion()).isEqualTo(3);
    assertThat(model.views.get(RUN.id()).getState()).isEqualTo("RUNNING");
    assertThat(model.transitions).hasSize(2);
    assertThat(bridge("default").counters().steps()).isEqualTo(1);
    assertThat(bridge("default").counters().active()).isEqualTo(1);
    assertThat(model.published)
        .extracting(NewEvent::getType)
        .containsExactly("dev.omnibridge.state.committed.v1");
  }

  @Test
  void shouldMoveOnlyThePositionWhenEverythingWasHeardBefore() {
    publish(0, started(RUN), step(RUN, 2));
    pump(0);
    publish(0, started(RUN), step(RUN, 2));
    pump(0);

    assertThat(position(0)).isEqualTo(4);
    assertThat(bridge("default").version()).isEqualTo(1);
    assertThat(bridge("default").counters().events()).isEqualTo(2);
    assertThat(model.published).hasSize(1);
  }

  @Test
  void shouldChangeNothingForARepeatAfterARestart() {
    publish(0, started(RUN), step(RUN, 2));
    pump(0);
    reduction = reduction();
    publish(0, step(RUN, 2));
    pump(0);

    assertThat(bridge("default").counters().steps()).isEqualTo(1);
  }

  @Test
  void shouldFillAGapFromTheLogBeforeItGoesOn() {
    log(started(RUN), moved(RUN, 2, "PENDING", "RUNNING"));
    for (int version = 3; version <= 10; version++) {
      log(step(RUN, version));
    }
    publish(0, step(RUN, 10));
    pump(0);

    assertThat(bridge("default").counters().steps()).isEqualTo(8);
    assertThat(bridge("default").counters().events()).isEqualTo(10);
    assertThat(model.views.get(RUN.id()).getVersion()).isEqualTo(10);
    assertThat(model.transitions).hasSize(2);
  }

  @Test
  void shouldBuryAnEventOfAStreamThatTheLogDoesNotHave() {
    deliver(0, step(run(7), 4));
    publish(0, started(RUN));
    pump(0);

    assertThat(model.deadLetters).hasSize(1);
    assertThat(model.deadLetters.getFirst().getErrorReason()).isEqualTo("STREAM_UNKNOWN");
    assertThat(bridge("default").counters().events()).isEqualTo(1);
  }

  @Test
  void shouldBuryPoisonAndGoOn() {
    deliver(0, new ConsumerRecord<>(TOPIC, 0, 0, new byte[] {1}, new byte[] {'{', 0, (byte) 0xFF}));
    deliver(0, new ConsumerRecord<>(TOPIC, 0, 1, null, null));
    publish(0, started(RUN));
    pump(0);

    assertThat(position(0)).isEqualTo(3);
    assertThat(model.deadLetters)
        .extracting("errorReason")
        .containsExactly("ENVELOPE_MALFORMED", "RECORD_EMPTY");
    assertThat(bridge("default").counters().started()).isEqualTo(1);
  }

  @Test
  void shouldPassARecordWithoutAVersionBecauseItCannotBeCountedOnce() {
    deliver(0, new ConsumerRecord<>(TOPIC, 0, 0, null, Records.body(started(RUN))));
    pump(0);

    assertThat(position(0)).isEqualTo(1);
    assertThat(model.deadLetters).isEmpty();
    assertThat(model.bridges).isEmpty();
  }

  @Test
  void shouldFoldOnWhatAnotherReducerWroteWhenBothTouchANamespace() {
    var other = reduction();
    publish(0, started(RUN));
    publish(1, started(run(2)));
    pump(0);
    handleAll(other, 1);
    publish(0, step(RUN, 2));
    publish(1, step(run(2), 2));
    pump(0);
    handleAll(other, 1);

    assertThat(bridge("default").version()).isEqualTo(4);
    assertThat(bridge("default").counters().started()).isEqualTo(2);
    assertThat(bridge("default").counters().steps()).isEqualTo(2);
  }

  @Test
  void shouldPublishThatItGaveUpWhenAConflictDoesNotEnd() {
    for (int i = 0; i < 4; i++) {
      model.refuseNext(LogModel.conflict("default"));
    }
    publish(0, started(RUN));

    assertThatThrownBy(() -> handleAll(reduction, 0))
        .isInstanceOfSatisfying(Fault.class, f -> assertThat(f.is("ROW_CONFLICT")).isTrue());
    assertThat(model.appends).isEqualTo(5);
    assertThat(model.published)
        .extracting(NewEvent::getType)
        .containsExactly("dev.omnibridge.state.reducer-gave-up.v1");
    assertThat(model.positions).isEmpty();

    pump(0);
    assertThat(bridge("default").counters().started()).isEqualTo(1);
  }

  @Test
  void shouldNotRetryWhenThePositionWasMoved() {
    publish(0, started(RUN));
    model.positions.put(partition(0), 1L);
    var slices = List.of(new Slice(partition(0), TOPIC, -1, kafka.get(0)));

    assertThatThrownBy(() -> reduction.handle(new Batch(slices)))
        .isInstanceOfSatisfying(Fault.class, f -> assertThat(f.is("POSITION_MOVED")).isTrue());
    assertThat(model.appends).isEqualTo(1);
  }

  @Test
  void shouldFoldOnWhatAnotherReducerWroteWhenThatOneHadThePartition() {
    publish(0, started(RUN));
    pump(0);
    publish(0, step(RUN, 2), step(RUN, 3));
    handleAll(reduction(), 0);
    publish(0, step(RUN, 4));
    pump(0);

    assertThat(bridge("default").counters().steps()).isEqualTo(3);
    assertThat(bridge("default").counters().events()).isEqualTo(4);
  }

  @Test
  void shouldCountAStampOnceHoweverOftenItIsRepeated() {
    var file = new StreamKey("stamp", "default", "f".repeat(64));
    var stamped = new Heard(file, 1, NOON, new Stamped(100, "txt"));
    var revised = new Heard(file, 2, NOON, new Fact.Restamped(70));
    publish(0, stamped, revised, stamped);
    pump(0);
    reduction = reduction();
    publish(0, stamped, revised);
    pump(0);

    assertThat(bridge("default").counters().stamps()).isEqualTo(1);
    assertThat(bridge("default").counters().bytes()).isEqualTo(70);
    assertThat(bridge("default").fileTypes()).containsExactly(Map.entry("txt", 1L));
  }

  @Test
  void shouldCutALargeBatchIntoAppendsThatFit() {
    for (int i = 0; i < 3; i++) {
      var large = new byte[900_000];
      deliver(0, new ConsumerRecord<>(TOPIC, 0, 2L * i, null, large));
      publish(0, started(run(i)));
    }
    pump(0);

    assertThat(position(0)).isEqualTo(6);
    assertThat(model.deadLetters).hasSize(3);
    assertThat(bridge("default").counters().started()).isEqualTo(3);
    assertThat(model.appends).isEqualTo(2);
  }

  @Test
  void shouldFillAGapThatIsTooLargeForOneAppend() {
    log(started(RUN), moved(RUN, 2, "PENDING", "RUNNING"));
    for (int version = 3; version <= 5_001; version += 2) {
      log(moved(RUN, version, "RUNNING", "WAITING"), moved(RUN, version + 1, "WAITING", "RUNNING"));
    }
    publish(0, new Heard(RUN, 5_003, NOON, new Noted()));
    pump(0);

    assertThat(position(0)).isEqualTo(1);
    assertThat(model.views.get(RUN.id()).getVersion()).isEqualTo(5_003);
    assertThat(model.transitions).hasSize(5_002);
    assertThat(bridge("default").counters().events()).isEqualTo(5_003);
  }

  @Test
  void shouldAddUpToTheSameWhateverIsRepeatedDroppedRefusedOrLost() {
    var seeds = Seeds.fromProperty();
    var random = seeds.random("reduction");
    var histories = new Histories(random, 2);
    var streams = histories.streams(60);
    streams.forEach(stream -> stream.forEach(this::log));
    publishWithRepeatsAndDrops(histories, streams, random);
    runWithTroubles(random);

    var expected = new Totals(streams);
    for (var namespace : expected.namespaces()) {
      var state = bridge(namespace);
      assertThat(state.counters()).as(seeds.hint()).isEqualTo(expected.counters(namespace));
      assertThat(state.fileTypes()).as(seeds.hint()).isEqualTo(expected.fileTypes(namespace));
    }
  }

  /** Each stream in one of three partitions; the last event of a stream is never dropped. */
  private void publishWithRepeatsAndDrops(
      Histories histories, List<List<Heard>> streams, RandomGenerator random) {
    for (int partition = 0; partition < 3; partition++) {
      int mine = partition;
      var here =
          streams.stream()
              .filter(s -> Math.floorMod(s.getFirst().stream().hashCode(), 3) == mine)
              .toList();
      var last = here.stream().map(List::getLast).toList();
      for (Heard event : histories.repeat(histories.interleave(here))) {
        if (last.contains(event) || random.nextInt(10) > 0) {
          deliver(partition, event);
        }
      }
    }
  }

  /** Two reducers take turns at random, over random partitions, from wherever the position is. */
  private void runWithTroubles(RandomGenerator random) {
    var reducers = List.of(reduction(), reduction());
    while (kafka.keySet().stream().anyMatch(p -> position(p) < kafka.get(p).size())) {
      switch (random.nextInt(8)) {
        case 0 -> model.refuseNext(Fault.unavailable("AWAY", "Away.", null));
        case 1 -> model.loseNextAnswer();
        case 2 -> model.refuseNext(LogModel.conflict("ns0"));
        default -> {}
      }
      try {
        reducers.get(random.nextInt(2)).handle(batch(random));
      } catch (Fault expected) {
        assertThat(expected.kind().worthRetrying()).isTrue();
      }
    }
  }

  private Batch batch(RandomGenerator random) {
    var slices = new ArrayList<Slice>();
    kafka.forEach((number, records) -> {
      int from = (int) Math.max(0, position(number));
      int to = Math.min(records.size(), from + 1 + random.nextInt(20));
      if (from < to && random.nextBoolean()) {
        slices.add(slice(number, from, to));
      }
    });
    return new Batch(slices);
  }

  private void pump(int partition) {
    handleAll(reduction, partition);
  }

  private void handleAll(Reduction by, int partition) {
    int from = (int) Math.max(0, position(partition));
    by.handle(new Batch(List.of(slice(partition, from, kafka.get(partition).size()))));
  }

  private Slice slice(int partition, int from, int to) {
    var records = kafka.get(partition).subList(from, to);
    return new Slice(partition(partition), TOPIC, position(partition), List.copyOf(records));
  }

  private long position(int partition) {
    return model.positions.getOrDefault(partition(partition), -1L);
  }

  private static ConsumerPartition partition(int number) {
    return ConsumerPartition.newBuilder()
        .setConsumer("reducer")
        .setClusterId("cluster")
        .setTopicId("topic")
        .setPartition(number)
        .build();
  }

  private BridgeState bridge(String namespace) {
    var store = new StateStore(edge.peer(Peer.DB_ADAPTER), Windows.Shape.STANDARD);
    return store.bridge(model.bridges.get(namespace));
  }

  private void publish(int partition, Heard... events) {
    log(events);
    for (Heard event : events) {
      deliver(partition, event);
    }
  }

  private void log(Heard... events) {
    for (Heard event : events) {
      model.record(event);
    }
  }

  private void deliver(int partition, Heard event) {
    int offset = kafka.computeIfAbsent(partition, _ -> new ArrayList<>()).size();
    deliver(partition, Records.record(TOPIC, partition, offset, event));
  }

  private void deliver(int partition, ConsumerRecord<byte[], byte[]> record) {
    kafka.computeIfAbsent(partition, _ -> new ArrayList<>()).add(record);
  }
}
