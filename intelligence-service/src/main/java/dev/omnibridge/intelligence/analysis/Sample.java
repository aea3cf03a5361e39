// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes to look at: the whole content or its first part.
 *
 * @param bytes owned by the sample from now on, never changed
 * @param size of the whole content in bytes; more than {@code bytes} holds when it was cut
 * @param path where the content comes from; only its last segment says something about the type
 */
public record Sample(byte[] bytes, long size, @Nullable String path) {
  /** How much of a content is analysed unless configured otherwise. */
  public static final int DEFAULT_LIMIT = 1 << 20;

  public Sample {
    if (size < bytes.length) {
      throw new IllegalArgumentException(
          "A content of %d bytes cannot have a sample of %d".formatted(size, bytes.length));
    }
  }

  /** The first {@code limit} bytes of a content that is at hand as a whole. */
  public static Sample first(int limit, byte[] content, @Nullable String path) {
    byte[] part = content.length <= limit ? content : Arrays.copyOf(content, limit);
    return new Sample(part, content.length, path);
  }

  /** The bytes as text; null when they are none. */
  public @Nullable String text() {
    if (bytes.length == 0) {
      return "";
    }
    Decoded decoded = Decoded.from(bytes, truncated());
    return decoded == null ? null : decoded.text();
  }

  boolean truncated() {
    return size > bytes.length;
  }

  /** The last segment of the path, empty when there is none. */
  String fileName() {
    if (path == null) {
      return "";
    }
    return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  }
}
