// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import static dev.omnibridge.runtime.blake3.Compression.BLOCK_LEN;
import static dev.omnibridge.runtime.blake3.Compression.CHUNK_LEN;

/** One input after the other, by ordinary arithmetic: runs on every JVM. */
final class ScalarKernel implements Kernel {

  @Override
  public String description() {
    return "scalar";
  }

  @Override
  public void rows(Mode mode, Rows rows, byte[] input, int at, int count, byte[] to, int toAt) {
    int[] h = new int[16];
    for (int row = 0; row < count; row++) {
      hash(h, mode, rows, rows.counter(row), input, at + row * rows.length());
      Compression.store(h, 8, to, toAt + Hash.LENGTH * row);
    }
  }

  @Override
  public void messages(Mode mode, Messages messages, byte[] to, int toAt) {
    int[] h = new int[16];
    for (int i = 0; i < messages.count(); i++) {
      if (messages.length(i) <= CHUNK_LEN) {
        hash(h, mode, Rows.messages(messages.length(i)), 0, messages.input(), messages.start(i));
        Compression.store(h, 8, to, toAt + Hash.LENGTH * i);
      }
    }
  }

  private static void hash(int[] h, Mode mode, Rows rows, long counter, byte[] input, int at) {
    System.arraycopy(mode.key(), 0, h, 0, 8);
    int blocks = rows.blocks();
    for (int block = 0; block < blocks; block++) {
      int from = at + BLOCK_LEN * block;
      int blockLen = rows.blockLen(block);
      int flags = mode.flags() | rows.flags(block);
      if (blockLen == BLOCK_LEN) {
        Compression.compress(h, input, from, BLOCK_LEN, counter, flags);
      } else {
        byte[] padded = new byte[BLOCK_LEN];
        System.arraycopy(input, from, padded, 0, blockLen);
        Compression.compress(h, padded, 0, blockLen, counter, flags);
      }
    }
  }
}
