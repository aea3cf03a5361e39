// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.api.content.v1.GetContentRequest;
import dev.omnibridge.intelligence.store.ContentSource;
import dev.omnibridge.intelligence.store.TreeJson;
import dev.omnibridge.intelligence.store.TreeStore;
import dev.omnibridge.intelligence.store.TreeStore.Loaded;
import dev.omnibridge.intelligence.tree.FileFacts;
import dev.omnibridge.intelligence.tree.TreeBuilder;
import dev.omnibridge.intelligence.tree.TreeFile;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.Context.CancellableContext;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.lang.ref.WeakReference;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What reads from the store do for calls that go on, or whose callers have gone. */
class StoredTreesTest {
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final StoredContents contents = new StoredContents();
  private final CancellableContext call = io.grpc.Context.ROOT.withCancellation();
  private CallScope scope;
  private Edge edge;
  private TreeStore trees;

  @BeforeEach
  void start() throws Exception {
    scope = call.call(CallScope::current);
    edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));
    edge.offer(contents);
    trees =
        new TreeStore(
            edge.peer(Peer.DB_ADAPTER),
            vertx.createSharedWorkerExecutor("trees"),
            Clock.systemUTC());
  }

  @AfterEach
  void stop() throws Exception {
    contents.release();
    call.close();
    edge.close().await(30, SECONDS);
    vertx.close().await(30, SECONDS);
  }

  private <T> Future<T> onContext(Supplier<Future<T>> work) {
    return Future.future(done -> context.runOnContext(_ -> work.get().onComplete(done)));
  }

  private String stored(String path) {
    var builder = new TreeBuilder();
    builder.add(new TreeFile(path, 1, 1_000, FileFacts.NONE));
    return contents.put(TreeJson.write(builder.build("p"), Instant.EPOCH));
  }

  private Future<Loaded> load(String id, CallScope asking) {
    return onContext(() -> trees.load(id, asking));
  }

  private static String reason(Future<?> failing) {
    return Statuses.faultOf(catchThrowable(() -> failing.await(10, SECONDS))).reason();
  }

  @Test
  void shouldEndTheWaitForATreeWhenItsCallerGoes() {
    contents.holding = true;
    Future<Loaded> waiting = load(stored("a.txt"), scope);
    await().until(() -> contents.held() == 1);
    call.cancel(null);

    assertThat(reason(waiting)).isEqualTo("CALL_CANCELLED");
  }

  @Test
  void shouldNotReadATreeThatNobodyWaitsForAnyMoreWhenItsTurnComes() throws Exception {
    contents.holding = true;
    CallScope others = io.grpc.Context.ROOT.call(CallScope::current);
    Future<Loaded> first = load(stored("a.txt"), others);
    await().until(() -> contents.held() == 1);
    String left = stored("b.txt");
    String shared = stored("c.txt");
    Future<Loaded> alone = load(left, scope);
    List<Future<Loaded>> more = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      more.add(load("%064d".formatted(i), scope));
    }
    Future<Loaded> gone = load(shared, scope);
    Future<Loaded> stays = load(shared, others);
    call.cancel(null);
    assertThat(reason(alone)).isEqualTo("CALL_CANCELLED");
    assertThat(reason(gone)).isEqualTo("CALL_CANCELLED");
    assertThat(more).allMatch(Future::failed);
    contents.release();

    assertThat(reason(first)).isEqualTo("TREE_NOT_FOUND");
    assertThat(stays.await(10, SECONDS).id()).isEqualTo(shared);
    assertThat(contents.asked)
        .extracting(GetContentRequest::getContentHash)
        .hasSize(2)
        .doesNotContain(left);
    assertThat(load(left, others).await(10, SECONDS).id()).isEqualTo(left);
  }

  @Test
  void shouldLetGoOfAContentThatWasReadWhileTheCallGoesOn() throws Exception {
    String hash = contents.put("content".repeat(1_000).getBytes(UTF_8));
    var source = new ContentSource(edge.peer(Peer.DB_ADAPTER), 64 * 1024);
    WeakReference<byte[]> read =
        onContext(() -> source.read(hash, null, scope, Duration.ofSeconds(10)))
            .map(sample -> new WeakReference<>(sample.bytes()))
            .await(30, SECONDS);

    await()
        .until(() -> {
          System.gc();
          return read.get() == null;
        });
  }
}
