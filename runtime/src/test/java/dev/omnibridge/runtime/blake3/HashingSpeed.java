// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The hashing of inputs in memory; {@link HashingBenchmark} runs it with one kernel at a time. */
@BenchmarkMode(org.openjdk.jmh.annotations.Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HashingSpeed {
  static final int LARGE = 64 << 20;
  static final int MESSAGES = 64;

  /** One input in an array. */
  @State(Scope.Thread)
  public static class Input {
    @Param({"1024", "16384", "131072", "1048576"})
    int size;

    byte[] bytes;

    @Setup
    public void fill() {
      bytes = random(size);
    }
  }

  /** Messages of 1 KiB. */
  @State(Scope.Thread)
  public static class Equal {
    final byte[] messages = random(MESSAGES * 1024);
    final byte[] hashes = new byte[MESSAGES * 32];
    final Batch batch = Batch.hashing();
  }

  /** Records of about 200 bytes, and pairs of hashes under a key. */
  @State(Scope.Thread)
  public static class Records {
    static final int COUNT = 4096;
    final byte[] pairs = random(COUNT * 64);
    final byte[] hashes = new byte[COUNT * 32];
    final int[] bounds = new int[COUNT + 1];
    final Batch batch = Batch.keyed(new byte[32]);
    byte[] records;

    @Setup
    public void fill() {
      Random random = new Random(1);
      for (int i = 0; i < COUNT; i++) {
        bounds[i + 1] = bounds[i] + 150 + random.nextInt(100);
      }
      records = random(bounds[COUNT]);
    }
  }

  /** A large input outside the heap, and two threads. */
  @State(Scope.Benchmark)
  public static class Large {
    Arena arena = Arena.ofShared();
    ForkJoinPool pool = new ForkJoinPool(2);
    byte[] bytes = random(LARGE);
    MemorySegment inHeap = MemorySegment.ofArray(bytes);
    MemorySegment outside = arena.allocate(LARGE).copyFrom(inHeap);

    @TearDown
    public void close() {
      pool.close();
      arena.close();
    }
  }

  @Benchmark
  public Hash one(Input input) {
    return Blake3.hash(input.bytes);
  }

  @Benchmark
  public byte[] batchOf1KiB(Equal state) {
    state.batch.hashEach(state.messages, 0, 1024, MESSAGES, state.hashes, 0);
    return state.hashes;
  }

  @Benchmark
  public byte[] batchOfRecords(Records state) {
    return state.batch.hashEach(state.records, state.bounds);
  }

  @Benchmark
  public byte[] batchOfPairs(Records state) {
    state.batch.hashEach(state.pairs, 0, 64, Records.COUNT, state.hashes, 0);
    return state.hashes;
  }

  @Benchmark
  public Hash twoCoresInHeap(Large large) {
    return Blake3.hasher().update(large.inHeap, large.pool).finish();
  }

  @Benchmark
  public Hash twoCoresOutside(Large large) {
    return Blake3.hasher().update(large.outside, large.pool).finish();
  }

  @Benchmark
  public Hash oneCoreOutside(Large large) {
    return Blake3.hasher().update(large.outside).finish();
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
