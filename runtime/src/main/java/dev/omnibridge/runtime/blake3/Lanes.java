// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import static dev.omnibridge.runtime.blake3.Compression.BLOCK_LEN;
import static jdk.incubator.vector.VectorOperators.ROR;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The compression function on as many inputs side by side as a vector has lanes. Each array holds
 * the words of all lanes: word w of lane l is at w * N + l, so that a vector is one word of every
 * lane. Only to be named where the vector module is.
 *
 * <p>Nothing here may keep a vector that it computed in a field or an array, nor grow beyond what
 * the JIT compiles: vectors that are not in registers are objects, a hundred times slower.
 */
final class Lanes {
  private static final VectorSpecies<Integer> WORDS = preferred();
  private static final VectorSpecies<Byte> BYTES = WORDS.withLanes(byte.class);

  /** The number of lanes. */
  static final int N = WORDS.length();

  private static final IntVector LOW = alternating(0);
  private static final IntVector HIGH = alternating(N / 2);
  private static final int[] SCHEDULE = schedule();

  /** The chaining values. */
  private final int[] h = new int[8 * N];

  /** The last row of the state: low and high word of the counter, length of the block, flags. */
  private final int[] d = new int[4 * N];

  /** The message blocks, and room to transpose them. */
  private final int[] m = new int[16 * N];

  private final int[] spare = new int[16 * N];

  private final byte[] padded = new byte[BLOCK_LEN];

  /** The width of the vectors in bits. */
  static int bits() {
    return WORDS.vectorBitSize();
  }

  /** Starts an input in every lane, the first with this counter, the others each a step more. */
  void start(int[] key, long counter, int step) {
    for (int word = 0; word < 8; word++) {
      Arrays.fill(h, word * N, word * N + N, key[word]);
    }
    for (int lane = 0; lane < N; lane++) {
      long number = counter + (long) lane * step;
      d[lane] = (int) number;
      d[N + lane] = (int) (number >>> 32);
    }
  }

  /** Starts another input in one lane. */
  void start(int lane, int[] key) {
    for (int word = 0; word < 8; word++) {
      h[word * N + lane] = key[word];
    }
  }

  /** Loads the next block of one lane, zeros behind its bytes. */
  void load(int lane, byte[] input, int at, int blockLen) {
    if (blockLen == BLOCK_LEN) {
      load(m, lane, input, at);
    } else {
      System.arraycopy(input, at, padded, 0, blockLen);
      Arrays.fill(padded, blockLen, BLOCK_LEN, (byte) 0);
      load(m, lane, padded, 0);
    }
  }

  /** Loads the next whole block of the first lanes, which lie so many bytes apart. */
  void load(byte[] input, int at, int distance, int lanes) {
    if (N == 16 && lanes == 16) {
      interleave(input, at, distance, spare);
      interleave(spare, m);
      return;
    }
    for (int lane = 0; lane < lanes; lane++) {
      load(m, lane, input, at + lane * distance);
    }
  }

  /** Word by word, which the processor does beside its work on vectors. */
  private static void load(int[] m, int lane, byte[] block, int at) {
    for (int word = 0; word < 16; word++) {
      m[word * N + lane] = Compression.word(block, at + Integer.BYTES * word);
    }
  }

  /**
   * Interleaves the four quarters of 256 words, here of 16 blocks. In the index of a word, four
   * bits of lane before four bits of word, that turns all bits left by two; so to do it twice is to
   * transpose.
   */
  private static void interleave(byte[] from, int at, int distance, int[] to) {
    for (int i = 0; i < 4; i++) {
      IntVector a = words(from, at + i * distance);
      IntVector b = words(from, at + (i + 4) * distance);
      IntVector c = words(from, at + (i + 8) * distance);
      IntVector d = words(from, at + (i + 12) * distance);
      interleave(LOW.selectFrom(a, c), LOW.selectFrom(b, d), to, 4 * i);
      interleave(HIGH.selectFrom(a, c), HIGH.selectFrom(b, d), to, 4 * i + 2);
    }
  }

  private static void interleave(int[] from, int[] to) {
    for (int i = 0; i < 4; i++) {
      IntVector a = row(from, i);
      IntVector b = row(from, i + 4);
      IntVector c = row(from, i + 8);
      IntVector d = row(from, i + 12);
      interleave(LOW.selectFrom(a, c), LOW.selectFrom(b, d), to, 4 * i);
      interleave(HIGH.selectFrom(a, c), HIGH.selectFrom(b, d), to, 4 * i + 2);
    }
  }

  private static void interleave(IntVector a, IntVector b, int[] to, int row) {
    LOW.selectFrom(a, b).intoArray(to, row * N);
    HIGH.selectFrom(a, b).intoArray(to, row * N + N);
  }

  /** Length and flags of the next block of one lane. */
  void head(int lane, int blockLen, int flags) {
    d[2 * N + lane] = blockLen;
    d[3 * N + lane] = flags;
  }

  /** Length and flags of the next block of every lane. */
  void head(int blockLen, int flags) {
    Arrays.fill(d, 2 * N, 3 * N, blockLen);
    Arrays.fill(d, 3 * N, 4 * N, flags);
  }

  /** Compresses the blocks that were loaded. */
  void compress() {
    compress(h, d, m);
  }

  /** Writes the chaining value of one lane. */
  void store(int lane, byte[] to, int at) {
    for (int word = 0; word < 8; word++) {
      Compression.setWord(to, at + Integer.BYTES * word, h[word * N + lane]);
    }
  }

  /**
   * The compression function of the specification, every three lines half a G. No step may be a
   * method of our own: of a method as large as this the JIT takes in only those of the vectors, and
   * a vector that leaves the method becomes an object.
   */
  private static void compress(int[] h, int[] d, int[] m) {
    // spotless:off
    IntVector v0 = row(h, 0), v1 = row(h, 1), v2 = row(h, 2), v3 = row(h, 3);
    IntVector v4 = row(h, 4), v5 = row(h, 5), v6 = row(h, 6), v7 = row(h, 7);
    IntVector v8 = all(Compression.IV0), v9 = all(Compression.IV1);
    IntVector v10 = all(Compression.IV2), v11 = all(Compression.IV3);
    IntVector v12 = row(d, 0), v13 = row(d, 1), v14 = row(d, 2), v15 = row(d, 3);
    for (int r = 0; r < SCHEDULE.length; r += 16) {
      v0 = v0.add(v4).add(IntVector.fromArray(WORDS, m, SCHEDULE[r]));
      v12 = v12.lanewise(XOR, v0).lanewise(ROR, 16); v8 = v8.add(v12);
      v4 = v4.lanewise(XOR, v8).lanewise(ROR, 12);
      v1 = v1.add(v5).add(IntVector.fromArray(WORDS, m, SCHEDULE[r + 2]));
      v13 = v13.lanewise(XOR, v1).lanewise(ROR, 16); v9 = v9.add(v13);
      v5 = v5.lanewise(XOR, v9).lanewise(ROR, 12);
      v2 = v2.add(v6).add(IntVector.fromArray(WORDS, m, SCHEDULE[r + 4]));
      v14 = v14.lanewise(XOR, v2).lanewise(ROR, 16); v10 = v10.add(v14);
      v6 = v6.lanewise(XOR, v10).lanewise(ROR, 12);
      v3 = v3.add(v7).add(IntVector.fromArray(WORDS, m, SCHEDULE[r + 6]));
      v15 = v15.lanewise(XOR, v3).lanewise(ROR, 16); v11 = v11.add(v15);
      v7 = v7.lanewise(XOR, v11).lanewise(ROR, 12);
      v0 = v0.add(v4).add(IntVector.fromArray(WORDS, m, SCHEDULE[r + 1]));
      v12 = v12.lanewise(XOR, v0).lanewise(ROR, 8); v8 = v8.add(v12);
      v4 = v4.lanewise(XOR, v8).lanewise(ROR, 7);
      v1 = v1.add(v5).add(IntVector.fromArray(WORDS, m, SCHEDULE[r + 3]));
      v13 = v13.lanewise(XOR, v1).lanewise(ROR, 8); v9 = v9.add(v13);
      v5 = v5.lanewise(XOR, v9).lanewise(ROR, 7);
      v2 = v2.add(v6).add(IntVector.fromArray(WORDS, m, SCHEDULE[r + 5]));
      v14 = v14.lanewise(XOR, v2).lanewise(ROR, 8); v10 = v10.add(v14);
      v6 = v6.lanewise(XOR, v10).lanewise(ROR, 7);
      v3 = v3.add(v7).add(IntVector.fromArray(WORDS, m, SCHEDULE[r + 7]));
      v15 = v15.lanewise(XOR, v3).lanewise(ROR, 8); v11 = v11.add(v15);
      v7 = v7.lanewise(XOR, v11).lanewise(ROR, 7);

      v0 = v0.add(v5).add(IntVector.fromArray(WORDS, m, SCHEDULE[r + 8]));
      v15 = v15.lanewise(XOR, v0).lanewise(ROR, 16); v10 = v10.add(v15);
      v5 = v5.lanewise(XOR, v10).lanewise(ROR, 12);
      v1 = v1.add(v6).add(IntVector.fromArray(WORDS, m, SCHEDULE[r + 10]));
      v12 = v12.lanewise(XOR, v1).lanewise(ROR, 16); v11 = v11.add(v12);
      v6 = v6.lanewise(XOR, v11).lanewise(ROR, 12);
      v2 = v2.add(v7).add(IntVector.fromArray(WORDS, m, SCHEDULE[r + 12]));
      v13 = v13.lanewise(XOR, v2).lanewise(ROR, 16); v8 = v8.add(v13);
      v7 = v7.lanewise(XOR, v8).lanewise(ROR, 12);
      v3 = v3.add(v4).add(IntVector.fromArray(WORDS, m, SCHEDULE[r + 14]));
      v14 = v14.lanewise(XOR, v3).lanewise(ROR, 16); v9 = v9.add(v14);
      v4 = v4.lanewise(XOR, v9).lanewise(ROR, 12);
      v0 = v0.add(v5).add(IntVector.fromArray(WORDS, m, SCHEDULE[r + 9]));
      v15 = v15.lanewise(XOR, v0).lanewise(ROR, 8); v10 = v10.add(v15);
      v5 = v5.lanewise(XOR, v10).lanewise(ROR, 7);
      v1 = v1.add(v6).add(IntVector.fromArray(WORDS, m, SCHEDULE[r + 11]));
      v12 = v12.lanewise(XOR, v1).lanewise(ROR, 8); v11 = v11.add(v12);
      v6 = v6.lanewise(XOR, v11).lanewise(ROR, 7);
      v2 = v2.add(v7).add(IntVector.fromArray(WORDS, m, SCHEDULE[r + 13]));
      v13 = v13.lanewise(XOR, v2).lanewise(ROR, 8); v8 = v8.add(v13);
      v7 = v7.lanewise(XOR, v8).lanewise(ROR, 7);
      v3 = v3.add(v4).add(IntVector.fromArray(WORDS, m, SCHEDULE[r + 15]));
      v14 = v14.lanewise(XOR, v3).lanewise(ROR, 8); v9 = v9.add(v14);
      v4 = v4.lanewise(XOR, v9).lanewise(ROR, 7);
    }
    v0.lanewise(XOR, v8).intoArray(h, 0);
    v1.lanewise(XOR, v9).intoArray(h, 1 * N);
    v2.lanewise(XOR, v10).intoArray(h, 2 * N);
    v3.lanewise(XOR, v11).intoArray(h, 3 * N);
    v4.lanewise(XOR, v12).intoArray(h, 4 * N);
    v5.lanewise(XOR, v13).intoArray(h, 5 * N);
    v6.lanewise(XOR, v14).intoArray(h, 6 * N);
    v7.lanewise(XOR, v15).intoArray(h, 7 * N);
    // spotless:on
  }

  private static IntVector row(int[] words, int word) {
    return IntVector.fromArray(WORDS, words, word * N);
  }

  private static IntVector all(int word) {
    return IntVector.broadcast(WORDS, word);
  }

  private static IntVector words(byte[] block, int at) {
    return ByteVector.fromArray(BYTES, block, at).reinterpretAsInts();
  }

  /** The lanes of two vectors in turn, from the given one of each on. */
  private static IntVector alternating(int first) {
    int[] lanes = new int[N];
    Arrays.setAll(lanes, i -> first + i / 2 + i % 2 * N);
    return IntVector.fromArray(WORDS, lanes, 0);
  }

  /** Where the message words of each step of each round begin in m. */
  private static int[] schedule() {
    int[] permutation = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};
    int[] schedule = new int[7 * 16];
    for (int i = 0; i < schedule.length; i++) {
      schedule[i] = i < 16 ? i * N : schedule[i / 16 * 16 - 16 + permutation[i % 16]];
    }
    return schedule;
  }

  private static VectorSpecies<Integer> preferred() {
    int bits = Kernels.FORCED_BITS > 0 ? Kernels.FORCED_BITS : preferredBits();
    return switch (bits) {
      case 128 -> IntVector.SPECIES_128;
      case 256 -> IntVector.SPECIES_256;
      default -> IntVector.SPECIES_512;
    };
  }

  private static int preferredBits() {
    return IntVector.SPECIES_PREFERRED.vectorBitSize();
  }
}
