// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.store;

import com.google.protobuf.ByteOutput;
import dev.omnibridge.stamping.stamp.FileDigest;
import java.nio.ByteBuffer;

/** Hands the bytes of a message to a digest as they lie in memory. */
final class Feed extends ByteOutput {
  /** What is hashed twice stays in the processor's cache in between. */
  private static final int SLICE = 128 * 1024;

  private final FileDigest digest;

  Feed(FileDigest digest) {
    this.digest = digest;
  }

  @Override
  public void write(byte value) {
    writeLazy(new byte[] {value}, 0, 1);
  }

  @Override
  public void write(byte[] value, int offset, int length) {
    writeLazy(value, offset, length);
  }

  @Override
  public void writeLazy(byte[] value, int offset, int length) {
    for (int at = 0; at < length; at += SLICE) {
      digest.update(value, offset + at, Math.min(SLICE, length - at));
    }
  }

  @Override
  public void write(ByteBuffer value) {
    writeLazy(value);
  }

  @Override
  public void writeLazy(ByteBuffer value) {
    if (value.hasArray()) {
      writeLazy(value.array(), value.arrayOffset() + value.position(), value.remaining());
      return;
    }
    byte[] slice = new byte[Math.min(SLICE, value.remaining())];
    while (value.hasRemaining()) {
      int length = Math.min(slice.length, value.remaining());
      value.get(slice, 0, length);
      digest.update(slice, 0, length);
    }
  }
}
