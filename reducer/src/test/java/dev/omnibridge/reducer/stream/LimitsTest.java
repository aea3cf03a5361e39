// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.BridgeStateRow;
import dev.omnibridge.api.log.v1.ConsumerPartition;
import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.api.log.v1.RecordHeader;
import dev.omnibridge.reducer.ReducerConfig;
import dev.omnibridge.reducer.fold.BridgeJson;
import dev.omnibridge.reducer.fold.BridgeState;
import dev.omnibridge.reducer.fold.Change.Added;
import dev.omnibridge.reducer.fold.Fact.Stamped;
import dev.omnibridge.reducer.fold.Heard;
import dev.omnibridge.reducer.fold.StreamKey;
import dev.omnibridge.reducer.fold.Tally;
import dev.omnibridge.reducer.fold.Windows;
import dev.omnibridge.reducer.store.StateStore;
import dev.omnibridge.runtime.Env;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.runtime.stream.Batch;
import dev.omnibridge.runtime.stream.OwnLog;
import dev.omnibridge.runtime.stream.Slice;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Batches that are too much for one append, or for memory. */
class LimitsTest {
  private static final String TOPIC = "dev.omninode-bridge.workflow.events.v1";
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final byte[] KEY = {7};
  private static final ConsumerPartition PARTITION =
      ConsumerPartition.newBuilder()
          .setConsumer("reducer")
          .setClusterId("cluster")
          .setTopicId("topic")
          .build();

  private final LogModel model = new LogModel();
  private final List<ConsumerRecord<byte[], byte[]>> kafka = new ArrayList<>();
  private Vertx vertx;
  private Edge edge;
  private StateStore store;

  @BeforeEach
  void setUp() {
    vertx = Vertx.vertx();
    edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));
    edge.offer(model.logService());
    edge.offer(model.indexService());
    store = new StateStore(edge.peer(Peer.DB_ADAPTER), Windows.Shape.STANDARD);
  }

  @AfterEach
  void tearDown() throws Exception {
    edge.close().await(10, SECONDS);
    vertx.close().await(10, SECONDS);
  }

  @Test
  void shouldLeaveALetterForTheNextAppendWhenThisOneHasNoRoom() {
    poison(1_900_000);
    poison(2_500_000);
    poison(2_500_000);
    reduce();

    assertThat(model.deadLetters)
        .extracting(letter -> letter.getValue().size())
        .containsExactly(1_900_000, 2_500_000, 2_500_000);
    assertThat(model.appends).isEqualTo(3);
    assertThat(model.largest).isLessThanOrEqualTo(Edge.MAX_MESSAGE_BYTES);
    assertThat(model.positions).containsEntry(PARTITION, 3L);
  }

  @Test
  void shouldBuryARecordWithoutItsValueWhenNoMessageHoldsIt() {
    poison(5_000_000).headers().add("mine", new byte[] {1});
    poison(10);
    reduce();

    assertThat(model.largest).isLessThanOrEqualTo(Edge.MAX_MESSAGE_BYTES);
    assertThat(model.deadLetters).hasSize(2);
    DeadLetter letter = model.deadLetters.getFirst();
    assertThat(letter.hasValue()).isFalse();
    assertThat(letter.getKey().toByteArray()).isEqualTo(KEY);
    assertThat(letter.getHeadersList())
        .extracting(RecordHeader::getKey)
        .containsExactly("mine", "ob_value_omitted");
    assertThat(letter.getHeaders(1).getValue()).isEqualTo(ByteString.copyFrom("too large", UTF_8));
    assertThat(model.deadLetters.get(1).getValue().size()).isEqualTo(10);
  }

  @Test
  void shouldBuryARecordWithoutItsHeadersWhenNoMessageHoldsThem() {
    poison(10).headers().add("mine", new byte[5_000_000]);
    reduce();

    assertThat(model.largest).isLessThanOrEqualTo(Edge.MAX_MESSAGE_BYTES);
    assertThat(model.deadLetters.getFirst().getHeadersList())
        .extracting(RecordHeader::getKey)
        .containsExactly("ob_headers_omitted");
    assertThat(model.deadLetters.getFirst().getValue().size()).isEqualTo(10);
  }

  @Test
  void shouldFoldNamespacesOfManyTypesAFewAtATime() {
    stampInNamespacesOfAThousandTypes(300);
    var items = new Work(batch(), OwnLog.UNKNOWN).rest();
    var known = Known.of(items, new Memory(0), store, Windows.Shape.STANDARD);
    assertThat(known.bridges().values().stream().mapToInt(state -> state.fileTypes().size()).sum())
        .isBetween(50_000, 150_000);
    reduce();

    assertThat(model.bridges.values())
        .hasSize(300)
        .allSatisfy(row -> assertThat(row.getVersion()).isEqualTo(2));
    assertThat(model.largest).isLessThanOrEqualTo(Edge.MAX_MESSAGE_BYTES);
  }

  private void stampInNamespacesOfAThousandTypes(int count) {
    String longName = "t".repeat(90);
    var types =
        IntStream.range(0, 1_000)
            .mapToObj(i -> new Tally(NOON, new Added(1, longName + i)))
            .toList();
    var state = BridgeState.none("any", Windows.Shape.STANDARD).after(types);
    var stored = ByteString.copyFromUtf8(BridgeJson.write(state).toString());
    for (int i = 0; i < count; i++) {
      String namespace = "ns" + i;
      model.bridges.put(
          namespace,
          BridgeStateRow.newBuilder()
              .setNamespace(namespace)
              .setVersion(1)
              .setFsmState("idle")
              .setState(stored)
              .build());
      var file = new StreamKey("stamp", namespace, "%064x".formatted(i));
      kafka.add(
          Records.record(TOPIC, 0, kafka.size(), new Heard(file, 1, NOON, new Stamped(1, "t1"))));
    }
  }

  private ConsumerRecord<byte[], byte[]> poison(int size) {
    var record = new ConsumerRecord<>(TOPIC, 0, kafka.size(), KEY, new byte[size]);
    kafka.add(record);
    return record;
  }

  private Batch batch() {
    return new Batch(List.of(new Slice(PARTITION, TOPIC, -1, List.copyOf(kafka))));
  }

  private void reduce() {
    var config = ReducerConfig.from(Env.of(Map.of()));
    new Reduction(config, vertx, store, () -> OwnLog.UNKNOWN, new Progress(), new Activity())
        .handle(batch());
  }
}
