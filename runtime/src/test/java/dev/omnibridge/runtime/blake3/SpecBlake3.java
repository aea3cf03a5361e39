// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The specification written down a second time, recursively and without regard to speed, to check
 * positions that no input of a test can reach. Plain hash mode only.
 */
final class SpecBlake3 {
  private static final int[] IV = {
    0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19
  };
  private static final int[] PERMUTATION = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};
  private static final int[][] LANES = {
    {0, 4, 8, 12}, {1, 5, 9, 13}, {2, 6, 10, 14}, {3, 7, 11, 15},
    {0, 5, 10, 15}, {1, 6, 11, 12}, {2, 7, 8, 13}, {3, 4, 9, 14}
  };

  private SpecBlake3() {}

  /** 64 bytes of output, block {@code index}, over {@code input} numbered from a given chunk. */
  static byte[] rootBlock(byte[] input, long firstChunk, long index) {
    return bytes(subtree(input, firstChunk, true, index), 16);
  }

  private static int[] subtree(byte[] input, long counter, boolean root, long index) {
    if (input.length <= 1024) {
      return chunk(input, counter, root, index);
    }
    int left = 1024 * Integer.highestOneBit((input.length - 1) / 1024);
    byte[] block = new byte[64];
    int[] l = subtree(Arrays.copyOf(input, left), counter, false, 0);
    byte[] rest = Arrays.copyOfRange(input, left, input.length);
    int[] r = subtree(rest, counter + left / 1024, false, 0);
    System.arraycopy(bytes(l, 8), 0, block, 0, 32);
    System.arraycopy(bytes(r, 8), 0, block, 32, 32);
    return compress(IV, block, 64, root ? index : 0, 4 | (root ? 8 : 0));
  }

  private static int[] chunk(byte[] input, long counter, boolean root, long index) {
    int[] h = IV;
    int blocks = Math.max(1, (input.length + 63) / 64);
    for (int b = 0; b < blocks; b++) {
      boolean last = b == blocks - 1;
      byte[] block = Arrays.copyOfRange(input, 64 * b, 64 * b + 64);
      int length = last ? input.length - 64 * b : 64;
      int flags = (b == 0 ? 1 : 0) | (last ? 2 : 0) | (last && root ? 8 : 0);
      h = compress(h, block, length, last && root ? index : counter, flags);
    }
    return h;
  }

  private static int[] compress(int[] h, byte[] block, int length, long counter, int flags) {
    int[] v = Arrays.copyOf(h, 16);
    System.arraycopy(IV, 0, v, 8, 4);
    v[12] = (int) counter;
    v[13] = (int) (counter >> 32);
    v[14] = length;
    v[15] = flags;
    int[] m = new int[16];
    ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(m);
    for (int round = 0; round < 7; round++) {
      for (int i = 0; i < 8; i++) {
        g(v, LANES[i], m[2 * i], m[2 * i + 1]);
      }
      int[] before = m.clone();
      Arrays.setAll(m, i -> before[PERMUTATION[i]]);
    }
    for (int i = 0; i < 8; i++) {
      v[i] ^= v[i + 8];
      v[i + 8] ^= h[i];
    }
    return v;
  }

  private static void g(int[] v, int[] lane, int x, int y) {
    half(v, lane, x, 16, 12);
    half(v, lane, y, 8, 7);
  }

  private static void half(int[] v, int[] lane, int word, int first, int second) {
    int a = lane[0];
    int b = lane[1];
    int c = lane[2];
    int d = lane[3];
    v[a] += v[b] + word;
    v[d] = Integer.rotateRight(v[d] ^ v[a], first);
    v[c] += v[d];
    v[b] = Integer.rotateRight(v[b] ^ v[c], second);
  }

  private static byte[] bytes(int[] words, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(words, 0, count);
    return bytes.array();
  }
}
