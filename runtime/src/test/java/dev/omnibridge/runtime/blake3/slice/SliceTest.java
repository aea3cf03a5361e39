// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3.slice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.runtime.blake3.slice.SliceException.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SliceTest {
  private static final int GROUP = 16 * 1024;

  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);

  @ParameterizedTest
  @ValueSource(
      ints = {
        1,
        1024,
        GROUP - 1,
        GROUP,
        GROUP + 1,
        2 * GROUP,
        3 * GROUP + 5,
        7 * GROUP,
        8 * GROUP,
        13 * GROUP + 1,
        33 * GROUP - 1
      })
  void shouldProveEveryRangeOfAContent(int length) throws Exception {
    byte[] content = bytes(length);
    Outboard outboard = outboard(content);
    for (int i = 0; i < 30; i++) {
      int from = random.nextInt(length);
      int count = 1 + random.nextInt(Math.min(length - from, 1 + random.nextInt(3 * GROUP)));
      Range range = new Range(from, count);

      byte[] proven = verify(content, range, slice(outboard, content, range));

      assertThat(proven)
          .as("%s of %d bytes, seed %d", range, length, seed)
          .isEqualTo(Arrays.copyOfRange(content, from, from + count));
    }
    assertThat(
            verify(content, new Range(0, length), slice(outboard, content, new Range(0, length))))
        .isEqualTo(content);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, GROUP, GROUP + 1, 2 * GROUP, 5 * GROUP + 77, 64 * GROUP, 70 * GROUP})
  void shouldFindTheHashOnTheWay(int length) throws Exception {
    byte[] content = bytes(length);
    OutboardBuilder builder = new OutboardBuilder();
    for (int at = 0; at < length; ) {
      int count = Math.min(length - at, 1 + random.nextInt(3 * GROUP));
      builder.update(content, at, count);
      at += count;
    }
    var built = builder.finish();

    assertThat(built.hash()).as("seed %d", seed).isEqualTo(Blake3.hash(content));
    assertThat(built.outboard().contentLength()).isEqualTo(length);
    assertThat(built.outboard().bytes()).hasSize(8 + 64 * Math.max(0, (length - 1) / GROUP));
    assertThat(Outboard.parse(built.outboard().bytes()).bytes())
        .isEqualTo(built.outboard().bytes());
  }

  @Test
  void shouldHoldNoMoreThanTheWayToTheRange() throws Exception {
    byte[] content = bytes(1024 * GROUP);
    Range range = new Range(500 * GROUP + 3, 10);

    assertThat(slice(outboard(content), content, range)).hasSize(8 + 10 * 64 + GROUP);
  }

  @Test
  void shouldRefuseASliceWithAnyBitChanged() throws Exception {
    byte[] content = bytes(5 * GROUP + 99);
    Range range = new Range(2 * GROUP - 10, 20);
    byte[] slice = slice(outboard(content), content, range);
    for (int i = 0; i < 300; i++) {
      byte[] altered = slice.clone();
      int at = 8 + random.nextInt(slice.length - 8);
      altered[at] ^= (byte) (1 << random.nextInt(8));

      assertThatThrownBy(() -> verify(content, range, altered))
          .as("byte %d, seed %d", at, seed)
          .isInstanceOfSatisfying(
              SliceException.class,
              refused -> assertThat(refused.reason()).isIn(Reason.WRONG_NODE, Reason.WRONG_BYTES));
    }
  }

  @Test
  void shouldRefuseASliceOfAnotherContentOrAnotherRange() throws Exception {
    byte[] content = bytes(4 * GROUP);
    byte[] other = bytes(4 * GROUP);
    Range range = new Range(GROUP, 100);
    byte[] slice = slice(outboard(content), content, range);

    assertRefused(Reason.WRONG_NODE, () -> verify(other, range, slice));
    assertRefused(Reason.WRONG_NODE, () -> verify(content, new Range(2 * GROUP, 100), slice));
    assertRefused(Reason.WRONG_BYTES, () -> verify(content, new Range(0, 100), slice));
  }

  @Test
  void shouldRefuseASliceThatIsCutOffAnywhere() throws Exception {
    byte[] content = bytes(3 * GROUP + 1);
    Range range = new Range(GROUP - 1, 2);
    byte[] slice = slice(outboard(content), content, range);
    for (int length : new int[] {0, 7, 8, 9, 71, 72, 100, slice.length - 1}) {
      assertRefused(Reason.TRUNCATED, () -> verify(content, range, Arrays.copyOf(slice, length)));
    }
  }

  @Test
  void shouldRefuseMoreThanASlice() throws Exception {
    byte[] content = bytes(3 * GROUP + 1);
    Range range = new Range(GROUP - 1, 2);
    byte[] slice = slice(outboard(content), content, range);

    assertRefused(
        Reason.EXTRA_BYTES, () -> verify(content, range, Arrays.copyOf(slice, slice.length + 1)));
  }

  @Test
  void shouldRefuseALengthThatIsNotTheContents() throws Exception {
    byte[] content = bytes(3 * GROUP + 100);
    Range end = new Range(3 * GROUP, 50);
    byte[] slice = slice(outboard(content), content, end);

    assertRefused(
        Reason.WRONG_BYTES, () -> verify(content, end, withLength(slice, 3 * GROUP + 60)));
    assertRefused(Reason.TRUNCATED, () -> verify(content, end, withLength(slice, 3 * GROUP + 101)));
    assertRefused(Reason.OUT_OF_RANGE, () -> verify(content, end, withLength(slice, 100)));
    assertRefused(Reason.IMPOSSIBLE_LENGTH, () -> verify(content, end, withLength(slice, -1)));
    assertRefused(Reason.WRONG_NODE, () -> verify(content, end, withLength(slice, Long.MAX_VALUE)));
    assertRefused(Reason.WRONG_NODE, () -> verify(content, end, withLength(slice, 9 * GROUP)));
  }

  @Test
  void shouldWriteNothingThatIsNotProven() throws Exception {
    byte[] content = bytes(2 * GROUP);
    Range range = new Range(0, 2 * GROUP);
    byte[] slice = slice(outboard(content), content, range);
    slice[slice.length - 1] ^= 1;
    var proven = new ByteArrayOutputStream();

    assertRefused(
        Reason.WRONG_BYTES,
        () -> Slice.verify(Blake3.hash(content), range, new ByteArrayInputStream(slice), proven));

    assertThat(proven.toByteArray()).isEqualTo(Arrays.copyOf(content, GROUP));
  }

  @Test
  void shouldRefuseOutboardsAndRangesThatCannotBe() throws Exception {
    byte[] content = bytes(3 * GROUP);
    byte[] outboard = outboard(content).bytes();

    assertRefused(Reason.TRUNCATED, () -> Outboard.parse(new byte[7]));
    assertRefused(Reason.IMPOSSIBLE_LENGTH, () -> Outboard.parse(Arrays.copyOf(outboard, 8 + 64)));
    assertRefused(Reason.IMPOSSIBLE_LENGTH, () -> Outboard.parse(withLength(outboard, -5)));
    assertRefused(
        Reason.OUT_OF_RANGE, () -> slice(outboard(content), content, new Range(3 * GROUP - 1, 2)));
    assertThatThrownBy(() -> new Range(-1, 5)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Range(5, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Range(5, Long.MAX_VALUE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void assertRefused(Reason reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SliceException.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
  }

  private static byte[] withLength(byte[] slice, long length) {
    byte[] changed = slice.clone();
    for (int i = 0; i < 8; i++) {
      changed[i] = (byte) (length >>> 8 * i);
    }
    return changed;
  }

  private static Outboard outboard(byte[] content) {
    return new OutboardBuilder().update(content, 0, content.length).finish().outboard();
  }

  private static byte[] slice(Outboard outboard, byte[] content, Range range)
      throws IOException, SliceException {
    var slice = new ByteArrayOutputStream();
    Slice.extract(
        outboard,
        (position, to, length) -> System.arraycopy(content, (int) position, to, 0, length),
        range,
        slice);
    return slice.toByteArray();
  }

  private static byte[] verify(byte[] content, Range range, byte[] slice)
      throws IOException, SliceException {
    Hash hash = Blake3.hash(content);
    var proven = new ByteArrayOutputStream();
    Slice.verify(hash, range, new ByteArrayInputStream(slice), proven);
    return proven.toByteArray();
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
