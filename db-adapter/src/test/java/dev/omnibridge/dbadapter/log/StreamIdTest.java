// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.runtime.blake3.Blake3;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StreamIdTest {
  private static final UUID RUN = UUID.fromString("0198f2a0-1234-7abc-8def-0123456789ab");

  @Test
  void shouldKeepTheTimeOfAUuid7InFront() {
    var key = new StreamId("workflow", "default", RUN.toString()).key();
    assertThat(key.getMostSignificantBits() >>> 16).isEqualTo(RUN.getMostSignificantBits() >>> 16);
    assertThat(key).isNotEqualTo(new StreamId("workflow", "other", RUN.toString()).key());
    assertThat(key).isEqualTo(new StreamId("workflow", "default", RUN.toString()).key());
  }

  @Test
  void shouldTakeTheWholeHashForAnyOtherId() {
    var odd = "0198f2a0-1234-7abc-8def-0123456789zz";
    assertThat(new StreamId("stamp", "a", odd).key())
        .isNotEqualTo(new StreamId("stamp", "b", odd).key());
    assertThat(new StreamId("a", "b", "c").key()).isNotEqualTo(new StreamId("a", "bc", "").key());
  }

  @Test
  void shouldPlaceByTheFirstBitsOfBlake3() {
    int expected = Blake3.hash("default/x".getBytes(StandardCharsets.UTF_8)).bytes()[0] & 0xFF;
    assertThat(new StreamId("workflow", "default", "x").shard("")).isEqualTo(expected);
    assertThat(new StreamId("stamp", "n", "y").shard("default/x")).isEqualTo(expected);
  }
}
