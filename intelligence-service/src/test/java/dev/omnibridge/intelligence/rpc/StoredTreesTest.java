// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.intelligence.store.ContentSource;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import io.grpc.Context.CancellableContext;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.lang.ref.WeakReference;
import java.time.Duration;
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

  @BeforeEach
  void start() throws Exception {
    scope = call.call(CallScope::current);
    edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));
    edge.offer(contents);
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
