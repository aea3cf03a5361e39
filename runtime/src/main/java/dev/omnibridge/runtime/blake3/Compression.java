// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import static java.lang.Integer.rotateRight;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The compression function and the constants of the specification's section 2.1 and 2.2. */
final class Compression {
  static final int BLOCK_LEN = 64;
  static final int CHUNK_LEN = 1024;

  static final int CHUNK_START = 1;
  static final int CHUNK_END = 1 << 1;
  static final int PARENT = 1 << 2;
  static final int ROOT = 1 << 3;
  static final int KEYED_HASH = 1 << 4;
  static final int DERIVE_KEY_CONTEXT = 1 << 5;
  static final int DERIVE_KEY_MATERIAL = 1 << 6;

  static final int IV0 = 0x6A09E667;
  static final int IV1 = 0xBB67AE85;
  static final int IV2 = 0x3C6EF372;
  static final int IV3 = 0xA54FF53A;

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private Compression() {}

  /** The key of the plain hash mode, a fresh copy. */
  static int[] iv() {
    return new int[] {IV0, IV1, IV2, IV3, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};
  }

  /**
   * Compresses one block. The first eight words of {@code h} are the chaining value on entry; on
   * return all sixteen are the output, of which the first eight are the next chaining value. The
   * block is the 64 bytes from {@code at}, zeros behind its {@code blockLen} bytes.
   *
   * <p>Six parameters and fifty lines, because this is where all the time goes: the state and the
   * message stay in local variables, and one loop body for all rounds beats unrolled rounds, which
   * the JIT spills to memory. Each pair of lines is one G; the last two lines permute the message,
   * whose permutation is two cycles of eight.
   */
  static void compress(int[] h, byte[] block, int at, int blockLen, long counter, int flags) {
    // spotless:off
    int v0 = h[0], v1 = h[1], v2 = h[2], v3 = h[3], v4 = h[4], v5 = h[5], v6 = h[6], v7 = h[7];
    int v8 = IV0, v9 = IV1, v10 = IV2, v11 = IV3;
    int v12 = (int) counter, v13 = (int) (counter >>> 32), v14 = blockLen, v15 = flags;
    int m0 = word(block, at), m1 = word(block, at + 4);
    int m2 = word(block, at + 8), m3 = word(block, at + 12);
    int m4 = word(block, at + 16), m5 = word(block, at + 20);
    int m6 = word(block, at + 24), m7 = word(block, at + 28);
    int m8 = word(block, at + 32), m9 = word(block, at + 36);
    int m10 = word(block, at + 40), m11 = word(block, at + 44);
    int m12 = word(block, at + 48), m13 = word(block, at + 52);
    int m14 = word(block, at + 56), m15 = word(block, at + 60);
    for (int round = 0; round < 7; round++) {
      v0 += v4 + m0; v12 = rotateRight(v12 ^ v0, 16); v8 += v12; v4 = rotateRight(v4 ^ v8, 12);
      v0 += v4 + m1; v12 = rotateRight(v12 ^ v0, 8); v8 += v12; v4 = rotateRight(v4 ^ v8, 7);
      v1 += v5 + m2; v13 = rotateRight(v13 ^ v1, 16); v9 += v13; v5 = rotateRight(v5 ^ v9, 12);
      v1 += v5 + m3; v13 = rotateRight(v13 ^ v1, 8); v9 += v13; v5 = rotateRight(v5 ^ v9, 7);
      v2 += v6 + m4; v14 = rotateRight(v14 ^ v2, 16); v10 += v14; v6 = rotateRight(v6 ^ v10, 12);
      v2 += v6 + m5; v14 = rotateRight(v14 ^ v2, 8); v10 += v14; v6 = rotateRight(v6 ^ v10, 7);
      v3 += v7 + m6; v15 = rotateRight(v15 ^ v3, 16); v11 += v15; v7 = rotateRight(v7 ^ v11, 12);
      v3 += v7 + m7; v15 = rotateRight(v15 ^ v3, 8); v11 += v15; v7 = rotateRight(v7 ^ v11, 7);

      v0 += v5 + m8; v15 = rotateRight(v15 ^ v0, 16); v10 += v15; v5 = rotateRight(v5 ^ v10, 12);
      v0 += v5 + m9; v15 = rotateRight(v15 ^ v0, 8); v10 += v15; v5 = rotateRight(v5 ^ v10, 7);
      v1 += v6 + m10; v12 = rotateRight(v12 ^ v1, 16); v11 += v12; v6 = rotateRight(v6 ^ v11, 12);
      v1 += v6 + m11; v12 = rotateRight(v12 ^ v1, 8); v11 += v12; v6 = rotateRight(v6 ^ v11, 7);
      v2 += v7 + m12; v13 = rotateRight(v13 ^ v2, 16); v8 += v13; v7 = rotateRight(v7 ^ v8, 12);
      v2 += v7 + m13; v13 = rotateRight(v13 ^ v2, 8); v8 += v13; v7 = rotateRight(v7 ^ v8, 7);
      v3 += v4 + m14; v14 = rotateRight(v14 ^ v3, 16); v9 += v14; v4 = rotateRight(v4 ^ v9, 12);
      v3 += v4 + m15; v14 = rotateRight(v14 ^ v3, 8); v9 += v14; v4 = rotateRight(v4 ^ v9, 7);

      int a = m0; m0 = m2; m2 = m3; m3 = m10; m10 = m12; m12 = m9; m9 = m11; m11 = m5; m5 = a;
      int b = m1; m1 = m6; m6 = m4; m4 = m7; m7 = m13; m13 = m14; m14 = m15; m15 = m8; m8 = b;
    }
    int h0 = h[0], h1 = h[1], h2 = h[2], h3 = h[3], h4 = h[4], h5 = h[5], h6 = h[6], h7 = h[7];
    h[0] = v0 ^ v8; h[1] = v1 ^ v9; h[2] = v2 ^ v10; h[3] = v3 ^ v11;
    h[4] = v4 ^ v12; h[5] = v5 ^ v13; h[6] = v6 ^ v14; h[7] = v7 ^ v15;
    h[8] = v8 ^ h0; h[9] = v9 ^ h1; h[10] = v10 ^ h2; h[11] = v11 ^ h3;
    h[12] = v12 ^ h4; h[13] = v13 ^ h5; h[14] = v14 ^ h6; h[15] = v15 ^ h7;
    // spotless:on
  }

  /** The little-endian word at {@code at}. */
  static int word(byte[] bytes, int at) {
    return (int) WORD.get(bytes, at);
  }

  /** Writes a little-endian word. */
  static void setWord(byte[] bytes, int at, int word) {
    WORD.set(bytes, at, word);
  }

  /** Writes the first {@code count} words of {@code h} as little-endian bytes. */
  static void store(int[] h, int count, byte[] to, int at) {
    for (int i = 0; i < count; i++) {
      WORD.set(to, at + Integer.BYTES * i, h[i]);
    }
  }
}
