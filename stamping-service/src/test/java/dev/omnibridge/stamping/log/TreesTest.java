// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.ReadStampLeavesRequest;
import dev.omnibridge.api.log.v1.ReadStampLeavesResponse;
import dev.omnibridge.api.log.v1.StampLeafServiceGrpc;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.stamping.merkle.LeafTree;
import dev.omnibridge.stamping.merkle.LogHash;
import dev.omnibridge.stamping.merkle.Origin;
import dev.omnibridge.stamping.merkle.Proofs;
import dev.omnibridge.stamping.merkle.Tile;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the trees of many logs take, and that one that was given up is the same when it is back. */
class TreesTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final long MIB = 1 << 20;

  private final String name = "leaves-" + UUID.randomUUID();
  private final String log = UUID.randomUUID().toString();
  private final ManagedChannel channel =
      InProcessChannelBuilder.forName(name).directExecutor().build();
  private final Leaves leaves = new Leaves();
  private final LeafClient client = new LeafClient(channel, LIMIT, LIMIT);
  private Server server;

  /** Logs of any namespace, whose leaves are what their place is called. */
  private static final class Leaves extends StampLeafServiceGrpc.StampLeafServiceImplBase {
    private final Map<String, Long> read = new ConcurrentHashMap<>();

    /** Those whose reading waits until it is let go on. */
    private final Map<String, CountDownLatch> held = new ConcurrentHashMap<>();

    @Override
    public void readStampLeaves(
        ReadStampLeavesRequest request, StreamObserver<ReadStampLeavesResponse> out) {
      long count = request.getToIndex() - request.getFromIndex();
      read.merge(request.getNamespace(), count, Long::sum);
      CountDownLatch latch = held.get(request.getNamespace());
      if (latch != null) {
        await().until(() -> latch.getCount() == 0);
      }
      for (long at = request.getFromIndex(); at < request.getToIndex(); at += 1_000) {
        out.onNext(piece(request.getNamespace(), at, Math.min(request.getToIndex(), at + 1_000)));
      }
      out.onCompleted();
    }

    private static ReadStampLeavesResponse piece(String namespace, long from, long to) {
      ByteString.Output bytes = ByteString.newOutput();
      for (long index = from; index < to; index++) {
        byte[] record = record(namespace, index);
        byte[] head = ByteBuffer.allocate(12).putLong(index).putInt(record.length).array();
        bytes.write(head, 0, head.length);
        bytes.write(record, 0, record.length);
      }
      return ReadStampLeavesResponse.newBuilder().setLeaves(bytes.toByteString()).build();
    }

    static byte[] record(String namespace, long index) {
      return (namespace + " " + index).getBytes(UTF_8);
    }
  }

  @BeforeEach
  void start() throws IOException {
    server = InProcessServerBuilder.forName(name).directExecutor().addService(leaves).build();
    server.start();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  private Hash root(Trees trees, String namespace, long size) {
    var origin = new Origin(log, 1, namespace);
    return trees.prove(origin, size, tree -> tree.tilesOfRoot(size), proofs -> proofs.root(size));
  }

  private static Hash expected(String namespace, int size) {
    var hash = new LogHash();
    var tree = new LeafTree();
    for (int i = 0; i < size; i++) {
      tree.add(hash.leaf(Leaves.record(namespace, i)));
    }
    long tail = size / LeafTree.TILE;
    Map<Long, Tile> tiles = Map.of(tail, tree.tail(tail));
    return new Proofs(tree.with(tiles)).root(size);
  }

  /** Collected until it gets no less. */
  private static long used() {
    long least = Long.MAX_VALUE;
    for (long now = collected(); now < least; now = collected()) {
      least = now;
    }
    return least;
  }

  private static long collected() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void shouldCountNotLessThanWhatTheTreesOfManySmallLogsTake() {
    var trees = new Trees(client, LIMIT, 1_000 * MIB);
    Hash warm = root(trees, "warm", 1);
    long before = used();
    for (int i = 0; i < 2_000; i++) {
      Hash unused = root(trees, "small" + i, 1);
    }
    long taken = used() - before;

    assertThat(trees.bytes()).isBetween(taken * 9 / 10, 2 * taken);
    assertThat(root(trees, "warm", 1)).isEqualTo(warm);
  }

  @Test
  void shouldMakeATreeAnewThatWasGivenUpForOthers() {
    var trees = new Trees(client, LIMIT, MIB);
    Hash first = root(trees, "first", 700);
    for (int i = 0; i < 300; i++) {
      assertThat(root(trees, "other" + i, 2)).isEqualTo(expected("other" + i, 2));
      assertThat(trees.bytes()).isLessThanOrEqualTo(MIB);
    }

    assertThat(root(trees, "first", 700)).isEqualTo(first).isEqualTo(expected("first", 700));
    assertThat(leaves.read.get("first")).isGreaterThanOrEqualTo(1_400);
  }

  @Test
  void shouldNotGiveUpATreeThatIsBeingComputed() throws Exception {
    var trees = new Trees(client, LIMIT, MIB);
    var latch = new CountDownLatch(1);
    leaves.held.put("held", latch);
    var first = CompletableFuture.supplyAsync(() -> root(trees, "held", 700));
    await().until(() -> leaves.read.containsKey("held"));
    for (int i = 0; i < 300; i++) {
      Hash unused = root(trees, "other" + i, 2);
    }
    latch.countDown();

    assertThat(first.get(30, SECONDS)).isEqualTo(expected("held", 700));
    assertThat(root(trees, "held", 700)).isEqualTo(expected("held", 700));
    assertThat(leaves.read.get("held")).isLessThan(1_400);
    assertThat(trees.bytes()).isLessThanOrEqualTo(MIB);
  }

  @Test
  void shouldGiveUpTheTreesThatAreSoonMadeAnewBeforeALargeOne() {
    var trees = new Trees(client, LIMIT, MIB);
    Hash large = root(trees, "large", 20_000);
    for (int i = 0; i < 300; i++) {
      Hash unused = root(trees, "other" + i, 1);
    }

    assertThat(root(trees, "large", 20_000)).isEqualTo(large);
    assertThat(leaves.read.get("large")).isLessThan(30_000);
    assertThat(trees.bytes()).isLessThanOrEqualTo(MIB);
  }
}
