// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import static dev.omnibridge.runtime.blake3.Compression.CHUNK_LEN;
import static dev.omnibridge.runtime.blake3.Compression.DERIVE_KEY_CONTEXT;
import static dev.omnibridge.runtime.blake3.Compression.DERIVE_KEY_MATERIAL;
import static dev.omnibridge.runtime.blake3.Compression.KEYED_HASH;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A BLAKE3 hash in the making. Input may come in any pieces; the hash depends only on the bytes.
 * Finishing changes nothing, so more input may follow. Memory stays below 4 KiB whatever the
 * length. Not for use by several threads.
 */
public final class Blake3 {
  /** The number of bytes of a key. */
  public static final int KEY_LENGTH = Hash.LENGTH;

  private final Tree tree;

  /**
   * The last chunk so far, held back because only the end of the input shows whether it is the
   * root.
   */
  private final byte[] chunk = new byte[CHUNK_LEN];

  private int chunkLength;

  private Blake3(int[] key, int flags) {
    this.tree = new Tree(key, flags);
  }

  /** Starts a plain hash. */
  public static Blake3 hasher() {
    return new Blake3(Compression.iv(), 0);
  }

  /** Starts a hash under a secret key of 32 bytes: a message authentication code. */
  public static Blake3 keyedHasher(byte[] key) {
    return new Blake3(words(key), KEYED_HASH);
  }

  /** Starts to derive a key from key material; the context names the one use of the derived key. */
  public static Blake3 keyDeriver(String context) {
    return new Blake3(contextKey(context), DERIVE_KEY_MATERIAL);
  }

  /** The hash of these bytes. */
  public static Hash hash(byte[] input) {
    return hash(input, 0, input.length);
  }

  /** The hash of {@code length} bytes from {@code offset}. */
  public static Hash hash(byte[] input, int offset, int length) {
    return finish(root(Compression.iv(), 0, input, offset, length));
  }

  /** The hash of these bytes under a key of 32 bytes. */
  public static Hash keyedHash(byte[] key, byte[] input) {
    return finish(root(words(key), KEYED_HASH, input, 0, input.length));
  }

  /** A key of 32 bytes, derived from key material for the use that the context names. */
  public static byte[] deriveKey(String context, byte[] material) {
    Node root = root(contextKey(context), DERIVE_KEY_MATERIAL, material, 0, material.length);
    return finish(root).bytes();
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
      closeFullChunk();
      if (chunkLength == 0) {
        at = addWholeChunks(tree, input, at, end);
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
      closeFullChunk();
      int count = Math.min(CHUNK_LEN - chunkLength, input.remaining());
      input.get(chunk, chunkLength, count);
      chunkLength += count;
    }
    return this;
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

  private void closeFullChunk() {
    if (chunkLength == CHUNK_LEN) {
      tree.add(chunk, 0);
      chunkLength = 0;
    }
  }

  /** Adds chunks straight from the input while more than one is left; returns where the rest is. */
  private static int addWholeChunks(Tree tree, byte[] input, int from, int end) {
    int at = from;
    for (; end - at > CHUNK_LEN; at += CHUNK_LEN) {
      tree.add(input, at);
    }
    return at;
  }

  private static Node root(int[] key, int flags, byte[] input, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, input.length);
    Tree tree = new Tree(key, flags);
    int end = offset + length;
    int tail = addWholeChunks(tree, input, offset, end);
    return tree.root(input, tail, end - tail);
  }

  private static Hash finish(Node root) {
    return Hash.of(new Output(root).read(Hash.LENGTH));
  }

  private static int[] contextKey(String context) {
    byte[] bytes = context.getBytes(UTF_8);
    Node root = root(Compression.iv(), DERIVE_KEY_CONTEXT, bytes, 0, bytes.length);
    return words(finish(root).bytes());
  }

  private static int[] words(byte[] key) {
    if (key.length != KEY_LENGTH) {
      throw new IllegalArgumentException(
          "A key has %d bytes, not %d".formatted(KEY_LENGTH, key.length));
    }
    int[] words = new int[KEY_LENGTH / Integer.BYTES];
    for (int i = 0; i < words.length; i++) {
      words[i] = Compression.word(key, Integer.BYTES * i);
    }
    return words;
  }
}
