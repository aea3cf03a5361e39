// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import static dev.omnibridge.runtime.blake3.Compression.CHUNK_LEN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.ForkJoinPool;

/**
 * A BLAKE3 hash in the making. Input may come in any pieces; the hash depends only on the bytes.
 * Finishing changes nothing, so more input may follow. Memory stays below 80 KiB whatever the
 * length, and below 4 KiB for input in arrays. Not for use by several threads.
 */
public final class Blake3 {
  /** The number of bytes of a key. */
  public static final int KEY_LENGTH = Hash.LENGTH;

  /** So much of a buffer outside the heap is copied at a time. */
  private static final int PIECE = 64 * CHUNK_LEN;

  private final Mode mode;
  private final Tree tree;

  /** The end of the input so far: what is no whole chunk, or the only chunk. */
  private final byte[] chunk = new byte[CHUNK_LEN];

  private int chunkLength;
  private byte[] piece = new byte[0];

  private Blake3(Mode mode) {
    this.mode = mode;
    this.tree = new Tree(mode);
  }

  /** Starts a plain hash. */
  public static Blake3 hasher() {
    return new Blake3(Mode.hash());
  }

  /** Starts a hash under a secret key of 32 bytes: a message authentication code. */
  public static Blake3 keyedHasher(byte[] key) {
    return new Blake3(Mode.keyedHash(key));
  }

  /** Starts to derive a key from key material; the context names the one use of the derived key. */
  public static Blake3 keyDeriver(String context) {
    return new Blake3(Mode.deriveKey(context));
  }

  /** The hash of these bytes. */
  public static Hash hash(byte[] input) {
    return hash(input, 0, input.length);
  }

  /** The hash of {@code length} bytes from {@code offset}. */
  public static Hash hash(byte[] input, int offset, int length) {
    return finish(Tree.root(Mode.hash(), input, offset, length));
  }

  /** The hash of these bytes under a key of 32 bytes. */
  public static Hash keyedHash(byte[] key, byte[] input) {
    return finish(Tree.root(Mode.keyedHash(key), input, 0, input.length));
  }

  /** A key of 32 bytes, derived from key material for the use that the context names. */
  public static byte[] deriveKey(String context, byte[] material) {
    return Tree.root(Mode.deriveKey(context), material, 0, material.length).hash();
  }

  /** Takes in these bytes. */
  public Blake3 update(byte[] input) {
    return update(input, 0, input.length);
  }

  /** Takes in {@code length} bytes from {@code offset}. */
  public Blake3 update(byte[] input, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, input.length);
    int at = offset;
    int end = offset + length;
    while (at < end) {
      if (chunkLength == CHUNK_LEN) {
        tree.add(chunk, 0, 1);
        chunkLength = 0;
      }
      if (chunkLength == 0) {
        int whole = tree.wholeChunks(end - at);
        tree.add(input, at, whole);
        at += CHUNK_LEN * whole;
      }
      int count = Math.min(CHUNK_LEN - chunkLength, end - at);
      System.arraycopy(input, at, chunk, chunkLength, count);
      chunkLength += count;
      at += count;
    }
    return this;
  }

  /** Takes in what remains of the buffer and moves its position to its limit. */
  public Blake3 update(ByteBuffer input) {
    if (input.hasArray()) {
      update(input.array(), input.arrayOffset() + input.position(), input.remaining());
      input.position(input.limit());
      return this;
    }
    while (input.hasRemaining()) {
      int count = Math.min(PIECE, input.remaining());
      input.get(piece(count), 0, count);
      update(piece, 0, count);
    }
    return this;
  }

  /** Takes in all bytes of the segment. */
  public Blake3 update(MemorySegment input) {
    if (input.heapBase().orElse(input) instanceof byte[] array) {
      return update(array, (int) input.address(), (int) input.byteSize());
    }
    for (long at = 0; at < input.byteSize(); ) {
      int count = (int) Math.min(PIECE, input.byteSize() - at);
      MemorySegment.copy(input, JAVA_BYTE, at, piece(count), 0, count);
      update(piece, 0, count);
      at += count;
    }
    return this;
  }

  /**
   * Takes in all bytes of the segment, those of a large one on all threads of the pool at once,
   * which have to be allowed to read it. Returns when that is done.
   */
  public Blake3 update(MemorySegment input, ForkJoinPool pool) {
    long fitting = chunkLength == 0 ? Subtrees.fitting(tree.chunks(), input.byteSize()) : 0;
    if (fitting > 0) {
      Subtrees.add(tree, mode, input.asSlice(0, fitting), pool);
    }
    return update(input.asSlice(fitting));
  }

  private byte[] piece(int atLeast) {
    if (piece.length < atLeast) {
      piece = new byte[atLeast];
    }
    return piece;
  }

  /** The hash of everything taken in so far. */
  public Hash finish() {
    return finish(tree.root(chunk, 0, chunkLength));
  }

  /** The extendable output over everything taken in so far; later input does not change it. */
  public Output output() {
    return new Output(tree.root(chunk, 0, chunkLength));
  }

  /** Forgets all input, keeping mode and key. */
  public Blake3 reset() {
    tree.clear();
    chunkLength = 0;
    return this;
  }

  private static Hash finish(Node root) {
    return Hash.of(root.hash());
  }
}
