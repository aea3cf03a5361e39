// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import static dev.omnibridge.runtime.blake3.Compression.CHUNK_LEN;

import java.time.Duration;
import java.util.Arrays;

/** Runs a kernel until the JIT has compiled it, which shows in its being the faster one. */
final class WarmUp {
  private static final Duration LIMIT = Duration.ofSeconds(3);
  private static final int CHUNKS = 16;
  private static final int IN_A_ROW = 3;

  private final Kernel known;
  private final Kernel tried;
  private final byte[] input = new byte[CHUNK_LEN * CHUNKS];
  private final byte[] hashes = new byte[Hash.LENGTH * CHUNKS];
  private final int[] bounds = new int[CHUNKS + 1];
  private final Mode mode = Mode.hash();

  WarmUp(Kernel known, Kernel tried) {
    this.known = known;
    this.tried = tried;
    Arrays.setAll(bounds, i -> CHUNK_LEN * i);
  }

  /** Whether the tried kernel is the faster one, several times in a row, within the limit. */
  boolean succeeds() {
    long begun = System.nanoTime();
    long toBeat = Long.MAX_VALUE;
    int faster = 0;
    while (faster < IN_A_ROW && System.nanoTime() - begun < LIMIT.toNanos()) {
      toBeat = Math.min(toBeat, nanos(known));
      faster = nanos(tried) < toBeat ? faster + 1 : 0;
    }
    return faster == IN_A_ROW;
  }

  private long nanos(Kernel kernel) {
    long begun = System.nanoTime();
    kernel.rows(mode, Rows.chunks(0), input, 0, CHUNKS, hashes, 0);
    kernel.rows(mode, Rows.PARENTS, hashes, 0, CHUNKS / 2, hashes, 0);
    kernel.messages(mode, new Messages(input, bounds), hashes, 0);
    return System.nanoTime() - begun;
  }
}
