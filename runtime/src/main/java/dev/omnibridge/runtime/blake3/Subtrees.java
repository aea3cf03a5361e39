// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import static dev.omnibridge.runtime.blake3.Compression.CHUNK_LEN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RecursiveAction;

/**
 * Subtrees of one size that lie one after the other. As the halves of a tree can be hashed apart,
 * so the halves of the range go to different threads, down to single subtrees.
 */
final class Subtrees extends RecursiveAction {
  private static final long serialVersionUID = 1;

  /** The chunks of a subtree: enough to be worth handing over, few enough to share out evenly. */
  private static final int SIZE = 512;

  private static final long BYTES = (long) SIZE * CHUNK_LEN;
  private static final int MOST = 1 << 20;

  /** So many chunks are copied at a time, to be near the processor when they are hashed. */
  private static final int PIECE = 32;

  private final transient Input input;
  private final int from;
  private final int to;

  /** What all parts share: the segment, the number of its first chunk, and where the values go. */
  private record Input(Mode mode, MemorySegment segment, long firstChunk, byte[] cvs) {}

  private Subtrees(Input input, int from, int to) {
    this.input = input;
    this.from = from;
    this.to = to;
  }

  /** How many bytes of a segment can be added so, after so many chunks; 0 is none. */
  static long fitting(long chunks, long byteSize) {
    long subtrees = Math.min(MOST, byteSize / BYTES);
    return chunks % SIZE == 0 && subtrees > 1 ? BYTES * subtrees : 0;
  }

  /** Adds the segment, some subtrees long, to the tree. */
  static void add(Tree tree, Mode mode, MemorySegment segment, ForkJoinPool pool) {
    int count = (int) (segment.byteSize() / BYTES);
    byte[] cvs = new byte[Hash.LENGTH * count];
    pool.invoke(new Subtrees(new Input(mode, segment, tree.chunks(), cvs), 0, count));
    for (int i = 0; i < count; i++) {
      tree.push(cvs, Hash.LENGTH * i, SIZE);
    }
  }

  @Override
  protected void compute() {
    int middle = (from + to) >>> 1;
    if (from == middle) {
      hash();
    } else {
      invokeAll(new Subtrees(input, from, middle), new Subtrees(input, middle, to));
    }
  }

  private void hash() {
    Tree tree = new Tree(input.mode, input.firstChunk + (long) from * SIZE);
    MemorySegment part = input.segment.asSlice(BYTES * from, BYTES);
    if (part.heapBase().orElse(part) instanceof byte[] array) {
      tree.add(array, (int) part.address(), SIZE);
    } else {
      byte[] piece = new byte[CHUNK_LEN * PIECE];
      for (long at = 0; at < BYTES; at += piece.length) {
        MemorySegment.copy(part, JAVA_BYTE, at, piece, 0, piece.length);
        tree.add(piece, 0, PIECE);
      }
    }
    tree.chainingValue(input.cvs, Hash.LENGTH * from);
  }
}
