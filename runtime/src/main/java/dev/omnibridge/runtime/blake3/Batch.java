// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import static dev.omnibridge.runtime.blake3.Compression.CHUNK_LEN;

import java.util.Objects;

/**
 * Hashes many independent messages at once, which for short ones is several times faster than one
 * after the other. Every hash is the one that {@link Blake3} gives. For use by any threads.
 */
public final class Batch {
  private final Mode mode;

  private Batch(Mode mode) {
    this.mode = mode;
  }

  /** Plain hashes. */
  public static Batch hashing() {
    return new Batch(Mode.hash());
  }

  /** Hashes under one key of 32 bytes. */
  public static Batch keyed(byte[] key) {
    return new Batch(Mode.keyedHash(key));
  }

  /** Keys for the use that the context names, one from each message. */
  public static Batch deriving(String context) {
    return new Batch(Mode.deriveKey(context));
  }

  /** The hashes, 32 bytes each, of messages of one length above 0 that fill the input. */
  public byte[] hashEach(byte[] input, int length) {
    if (length <= 0 || input.length % length != 0) {
      throw new IllegalArgumentException(
          "%d bytes are no messages of %d bytes each".formatted(input.length, length));
    }
    int count = input.length / length;
    byte[] hashes = new byte[Math.multiplyExact(Hash.LENGTH, count)];
    hashEach(input, 0, length, count, hashes, 0);
    return hashes;
  }

  /**
   * Writes the hashes, 32 bytes each, of {@code count} messages of one length, the first of which
   * is at {@code at}. The hashes may go over the messages themselves, from the first one's place
   * on, when the messages are at least 32 bytes long.
   */
  public void hashEach(byte[] input, int at, int length, int count, byte[] hashes, int hashesAt) {
    Objects.checkFromIndexSize(at, Math.multiplyExact(length, count), input.length);
    Objects.checkFromIndexSize(hashesAt, Math.multiplyExact(Hash.LENGTH, count), hashes.length);
    if (length <= CHUNK_LEN) {
      long chunks = (long) length * count / CHUNK_LEN;
      Kernel kernel = count == 1 ? Kernels.scalar() : Kernels.open(chunks);
      kernel.rows(mode, Rows.messages(length), input, at, count, hashes, hashesAt);
      return;
    }
    for (int i = 0; i < count; i++) {
      hashLong(input, at + length * i, length, hashes, hashesAt + Hash.LENGTH * i);
    }
  }

  /**
   * The hashes, 32 bytes each, of messages of any lengths: message i is what lies from {@code
   * bounds[i]} to {@code bounds[i + 1]}.
   */
  public byte[] hashEach(byte[] input, int[] bounds) {
    Messages messages = new Messages(input, bounds);
    byte[] hashes = new byte[Math.multiplyExact(Hash.LENGTH, messages.count())];
    Kernels.open(messages.bytes() / CHUNK_LEN).messages(mode, messages, hashes, 0);
    for (int i = 0; i < messages.count(); i++) {
      if (messages.length(i) > CHUNK_LEN) {
        hashLong(input, messages.start(i), messages.length(i), hashes, Hash.LENGTH * i);
      }
    }
    return hashes;
  }

  private void hashLong(byte[] input, int at, int length, byte[] to, int toAt) {
    byte[] hash = Tree.root(mode, input, at, length).hash();
    System.arraycopy(hash, 0, to, toAt, Hash.LENGTH);
  }
}
