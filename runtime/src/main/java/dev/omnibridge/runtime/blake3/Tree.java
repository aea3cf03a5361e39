// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import static dev.omnibridge.runtime.blake3.Compression.BLOCK_LEN;
import static dev.omnibridge.runtime.blake3.Compression.CHUNK_END;
import static dev.omnibridge.runtime.blake3.Compression.CHUNK_LEN;
import static dev.omnibridge.runtime.blake3.Compression.CHUNK_START;
import static dev.omnibridge.runtime.blake3.Compression.PARENT;

import java.util.Arrays;
import java.util.Objects;

/**
 * The tree over the chunks seen so far. It keeps one chaining value for every complete subtree that
 * has no sibling yet, largest first: one for every 1 in the binary number of chunks. The newest
 * pair is left unmerged until more comes, because it may turn out to be the root.
 */
final class Tree {
  private static final int CV_LEN = Hash.LENGTH;

  /** So many chunks at a time have their chaining values in memory at once. */
  private static final int PIECE = 128;

  private final Mode mode;
  private final long firstChunk;

  /** Chaining values as bytes, so that the two topmost are the block of their parent. */
  private byte[] stack = new byte[0];

  private Kernel kernel = Kernels.scalar();
  private int top;
  private long chunks;

  Tree(Mode mode) {
    this(mode, 0);
  }

  /** A tree whose first chunk has the given number, a multiple of more chunks than will come. */
  Tree(Mode mode, long firstChunk) {
    this.mode = mode;
    this.firstChunk = firstChunk;
  }

  /** The root of the tree over these bytes alone. */
  static Node root(Mode mode, byte[] input, int offset, int length) {
    return root(mode, 0, input, offset, length);
  }

  /** The top of the subtree over these bytes, the first chunk of which has the given number. */
  static Node root(Mode mode, long firstChunk, byte[] input, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, input.length);
    Tree tree = new Tree(mode, firstChunk);
    int whole = tree.wholeChunks(length);
    tree.add(input, offset, whole);
    return tree.root(input, offset + CHUNK_LEN * whole, length - CHUNK_LEN * whole);
  }

  /** Forgets every chunk. */
  void clear() {
    top = 0;
    chunks = 0;
  }

  /** The number of chunks that were added. */
  long chunks() {
    return chunks;
  }

  /**
   * How many chunks can be added when so many bytes are at hand: all whole ones, but not the only
   * one of the input, which may be the root.
   */
  int wholeChunks(int length) {
    return chunks == 0 && length <= CHUNK_LEN ? 0 : length / CHUNK_LEN;
  }

  /** Adds as many whole chunks from {@code at}. */
  void add(byte[] input, int at, int count) {
    for (int done = 0; done < count; done += PIECE) {
      addPiece(input, at + CHUNK_LEN * done, Math.min(PIECE, count - done));
    }
  }

  private void addPiece(byte[] input, int at, int count) {
    Kernel kernel = kernel(count);
    byte[] cvs = new byte[CV_LEN * count];
    kernel.rows(mode, Rows.chunks(firstChunk + chunks), input, at, count, cvs, 0);
    for (int done = 0; done < count; ) {
      int size = subtree(count - done);
      addSubtree(kernel, cvs, CV_LEN * done, size);
      done += size;
    }
  }

  private Kernel kernel(int count) {
    if (count > 1 && kernel == Kernels.scalar()) {
      kernel = Kernels.open(chunks + count);
    }
    return count > 1 ? kernel : Kernels.scalar();
  }

  /** The size of the largest subtree that can begin here and has at most so many chunks. */
  private int subtree(int most) {
    int fits = Integer.highestOneBit(most);
    return chunks == 0 ? fits : (int) Math.min(fits, Long.lowestOneBit(chunks));
  }

  /** Adds a subtree as its two halves, since it may be the whole tree. */
  private void addSubtree(Kernel kernel, byte[] cvs, int at, int size) {
    for (int width = size; width > 2; width /= 2) {
      kernel.rows(mode, Rows.PARENTS, cvs, at, width / 2, cvs, at);
    }
    if (size == 1) {
      push(cvs, at, 1);
    } else {
      push(cvs, at, size / 2);
      push(cvs, at + CV_LEN, size / 2);
    }
  }

  /** Adds a subtree of a power of two of chunks, which is not the whole tree, by its value. */
  void push(byte[] cv, int at, long size) {
    settle();
    if (top == stack.length) {
      stack = Arrays.copyOf(stack, stack.length + 4 * CV_LEN);
    }
    System.arraycopy(cv, at, stack, top, CV_LEN);
    top += CV_LEN;
    chunks += size;
  }

  /** Merges what is complete, to be called only when more of the input is known to follow. */
  private void settle() {
    while (top > CV_LEN * Long.bitCount(chunks)) {
      merge();
    }
  }

  private void merge() {
    top -= CV_LEN;
    Kernels.scalar().rows(mode, Rows.PARENTS, stack, top - CV_LEN, 1, stack, top - CV_LEN);
  }

  /** Writes the chaining value of everything, a power of two of chunks below a root elsewhere. */
  void chainingValue(byte[] to, int at) {
    settle();
    System.arraycopy(stack, 0, to, at, CV_LEN);
  }

  /**
   * The root when the rest of the input, at most one chunk, is in {@code input}; it may be empty
   * after at least two chunks.
   */
  Node root(byte[] input, int at, int length) {
    if (length > 0 || chunks == 0) {
      settle();
      return above(lastChunk(input, at, length), top);
    }
    byte[] pair = Arrays.copyOfRange(stack, top - BLOCK_LEN, top);
    return above(parent(pair), top - BLOCK_LEN);
  }

  /** The root above a node that comes right of all subtrees in the stack up to {@code end}. */
  private Node above(Node node, int end) {
    Node root = node;
    for (int left = end - CV_LEN; left >= 0; left -= CV_LEN) {
      byte[] pair = Arrays.copyOf(Arrays.copyOfRange(stack, left, left + CV_LEN), BLOCK_LEN);
      root.chainingValue(pair, CV_LEN);
      root = parent(pair);
    }
    return root;
  }

  private Node parent(byte[] pair) {
    return new Node(mode.key(), pair, BLOCK_LEN, 0, mode.flags() | PARENT);
  }

  private Node lastChunk(byte[] input, int at, int length) {
    int[] h = Arrays.copyOf(mode.key(), 16);
    long counter = firstChunk + chunks;
    int start = CHUNK_START;
    int lastBlock = Math.max(0, (length - 1) / BLOCK_LEN * BLOCK_LEN);
    for (int i = 0; i < lastBlock; i += BLOCK_LEN) {
      Compression.compress(h, input, at + i, BLOCK_LEN, counter, mode.flags() | start);
      start = 0;
    }
    int blockLen = length - lastBlock;
    byte[] block = new byte[BLOCK_LEN];
    System.arraycopy(input, at + lastBlock, block, 0, blockLen);
    return new Node(h, block, blockLen, counter, mode.flags() | start | CHUNK_END);
  }
}
