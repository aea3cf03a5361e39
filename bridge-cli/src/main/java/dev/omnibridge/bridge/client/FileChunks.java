// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.omnibridge.bridge.files.FileState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The bytes of a file in messages of bounded size; memory does not grow with the file. */
public final class FileChunks {
  /** Bytes of one message. */
  public static final int SIZE = 256 * 1024;

  private static final long SLOWEST_BYTES_PER_SECOND = 256 * 1024;

  private FileChunks() {}

  /** Takes the chunks in order. */
  public interface Taker {
    /** False when no more is wanted. */
    boolean take(ByteString chunk, boolean first);
  }

  /**
   * Hands on every chunk; an empty file has one empty chunk.
   *
   * @throws IOException when it cannot be read to its end, or is not the same before and after
   */
  public static void read(Path file, Taker taker) throws IOException {
    var before = FileState.of(file);
    try (InputStream in = Files.newInputStream(file)) {
      boolean first = true;
      byte[] chunk = in.readNBytes(SIZE);
      while (first || chunk.length > 0) {
        // The array is never written again, so it need not be copied.
        if (!taker.take(UnsafeByteOperations.unsafeWrap(chunk), first)) {
          return;
        }
        first = false;
        chunk = in.readNBytes(SIZE);
      }
      before.requireStill(file);
    }
  }

  /** How long sending so many bytes may take. */
  public static Duration limit(long bytes) {
    return Client.LIMIT.plusSeconds(bytes / SLOWEST_BYTES_PER_SECOND);
  }
}
