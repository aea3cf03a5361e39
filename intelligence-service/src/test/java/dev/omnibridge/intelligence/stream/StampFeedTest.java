// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.omnibridge.api.log.v1.ConsumerPartition;
import dev.omnibridge.intelligence.index.ArtifactIndex;
import dev.omnibridge.intelligence.index.Searches;
import dev.omnibridge.intelligence.index.Searches.Counts;
import dev.omnibridge.intelligence.rpc.StoredContents;
import dev.omnibridge.intelligence.store.ContentSource;
import dev.omnibridge.runtime.event.Envelope;
import dev.omnibridge.runtime.event.EventHeaders;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.runtime.stream.Batch;
import dev.omnibridge.runtime.stream.OwnLog;
import dev.omnibridge.runtime.stream.Slice;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StampFeedTest {
  private static final String LOG = "5f0c9d3e-0000-4000-8000-000000000001";
  private static final String HASH = "%064x".formatted(1);
  private static final String CREATED = "dev.omnibridge.metadata.stamp-created.v1";
  private static final ConsumerPartition PARTITION =
      ConsumerPartition.newBuilder()
          .setConsumer(StampFeed.CONSUMER)
          .setClusterId("cluster")
          .setTopicId("topic")
          .build();

  private final Vertx vertx = Vertx.vertx();
  private final StoredContents contents = new StoredContents();
  private final ArtifactIndex index = ArtifactIndex.open("", 100);
  private final Searches searches = new Searches(index, "model", "lexical");
  private Edge edge;
  private StampFeed feed;

  @BeforeEach
  void start() {
    edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));
    edge.offer(contents);
    feed =
        new StampFeed(
            new ContentSource(edge.peer(Peer.DB_ADAPTER), 4096),
            new Indexing(
                vertx.getOrCreateContext(), index, vertx.createSharedWorkerExecutor("index", 1)),
            searches,
            vertx.createSharedWorkerExecutor("analysis", 1),
            () -> OwnLog.of(LOG));
  }

  @AfterEach
  void stop() throws Exception {
    contents.release();
    edge.close().await(30, SECONDS);
    vertx.close().await(30, SECONDS);
    index.close();
  }

  private static ConsumerRecord<byte[], byte[]> record(
      long offset, String type, String namespace, String hash, String fileHash, String path) {
    var payload =
        JsonNodeFactory.instance
            .objectNode()
            .put("content_hash", hash)
            .put("file_hash", fileHash)
            .put("file_path", path);
    var envelope =
        new Envelope(
            UUID.randomUUID(),
            type,
            Instant.EPOCH,
            "test",
            namespace,
            null,
            null,
            null,
            "k",
            payload);
    return new ConsumerRecord<>("topic", 0, offset, new byte[0], envelope.toJson());
  }

  private static ConsumerRecord<byte[], byte[]> from(
      String log, String stream, ConsumerRecord<byte[], byte[]> record) {
    record.headers().add(EventHeaders.STREAM, stream.getBytes(UTF_8));
    record.headers().add(EventHeaders.LOG_ID, log.getBytes(UTF_8));
    return record;
  }

  private static ConsumerRecord<byte[], byte[]> stamp(long offset, String hash) {
    return from(LOG, "stamp/shop/" + HASH, record(offset, CREATED, "shop", hash, HASH, "a.txt"));
  }

  private static Batch batch(List<ConsumerRecord<byte[], byte[]>> records) {
    return new Batch(List.of(new Slice(PARTITION, "topic", -1, records)));
  }

  /** An index refuses a name of more than 32,766 bytes, and with it the whole batch. */
  @Test
  void shouldPassOverWhatNoStampOfTheLogCanBeAndGoOnBehindIt() throws Exception {
    String longName = "n".repeat(40_000);
    String stream = "stamp/shop/" + HASH;
    var strange =
        Stream.of(
            from(
                LOG,
                "stamp/" + longName + "/" + HASH,
                record(1, CREATED, longName, HASH, HASH, "a")),
            from(LOG, "stamp/a b/" + HASH, record(2, CREATED, "a b", HASH, HASH, "a")),
            from(LOG, stream, record(3, CREATED, "shop", HASH, "f".repeat(70_000), "a")),
            from(LOG, stream, record(4, CREATED, "shop", "no hash", HASH, "a")),
            from(LOG, stream, record(5, CREATED, "shop", HASH, HASH, "p".repeat(4097))),
            from(LOG, stream, record(6, "com.example.stamped", "shop", HASH, HASH, "a")),
            from(LOG, "workflow/shop/1", record(7, CREATED, "shop", HASH, HASH, "a")),
            from(LOG, "stamp/other/" + HASH, record(8, CREATED, "shop", HASH, HASH, "a")),
            from(UUID.randomUUID().toString(), stream, record(9, CREATED, "shop", HASH, HASH, "a")),
            record(10, CREATED, "shop", HASH, HASH, "a"),
            new ConsumerRecord<byte[], byte[]>("topic", 0, 11, null, "[".getBytes(UTF_8)),
            new ConsumerRecord<byte[], byte[]>("topic", 0, 12, null, null));
    for (var record : strange.toList()) {
      feed.handle(batch(List.of(record))).await(30, SECONDS);
      assertThat(searches.counts()).as("at %d", record.offset()).isEqualTo(new Counts(0, 0, 0));
    }

    feed.handle(batch(List.of(stamp(13, contents.put("A text.".getBytes(UTF_8))))))
        .await(30, SECONDS);

    assertThat(searches.counts().artifacts()).isOne();
    assertThat(index.positions()).containsEntry(FeedPositions.key(PARTITION), "14");
  }

  @Test
  void shouldNotMoveThePositionsBackWithABatchThatWasGivenUp() throws Exception {
    contents.holding = true;
    String slow = contents.put("A text.".getBytes(UTF_8));
    Future<?> givenUp = feed.handle(batch(List.of(stamp(4, slow))));
    await().until(() -> contents.held() == 1);
    feed.startOver();
    feed.handle(batch(List.of(stamp(4, HASH), stamp(9, HASH)))).await(30, SECONDS);

    contents.release();

    assertThatThrownBy(() -> givenUp.await(30, SECONDS)).hasMessage("The batch was given up");
    assertThat(index.positions()).containsEntry(FeedPositions.key(PARTITION), "10");
  }
}
