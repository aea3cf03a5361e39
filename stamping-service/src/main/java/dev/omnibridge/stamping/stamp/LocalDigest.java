// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.stamping.stamp.Digests.Nature;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Both digests of a file that lies in memory or is mapped into it: the same as {@link FileDigest}
 * gives, for most files in the time of one hash. A text that the rule only shortens at its end is
 * hashed once: up to there for the file hash, and on to its end for the content hash.
 */
public final class LocalDigest {
  private static final int SLICE = 64 * 1024;

  private LocalDigest() {}

  /** Hashes bytes that lie in memory, perhaps on several cores. */
  public interface Hashing {
    /** Takes in all bytes of the segment. */
    void update(Blake3 hasher, MemorySegment bytes);
  }

  /** The digests of all bytes of the segment, made with a hasher that has taken in nothing. */
  public static Digests of(MemorySegment file, Blake3 hasher, Hashing hashing) {
    return switch (PlainScan.of(file)) {
      case BINARY -> noText(file, hasher, hashing, Nature.BINARY);
      case NOT_UTF8 -> noText(file, hasher, hashing, Nature.NOT_UTF8);
      case PLAIN -> plain(file, hasher, hashing);
      case OTHER -> other(file);
    };
  }

  private static Digests noText(MemorySegment file, Blake3 hasher, Hashing hashing, Nature nature) {
    hashing.update(hasher, file);
    Hash content = hasher.finish();
    return new Digests(content, content, file.byteSize(), nature);
  }

  private static Digests plain(MemorySegment file, Blake3 hasher, Hashing hashing) {
    long end = PlainScan.endOfText(file);
    hashing.update(hasher, file.asSlice(0, end));
    Hash text = hasher.finish();
    hashing.update(hasher, file.asSlice(end));
    return new Digests(hasher.finish(), text, file.byteSize(), Nature.TEXT);
  }

  private static Digests other(MemorySegment file) {
    var digest = new FileDigest();
    byte[] slice = new byte[(int) Math.min(SLICE, file.byteSize())];
    for (long at = 0; at < file.byteSize(); at += slice.length) {
      int length = (int) Math.min(slice.length, file.byteSize() - at);
      MemorySegment.copy(file, ValueLayout.JAVA_BYTE, at, slice, 0, length);
      digest.update(slice, 0, length);
    }
    return digest.finish();
  }
}
