// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import static dev.omnibridge.runtime.blake3.Compression.BLOCK_LEN;
import static dev.omnibridge.runtime.blake3.Compression.CHUNK_END;
import static dev.omnibridge.runtime.blake3.Compression.CHUNK_LEN;
import static dev.omnibridge.runtime.blake3.Compression.CHUNK_START;
import static dev.omnibridge.runtime.blake3.Compression.PARENT;

import java.util.Arrays;

/**
 * The tree over the chunks seen so far. It keeps one chaining value for every complete subtree that
 * has no sibling yet, largest first: one for every 1 in the binary number of chunks.
 */
final class Tree {
  private static final int CV_LEN = Hash.LENGTH;

  private final int[] key;
  private final int flags;
  private final long firstChunk;
  private final int[] h = new int[16];

  /** Chaining values as bytes, so that the two topmost are the block of their parent. */
  private byte[] stack = new byte[0];

  private int top;
  private long chunks;

  Tree(int[] key, int flags) {
    this(key, flags, 0);
  }

  /** A tree whose first chunk has the given number, a multiple of more chunks than will come. */
  Tree(int[] key, int flags, long firstChunk) {
    this.key = key;
    this.flags = flags;
    this.firstChunk = firstChunk;
    this.chunks = firstChunk;
  }

  /** Forgets every chunk. */
  void clear() {
    top = 0;
    chunks = firstChunk;
  }

  /** Adds the whole chunk at {@code at}, to be called only when more input follows it. */
  void add(byte[] input, int at) {
    chunk(input, at, CHUNK_LEN);
    push();
    chunks++;
    for (long n = chunks; (n & 1) == 0; n >>>= 1) {
      merge();
    }
  }

  /** The root when the rest of the input, at most one chunk, is in {@code input}. */
  Node root(byte[] input, int at, int length) {
    Node node = lastChunk(input, at, length);
    for (int left = top - CV_LEN; left >= 0; left -= CV_LEN) {
      byte[] block = Arrays.copyOf(Arrays.copyOfRange(stack, left, left + CV_LEN), BLOCK_LEN);
      node.chainingValue(block, CV_LEN);
      node = new Node(key, block, BLOCK_LEN, 0, flags | PARENT);
    }
    return node;
  }

  private Node lastChunk(byte[] input, int at, int length) {
    int lastBlock = Math.max(0, (length - 1) / BLOCK_LEN * BLOCK_LEN);
    chunk(input, at, lastBlock);
    int blockLen = length - lastBlock;
    byte[] block = new byte[BLOCK_LEN];
    System.arraycopy(input, at + lastBlock, block, 0, blockLen);
    int start = lastBlock == 0 ? CHUNK_START : 0;
    return new Node(Arrays.copyOf(h, 8), block, blockLen, chunks, flags | start | CHUNK_END);
  }

  /** Compresses the whole blocks of the current chunk up to {@code length}, from the key on. */
  private void chunk(byte[] input, int at, int length) {
    System.arraycopy(key, 0, h, 0, 8);
    for (int i = 0; i < length; i += BLOCK_LEN) {
      int start = i == 0 ? CHUNK_START : 0;
      int end = i == CHUNK_LEN - BLOCK_LEN ? CHUNK_END : 0;
      Compression.compress(h, input, at + i, BLOCK_LEN, chunks, flags | start | end);
    }
  }

  private void push() {
    if (top == stack.length) {
      stack = Arrays.copyOf(stack, stack.length + 4 * CV_LEN);
    }
    Compression.store(h, 8, stack, top);
    top += CV_LEN;
  }

  private void merge() {
    int left = top - 2 * CV_LEN;
    System.arraycopy(key, 0, h, 0, 8);
    Compression.compress(h, stack, left, BLOCK_LEN, 0, flags | PARENT);
    Compression.store(h, 8, stack, left);
    top -= CV_LEN;
  }
}
