// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import static dev.omnibridge.runtime.blake3.Compression.BLOCK_LEN;
import static dev.omnibridge.runtime.blake3.Compression.CHUNK_END;
import static dev.omnibridge.runtime.blake3.Compression.CHUNK_LEN;
import static dev.omnibridge.runtime.blake3.Compression.CHUNK_START;
import static dev.omnibridge.runtime.blake3.Compression.ROOT;

/** Messages of different lengths in the lanes: a lane that is done takes the next message. */
final class VectorMessages {
  private static final int NONE = -1;

  private final Mode mode;
  private final Messages messages;
  private final Lanes lanes;

  /** The message in each lane, where its next block begins, and the flag of its first block. */
  private final int[] message = new int[Lanes.N];

  private final int[] position = new int[Lanes.N];
  private final int[] left = new int[Lanes.N];
  private final int[] start = new int[Lanes.N];

  private int next;
  private int busy;

  VectorMessages(Mode mode, Messages messages, Lanes lanes) {
    this.mode = mode;
    this.messages = messages;
    this.lanes = lanes;
  }

  void hash(byte[] to, int toAt) {
    lanes.start(mode.key(), 0, 0);
    for (int lane = 0; lane < Lanes.N; lane++) {
      take(lane);
    }
    while (busy > 0) {
      for (int lane = 0; lane < Lanes.N; lane++) {
        load(lane);
      }
      lanes.compress();
      for (int lane = 0; lane < Lanes.N; lane++) {
        advance(lane, to, toAt);
      }
    }
  }

  /** Puts the next message that is no longer than a chunk into the lane, if there is one. */
  private void take(int lane) {
    while (next < messages.count() && messages.length(next) > CHUNK_LEN) {
      next++;
    }
    if (next == messages.count()) {
      message[lane] = NONE;
      return;
    }
    message[lane] = next;
    position[lane] = messages.start(next);
    left[lane] = messages.length(next);
    start[lane] = CHUNK_START;
    lanes.start(lane, mode.key());
    next++;
    busy++;
  }

  private void load(int lane) {
    if (message[lane] == NONE) {
      return;
    }
    int blockLen = Math.min(BLOCK_LEN, left[lane]);
    int end = left[lane] <= BLOCK_LEN ? CHUNK_END | ROOT : 0;
    lanes.load(lane, messages.input(), position[lane], blockLen);
    lanes.head(lane, blockLen, mode.flags() | start[lane] | end);
  }

  private void advance(int lane, byte[] to, int toAt) {
    if (message[lane] == NONE) {
      return;
    }
    if (left[lane] <= BLOCK_LEN) {
      lanes.store(lane, to, toAt + Hash.LENGTH * message[lane]);
      busy--;
      take(lane);
    } else {
      position[lane] += BLOCK_LEN;
      left[lane] -= BLOCK_LEN;
      start[lane] = 0;
    }
  }
}
