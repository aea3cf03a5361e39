// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.event.Envelope;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.stamping.stamp.Artifact;
import dev.omnibridge.stamping.stamp.HashedBy;
import dev.omnibridge.stamping.stamp.StampKey;
import dev.omnibridge.stamping.store.StampStore;
import dev.omnibridge.stamping.store.Stamps;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StampTimesTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final StampKey KEY = new StampKey("tests", Blake3.hash(new byte[] {1}));

  private static Artifact bytes(int number) {
    return new Artifact(
        Blake3.hash(new byte[] {(byte) number}),
        1,
        "",
        "",
        "{}",
        null,
        UUID.randomUUID(),
        HashedBy.SERVER,
        Duration.ZERO);
  }

  /** A restored log has only the times to tell what came first. */
  @Test
  void shouldNotDateARevisionBeforeWhatItFollows() throws Exception {
    var vertx = Vertx.vertx();
    var edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));
    try {
      var model = new StoreModel();
      model.offerOn(edge);
      edge.serve();
      var random = new Random(1);
      var store = new StampStore(edge.peer(Peer.DB_ADAPTER), Duration.ofSeconds(5), random);
      int revision = 0;
      for (Instant now : List.of(NOON, NOON.plusSeconds(60), NOON.plusSeconds(30), NOON)) {
        var stamps = new Stamps(store, Clock.fixed(now, ZoneOffset.UTC), random);
        var recorded =
            stamps
                .record(KEY, bytes(++revision), UUID.randomUUID(), CallScope.current())
                .await(10, SECONDS);
        assertThat(recorded.stamp().revision()).isEqualTo(revision);
      }

      assertThat(model.events())
          .extracting(event -> Envelope.parse(event.getBody().toByteArray()).eventTimestamp())
          .containsExactly(NOON, NOON.plusSeconds(60), NOON.plusSeconds(60), NOON.plusSeconds(60));
    } finally {
      edge.close().await(10, SECONDS);
      vertx.close().await(10, SECONDS);
    }
  }
}
