// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.index;

import org.jspecify.annotations.Nullable;

/** What the index can be told about a content. */
public sealed interface Change {
  /** BLAKE3 of the content, 64 hex digits. */
  String contentHash();

  /** It was stamped; features are null when its text is not at hand. */
  record Stamped(
      String namespace,
      String contentHash,
      String fileHash,
      String path,
      @Nullable Features features)
      implements Change {}

  /** Somebody had it analysed; that does not make it a stamped one. */
  record Seen(String namespace, String contentHash, String path, Features features)
      implements Change {}

  /** The model has made its vector; null when it cannot, because the content is not at hand. */
  record Embedded(String contentHash, float @Nullable [] vector) implements Change {}
}
