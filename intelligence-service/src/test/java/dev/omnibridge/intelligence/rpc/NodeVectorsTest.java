// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.rpc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.intelligence.embedding.Embedder;
import dev.omnibridge.intelligence.embedding.Embedders;
import dev.omnibridge.intelligence.store.TreeStore.Loaded;
import dev.omnibridge.intelligence.tree.FileFacts;
import dev.omnibridge.intelligence.tree.TreeBuilder;
import dev.omnibridge.intelligence.tree.TreeFile;
import dev.omnibridge.intelligence.tree.TreeSearch;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NodeVectorsTest {
  private static final int TREES = 15;

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final AtomicLong nanos = new AtomicLong();
  private final Queue<String> embedded = new ConcurrentLinkedQueue<>();
  private final CountDownLatch release = new CountDownLatch(1);
  private final NodeVectors vectors =
      new NodeVectors(
          new Embedders(vertx.createSharedWorkerExecutor("model", 1), Held::new), nanos::get);

  /** Answers nothing about a tree until it is released. */
  private final class Held implements Embedder {
    @Override
    public String model() {
      return "held";
    }

    @Override
    public float[] embed(String text) {
      if (text.contains(".txt")) {
        embedded.add(text);
        hold();
      }
      return new float[] {1};
    }

    private void hold() {
      try {
        release.await();
      } catch (InterruptedException ended) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @AfterEach
  void stop() throws Exception {
    release.countDown();
    vertx.close().await(30, SECONDS);
  }

  private static Loaded tree(int number) {
    var builder = new TreeBuilder();
    for (String name : List.of("a.txt", "b.txt", "c.txt")) {
      builder.add(new TreeFile("tree" + number + "/" + name, 1, 1_000, FileFacts.NONE));
    }
    var tree = builder.build("p");
    return new Loaded("%064x".formatted(number), tree, new TreeSearch(tree), 1_000);
  }

  private List<Future<float[][]>> ask(List<Loaded> trees) throws Exception {
    Promise<List<Future<float[][]>>> asked = Promise.promise();
    context.runOnContext(_ -> asked.complete(trees.stream().map(vectors::of).toList()));
    return asked.future().await(30, SECONDS);
  }

  @Test
  void shouldWorkForOneTreeAndThenForTheLastOfManyThatWereAsked() throws Exception {
    var asked = ask(IntStream.range(0, TREES).mapToObj(NodeVectorsTest::tree).toList());
    assertThat(asked.subList(1, TREES - 1)).allMatch(Future::failed);
    release.countDown();

    int nodes = tree(0).search().nodes().size();
    assertThat(asked.getFirst().await(30, SECONDS)).hasDimensions(nodes, 1);
    assertThat(asked.getLast().await(30, SECONDS)).hasDimensions(nodes, 1);
    assertThat(embedded)
        .hasSize(6)
        .allMatch(text -> text.startsWith("tree0/") || text.startsWith("tree14/"));
    assertThat(ask(List.of(tree(TREES - 1))).getFirst().succeeded()).as("it is kept").isTrue();
  }

  @Test
  void shouldEndBetweenTwoNodesWhenNobodyHasAskedTheTreeForLong() throws Exception {
    var asked = ask(List.of(tree(1))).getFirst();
    await().until(() -> embedded.size() == 1);
    nanos.addAndGet(NodeVectors.KEPT.toNanos() + 1);
    release.countDown();

    assertThatThrownBy(() -> asked.await(30, SECONDS)).hasMessage("Nobody asks this tree any more");
    assertThat(embedded).hasSize(1);
  }
}
