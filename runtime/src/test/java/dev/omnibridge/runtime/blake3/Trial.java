// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;

/**
 * Hashes much in every way and prints every result, which must not depend on the kernel. Runs in
 * class loaders and processes of their own, each with another kernel.
 */
final class Trial {
  private static final byte[] KEY = "whats the Elvish word for friend".getBytes();
  private static final String CONTEXT = "omnibridge 2026-11-21 trial of kernels";

  private final Random random;
  private final StringBuilder results = new StringBuilder();

  private Trial(long seed) {
    random = new Random(seed);
  }

  /** Prints the kernel and the hash of all results. */
  public static void main(String[] arguments) {
    String results = run(Long.parseLong(arguments[0]));
    System.out.println(Kernels.inUse());
    System.out.println(Blake3.hash(results.getBytes()));
  }

  /** Every result of the trial with this seed, a line each. */
  static String run(long seed) {
    Trial trial = new Trial(seed);
    trial.wholeInputs();
    trial.chunkNumbers();
    trial.messagesOfOneLength();
    trial.messagesOfAnyLengths();
    trial.subtrees();
    return trial.results.toString();
  }

  private void wholeInputs() {
    for (int chunks :
        new int[] {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 129, 257}) {
      for (int length : new int[] {1024 * chunks - 1, 1024 * chunks, 1024 * chunks + 1}) {
        if (length >= 0) {
          byte[] input = bytes(length);
          note("hash " + length, Blake3.hash(input).bytes());
          note("split " + length, split(Blake3.hasher(), input).output().read(131));
          note("keyed " + length, split(Blake3.keyedHasher(KEY), input).output().read(131));
          note("derived " + length, Blake3.deriveKey(CONTEXT, input));
        }
      }
    }
  }

  /** Lanes on both sides of every place where a word of the counter overflows. */
  private void chunkNumbers() {
    byte[] input = bytes(20 * 1024);
    for (long first :
        new long[] {(1L << 31) - 3, (1L << 32) - 7, (1L << 40) - 16, Long.MAX_VALUE - 40}) {
      byte[] cvs = new byte[20 * 32];
      Kernel kernel = Kernels.open(64);
      kernel.rows(Mode.keyedHash(KEY), Rows.chunks(first), input, 0, 20, cvs, 0);
      note("chunks from " + first, cvs);
    }
  }

  private void messagesOfOneLength() {
    for (int length : new int[] {1, 32, 63, 64, 65, 96, 200, 960, 1023, 1024, 1025, 3000}) {
      for (int count : new int[] {1, 3, 8, 16, 17, 35}) {
        byte[] input = bytes(length * count);
        note(count + " times " + length, Batch.hashing().hashEach(input, length));
        if (length >= 32) {
          Batch.keyed(KEY).hashEach(input, 0, length, count, input, 0);
          note(count + " times " + length + " in place", Arrays.copyOf(input, 32 * count));
        }
      }
    }
  }

  private void messagesOfAnyLengths() {
    for (int count : new int[] {0, 1, 2, 15, 16, 17, 60}) {
      int[] bounds = new int[count + 1];
      for (int i = 0; i < count; i++) {
        bounds[i + 1] = bounds[i] + random.nextInt(random.nextInt(10) == 0 ? 3000 : 300);
      }
      byte[] input = bytes(bounds[count]);
      note(count + " messages", Batch.deriving(CONTEXT).hashEach(input, bounds));
    }
  }

  private void subtrees() {
    byte[] input = bytes(3 * 512 * 1024 + 77_777);
    try (Arena arena = Arena.ofShared();
        ForkJoinPool pool = new ForkJoinPool(2)) {
      MemorySegment off = arena.allocate(input.length).copyFrom(MemorySegment.ofArray(input));
      note("one thread", Blake3.hash(input).bytes());
      note("segment", Blake3.hasher().update(off).finish().bytes());
      note("pool", Blake3.hasher().update(off, pool).finish().bytes());
      MemorySegment part = MemorySegment.ofArray(input).asSlice(1000);
      note("part", Blake3.hasher().update(input, 0, 1000).update(part, pool).finish().bytes());
    }
  }

  private Blake3 split(Blake3 hasher, byte[] input) {
    for (int at = 0; at < input.length; ) {
      int bound = random.nextBoolean() ? 3_000 : 100_000;
      int length = Math.min(input.length - at, random.nextInt(bound));
      if (random.nextBoolean()) {
        hasher.update(ByteBuffer.allocateDirect(length).put(input, at, length).flip());
      } else {
        hasher.update(input, at, length);
      }
      at += length;
    }
    return hasher;
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private void note(String what, byte[] result) {
    results.append(what).append(' ').append(HexFormat.of().formatHex(result)).append('\n');
  }
}
