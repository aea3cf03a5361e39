// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import static dev.omnibridge.runtime.blake3.Compression.BLOCK_LEN;

import jdk.incubator.vector.IntVector;

/**
 * As many inputs side by side as a vector has lanes. Only to be named where the module is. Not for
 * use by several threads.
 */
final class VectorKernel implements Kernel {

  private final Lanes lanes = new Lanes();

  /** Whether the processor has vectors of a width that fits. */
  static boolean supported() {
    return IntVector.SPECIES_PREFERRED.vectorBitSize() >= 128;
  }

  @Override
  public String description() {
    return "vectors of %d bits".formatted(Lanes.bits());
  }

  @Override
  public void rows(Mode mode, Rows rows, byte[] input, int at, int count, byte[] to, int toAt) {
    for (int first = 0; first < count; first += Lanes.N) {
      int used = Math.min(Lanes.N, count - first);
      lanes.start(mode.key(), rows.counter(first), rows.step());
      for (int block = 0; block < rows.blocks(); block++) {
        int from = at + first * rows.length() + BLOCK_LEN * block;
        load(rows, block, input, from, used);
        lanes.head(rows.blockLen(block), mode.flags() | rows.flags(block));
        lanes.compress();
      }
      for (int lane = 0; lane < used; lane++) {
        lanes.store(lane, to, toAt + Hash.LENGTH * (first + lane));
      }
    }
  }

  private void load(Rows rows, int block, byte[] input, int at, int used) {
    if (rows.blockLen(block) == BLOCK_LEN) {
      lanes.load(input, at, rows.length(), used);
      return;
    }
    for (int lane = 0; lane < used; lane++) {
      lanes.load(lane, input, at + lane * rows.length(), rows.blockLen(block));
    }
  }

  @Override
  public void messages(Mode mode, Messages messages, byte[] to, int toAt) {
    new VectorMessages(mode, messages, lanes).hash(to, toAt);
  }
}
