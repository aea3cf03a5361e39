// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Blake3Test {
  private static final byte[] INPUT = new byte[10_000];

  static {
    new Random(20261121).nextBytes(INPUT);
  }

  private final Blake3 hasher = Blake3.hasher();

  @Test
  void shouldGiveTheSameHashForEveryTwoPieces() {
    Hash whole = Blake3.hash(INPUT, 0, 3000);
    for (int cut = 0; cut <= 3000; cut++) {
      hasher.reset().update(INPUT, 0, cut).update(INPUT, cut, 3000 - cut);
      assertThat(hasher.finish()).as("cut at %d", cut).isEqualTo(whole);
    }
  }

  @Test
  void shouldTakeOneByteAtATime() {
    for (byte b : INPUT) {
      hasher.update(new byte[] {b});
    }
    assertThat(hasher.finish()).isEqualTo(Blake3.hash(INPUT));
  }

  @Test
  void shouldTakeSlicesOfEveryKindOfBuffer() {
    ByteBuffer direct = ByteBuffer.allocateDirect(INPUT.length).put(INPUT).flip();
    Hash slice = Blake3.hash(INPUT, 100, 7000);

    for (ByteBuffer buffer :
        new ByteBuffer[] {
          ByteBuffer.wrap(INPUT), ByteBuffer.wrap(INPUT).asReadOnlyBuffer(), direct
        }) {
      ByteBuffer part = buffer.slice(50, 9000);
      part.position(50).limit(7050);
      assertThat(hasher.reset().update(part).finish()).isEqualTo(slice);
      assertThat(part.position()).isEqualTo(7050);
    }
  }

  @Test
  void shouldGoOnAfterFinishing() {
    Output early = hasher.update(INPUT, 0, 2048).output();
    assertThat(hasher.finish()).isEqualTo(Blake3.hash(INPUT, 0, 2048));

    hasher.update(INPUT, 2048, INPUT.length - 2048);

    assertThat(hasher.finish()).isEqualTo(Blake3.hash(INPUT));
    assertThat(hasher.finish()).isEqualTo(Blake3.hash(INPUT));
    assertThat(early.read(Hash.LENGTH)).isEqualTo(Blake3.hash(INPUT, 0, 2048).bytes());
  }

  @Test
  void shouldKeepModeAndKeyOverAReset() {
    byte[] key = new byte[32];
    Blake3 keyed = Blake3.keyedHasher(key).update(INPUT);
    key[0] = 1;

    assertThat(keyed.reset().update(INPUT).finish())
        .isEqualTo(Blake3.keyedHash(new byte[32], INPUT))
        .isNotEqualTo(Blake3.keyedHash(key, INPUT))
        .isNotEqualTo(Blake3.hash(INPUT));
  }

  @Test
  void shouldDeriveDifferentKeysForDifferentContexts() {
    byte[] material = "material".getBytes(UTF_8);

    assertThat(Blake3.deriveKey("one", material))
        .hasSize(32)
        .isEqualTo(Blake3.keyDeriver("one").update(material).finish().bytes())
        .isNotEqualTo(Blake3.deriveKey("two", material));
  }

  @Test
  void shouldRefuseAKeyOfAnotherLength() {
    assertThatThrownBy(() -> Blake3.keyedHasher(new byte[31]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A key has 32 bytes, not 31");
  }

  @Test
  void shouldRefuseSlicesOutsideTheArray() {
    assertThatThrownBy(() -> hasher.update(INPUT, 9_000, 1_001))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> Blake3.hash(INPUT, -1, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(hasher.finish()).isEqualTo(Blake3.hash(new byte[0]));
  }
}
