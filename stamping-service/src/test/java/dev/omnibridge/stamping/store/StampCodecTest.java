// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.stamping.stamp.Artifact;
import dev.omnibridge.stamping.stamp.HashedBy;
import dev.omnibridge.stamping.stamp.Stamp.Stamped;
import dev.omnibridge.stamping.stamp.StampId;
import dev.omnibridge.stamping.stamp.StampKey;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StampCodecTest {
  private static final Hash HASH = Blake3.hash(new byte[] {1});
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final Instant LATER = NOON.plusSeconds(1);
  private static final Artifact ARTIFACT =
      new Artifact(
          HASH, 1, "", "", "{}", null, new UUID(0, 1), HashedBy.SERVER, Duration.ofMillis(1));

  @Test
  void shouldReadASnapshotAndOneThatDoesNotTellWhenItWasRevised() {
    var stamp =
        new Stamped(new StampKey("a", HASH), new StampId(new UUID(0, 2)), 2, ARTIFACT, NOON, LATER);
    String snapshot = new String(StampCodec.state(stamp), UTF_8);
    String older = snapshot.replace(",\"revised_at\":\"" + LATER + "\"", "");

    assertThat(StampCodec.state(snapshot.getBytes(UTF_8))).isEqualTo(stamp);
    assertThat(older).isNotEqualTo(snapshot);
    assertThat(StampCodec.state(older.getBytes(UTF_8)).revisedAt()).isEqualTo(NOON);
  }
}
