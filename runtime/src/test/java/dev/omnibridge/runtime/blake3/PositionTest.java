// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Positions beyond what a test can hash: chunk numbers and output blocks of more than 32 bits. */
class PositionTest {
  private static final byte[] INPUT = new byte[7 * 1024 + 100];

  static {
    new Random(20261121).nextBytes(INPUT);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1L << 22, 1L << 31, 1L << 32, 1L << 41, 1L << 53})
  void shouldNumberChunksWith64Bits(long firstChunk) {
    Tree tree = new Tree(Mode.hash(), firstChunk);
    tree.add(INPUT, 0, 7);
    byte[] root = new byte[64];
    tree.root(INPUT, 7 * 1024, 100).rootBlock(0, root);

    assertThat(root).isEqualTo(SpecBlake3.rootBlock(INPUT, firstChunk, 0));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 1L << 26, 1L << 31, 1L << 32, (1L << 57) - 1})
  void shouldReadOutputFarFromTheStart(long index) {
    Output output = Blake3.hasher().update(INPUT).output().seek(64 * index);
    byte[] expected = SpecBlake3.rootBlock(INPUT, 0, index);

    assertThat(output.read(63)).isEqualTo(Arrays.copyOf(expected, 63));
    assertThat(output.position()).isEqualTo(64 * index + 63);
  }

  @Test
  void shouldReadTheSameOutputInAnyPiecesFromAnyPosition() {
    Output output = Blake3.hasher().update(INPUT).output();
    byte[] whole = output.read(1000);

    for (int from : new int[] {0, 1, 63, 64, 65, 128, 500}) {
      output.seek(from);
      byte[] pieces = new byte[300];
      output.read(pieces, 0, 1);
      output.read(pieces, 1, 64);
      output.read(pieces, 65, 0);
      output.read(pieces, 65, 235);
      assertThat(pieces).isEqualTo(Arrays.copyOfRange(whole, from, from + 300));
    }
  }

  @Test
  void shouldRefusePositionsThatDoNotExist() {
    Output output = Blake3.hasher().output();

    assertThatThrownBy(() -> output.seek(-1)).isInstanceOf(IllegalArgumentException.class);
    output.seek(Long.MAX_VALUE);
    assertThatThrownBy(() -> output.read(1)).isInstanceOf(ArithmeticException.class);
  }
}
