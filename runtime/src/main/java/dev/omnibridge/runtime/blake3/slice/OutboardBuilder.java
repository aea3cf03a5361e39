// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3.slice;

import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.runtime.blake3.Subtree;
import java.util.Arrays;
import java.util.Objects;

/**
 * Makes the outboard of a content, and its hash, while the content streams by. Keeps 32 bytes for
 * every 16 KiB. Not for use by several threads.
 */
public final class OutboardBuilder {
  private final byte[] group = new byte[Groups.LENGTH];
  private byte[] values = new byte[64 * Hash.LENGTH];
  private int groupLength;
  private int groups;

  /** The outboard of a content, with the content's hash. */
  public record Built(Outboard outboard, Hash hash) {}

  /** Takes in the next bytes of the content. */
  public OutboardBuilder update(byte[] input, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, input.length);
    for (int done = 0; done < length; ) {
      if (groupLength == Groups.LENGTH) {
        close(false);
      }
      int count = Math.min(Groups.LENGTH - groupLength, length - done);
      System.arraycopy(input, offset + done, group, groupLength, count);
      groupLength += count;
      done += count;
    }
    return this;
  }

  /** The outboard of all that was taken in; to be called once. */
  public Built finish() {
    long contentLength = (long) groups * Groups.LENGTH + groupLength;
    close(groups == 0);
    Outboard outboard = Outboard.above(values, contentLength);
    Hash hash = groups == 1 ? Hash.of(Arrays.copyOf(values, Hash.LENGTH)) : outboard.root();
    return new Built(outboard, hash);
  }

  private void close(boolean root) {
    int at = Hash.LENGTH * groups;
    if (at == values.length) {
      values = Arrays.copyOf(values, Math.multiplyExact(2, values.length));
    }
    long position = (long) groups * Groups.LENGTH;
    byte[] value = Subtree.ofBytes(group, 0, groupLength, position, root);
    System.arraycopy(value, 0, values, at, Hash.LENGTH);
    groups++;
    groupLength = 0;
  }
}
