// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.stream;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.intelligence.index.ArtifactIndex;
import dev.omnibridge.intelligence.index.Change;
import dev.omnibridge.intelligence.index.Features;
import dev.omnibridge.intelligence.index.Searches;
import dev.omnibridge.runtime.metrics.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexingTest {
  private static final int WRITES = 20;

  private final Vertx vertx = Vertx.vertx();
  private final Metrics metrics = new Metrics();

  @AfterEach
  void stop() throws Exception {
    metrics.close();
    vertx.close().await(30, SECONDS);
  }

  private static Change stamped(int number) {
    String hash = "%064x".formatted(number);
    return new Change.Stamped(
        "notes", hash, hash, "n" + number, Features.of("A note, number " + number));
  }

  /** All in one turn of the event loop, in which a thread can have done with few of them. */
  @Test
  void shouldKeepAllThatWasToBeWrittenBeforeItIsClosed(@TempDir Path folder) throws Exception {
    var index = ArtifactIndex.open(folder.toString(), 100);
    var context = vertx.getOrCreateContext();
    var indexing = new Indexing(context, index, vertx.createSharedWorkerExecutor("index", 1));
    Promise<Void> closed = Promise.promise();
    context.runOnContext(_ -> {
      Future<?> last = Future.succeededFuture();
      for (int i = 1; i <= WRITES; i++) {
        last = indexing.store(List.of(stamped(i)), Map.of("notes", Integer.toString(i)));
      }
      last = Future.all(last, indexing.apply(List.of(stamped(WRITES + 1))));
      Future.all(last, indexing.close()).<Void>mapEmpty().onComplete(closed);
    });
    closed.future().await(30, SECONDS);

    try (var again = ArtifactIndex.open(folder.toString(), 100)) {
      assertThat(again.positions()).containsEntry("notes", Integer.toString(WRITES));
      assertThat(new Searches(again, "model", "lexical").counts().artifacts())
          .isEqualTo(WRITES + 1);
    }
  }

  @Test
  void shouldRefuseAndCountWhatComesAfterItIsClosed() throws Exception {
    var context = vertx.getOrCreateContext();
    var indexing =
        new Indexing(
            context, ArtifactIndex.open("", 100), vertx.createSharedWorkerExecutor("index", 1));
    indexing.close().await(30, SECONDS);

    indexing.offer(
        new Change.Seen("notes", "%064x".formatted(1), "n1", Features.of("A note, number 1")));
    Future<?> late = indexing.store(List.of(stamped(2)), Map.of());

    indexing.tell(metrics);
    assertThat(metrics.scrape()).contains("omnibridge_index_let_go_total 1.0");
    assertThatThrownBy(() -> late.await(30, SECONDS)).hasMessage("The index is closed.");
  }

  /** The thread of the other executor ends before its turn, as may be when a service stops. */
  @Test
  void shouldCloseTheIndexAlsoWhenOtherWorkOfItsContextWillNeverBegin(@TempDir Path folder)
      throws Exception {
    var index = ArtifactIndex.open(folder.toString(), 100);
    var context = vertx.getOrCreateContext();
    var indexing = new Indexing(context, index, vertx.createSharedWorkerExecutor("index", 1));
    var other = vertx.createSharedWorkerExecutor("other", 1);
    var begun = new CountDownLatch(1);
    var busy = other.executeBlocking(() -> awaitInterruptAfter(begun), false);
    begun.await();
    var dropped = new AtomicReference<Future<Boolean>>();
    Promise<Void> closed = Promise.promise();
    context.runOnContext(_ -> {
      dropped.set(other.executeBlocking(() -> true));
      Future.all(other.close(), indexing.close()).<Void>mapEmpty().onComplete(closed);
    });

    closed.future().await(30, SECONDS);
    assertThat(busy.otherwise(true).await(30, SECONDS)).isTrue();
    assertThat(dropped.get().isComplete()).isFalse();
  }

  private static boolean awaitInterruptAfter(CountDownLatch begun) throws InterruptedException {
    begun.countDown();
    new CountDownLatch(1).await();
    return false;
  }
}
