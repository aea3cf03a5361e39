// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3.slice;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.runtime.blake3.Subtree;
import dev.omnibridge.runtime.blake3.slice.SliceException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The proof that the bytes of a range stand in a content. It holds the groups of 16 KiB that the
 * range touches and, for each, a pair of values per level above it: for one range in a content of a
 * gigabyte some 17 KiB. Whoever verifies needs the content's hash and nothing else; what the slice
 * says of the length is proven when the range ends where the content does.
 */
public final class Slice {
  private final Range range;

  private Slice(Range range) {
    this.range = range;
  }

  /** Reads the content that a slice is taken from. */
  public interface Content {
    /** Fills the first {@code length} bytes of {@code to} with those from {@code position}. */
    void read(long position, byte[] to, int length) throws IOException;
  }

  /** Writes the slice for a range of the content that the outboard belongs to. */
  public static void extract(Outboard outboard, Content content, Range range, OutputStream to)
      throws IOException, SliceException {
    long length = outboard.contentLength();
    checkInside(range, length);
    to.write(ByteBuffer.allocate(Long.BYTES).order(LITTLE_ENDIAN).putLong(length).array());
    new Slice(range).extract(outboard, Groups.of(length), 0, content, to);
  }

  private void extract(
      Outboard outboard, Groups groups, long node, Content content, OutputStream to)
      throws IOException {
    if (!groups.touch(range)) {
      return;
    }
    if (groups.areOne()) {
      byte[] bytes = new byte[groups.length()];
      content.read(groups.start(), bytes, bytes.length);
      to.write(bytes);
      return;
    }
    to.write(outboard.pair(node));
    Groups left = groups.left();
    extract(outboard, left, Outboard.leftOf(node), content, to);
    extract(outboard, groups.right(), Outboard.rightOf(node, left), content, to);
  }

  /**
   * Checks a slice against the content's hash and writes the bytes of the range, each after it has
   * been checked. Holds one group at a time.
   *
   * @return the length of the content as the slice says
   */
  public static long verify(Hash hash, Range range, InputStream slice, OutputStream to)
      throws IOException, SliceException {
    byte[] header = read(slice, Long.BYTES);
    long length = ByteBuffer.wrap(header).order(LITTLE_ENDIAN).getLong();
    if (length < 0) {
      throw new SliceException(
          Reason.IMPOSSIBLE_LENGTH,
          "No content has %s bytes".formatted(Long.toUnsignedString(length)));
    }
    checkInside(range, length);
    new Slice(range).verify(hash.bytes(), Groups.of(length), slice, to);
    if (slice.read() >= 0) {
      throw new SliceException(Reason.EXTRA_BYTES, "More follows the end of the slice");
    }
    return length;
  }

  private void verify(byte[] expected, Groups groups, InputStream slice, OutputStream to)
      throws IOException, SliceException {
    if (!groups.touch(range)) {
      return;
    }
    if (groups.areOne()) {
      byte[] bytes = read(slice, groups.length());
      check(
          Subtree.ofBytes(bytes, 0, bytes.length, groups.start(), groups.areAll()),
          expected,
          Reason.WRONG_BYTES,
          groups);
      write(bytes, groups, to);
      return;
    }
    byte[] pair = read(slice, Outboard.PAIR);
    check(Subtree.ofPair(pair, groups.areAll()), expected, Reason.WRONG_NODE, groups);
    verify(Arrays.copyOf(pair, Hash.LENGTH), groups.left(), slice, to);
    verify(Arrays.copyOfRange(pair, Hash.LENGTH, pair.length), groups.right(), slice, to);
  }

  private void write(byte[] bytes, Groups group, OutputStream to) throws IOException {
    long from = Math.max(range.from(), group.start());
    long end = Math.min(range.end(), group.end());
    to.write(bytes, (int) (from - group.start()), (int) (end - from));
  }

  private static void check(byte[] value, byte[] expected, Reason reason, Groups groups)
      throws SliceException {
    if (!Arrays.equals(value, expected)) {
      throw new SliceException(
          reason,
          "What the slice holds for the bytes from %d to %d does not belong to the hash"
              .formatted(groups.start(), groups.end()));
    }
  }

  private static byte[] read(InputStream slice, int length) throws IOException, SliceException {
    byte[] bytes = slice.readNBytes(length);
    if (bytes.length < length) {
      throw new SliceException(Reason.TRUNCATED, "The slice ends before it is complete");
    }
    return bytes;
  }

  private static void checkInside(Range range, long length) throws SliceException {
    if (range.end() > length) {
      throw new SliceException(
          Reason.OUT_OF_RANGE,
          "A content of %d bytes has none from %d to %d"
              .formatted(length, range.from(), range.end()));
    }
  }
}
