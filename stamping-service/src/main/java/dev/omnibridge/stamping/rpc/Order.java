// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.rpc;

import dev.omnibridge.api.stamping.v1.StampFormat;
import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.stamping.stamp.Digests;
import dev.omnibridge.stamping.stamp.StampType;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The options of a request, checked and with their defaults.
 *
 * @param declaredSize the size that the content must have; null: any
 * @param expected the content hash that it must have; null: any
 */
record Order(
    String namespace,
    String filePath,
    String contentType,
    String metadata,
    StampType form,
    boolean wantsStamp,
    @Nullable Long declaredSize,
    @Nullable Hash expected,
    @Nullable UUID runId,
    UUID opId,
    UUID correlationId) {

  private static final String DEFAULT_NAMESPACE = "default";

  static Order from(StampOptions options) {
    StampType form = form(options.getFormat());
    checkName("INVALID_FILE_PATH", "file_path", options.getFilePath());
    checkName("INVALID_CONTENT_TYPE", "content_type", options.getContentType());
    return new Order(
        namespace(options.getNamespace()),
        options.getFilePath(),
        options.getContentType(),
        ClientMetadata.normal(options.getMetadata()),
        form,
        options.getReturnStampedContent(),
        options.hasDeclaredSize() ? options.getDeclaredSize() : null,
        Hashes.parseIfGiven("options.expected_content_hash", options.getExpectedContentHash()),
        options.getRunId().isEmpty() ? null : UUID.fromString(options.getRunId()),
        orNew(options.getOpId()),
        orNew(options.getCorrelationId()));
  }

  private static StampType form(StampFormat format) {
    return switch (format) {
      case STAMP_FORMAT_UNSPECIFIED, STAMP_FORMAT_LIGHTWEIGHT, UNRECOGNIZED ->
          StampType.LIGHTWEIGHT;
      case STAMP_FORMAT_RICH -> StampType.RICH;
      case STAMP_FORMAT_HASH_ONLY -> StampType.HASH_ONLY;
      case STAMP_FORMAT_TOOL_METADATA -> StampType.TOOL_METADATA;
      case STAMP_FORMAT_DETACHED -> StampType.DETACHED;
    };
  }

  /** The namespace that an empty name means. */
  static String namespace(String name) {
    return name.isEmpty() ? DEFAULT_NAMESPACE : name;
  }

  /** True when the stamp is to be written into the content. */
  boolean wantsText() {
    return wantsStamp && form != StampType.DETACHED;
  }

  /** The declared size, or 0 when there is none. */
  long announced() {
    return declaredSize == null ? 0 : declaredSize;
  }

  /** Fails with INVALID when the content is not the one that was announced. */
  void check(Digests digests) {
    if (declaredSize != null && declaredSize != digests.size()) {
      throw wrongSize(Long.toString(digests.size()));
    }
    if (expected != null && !expected.equals(digests.contentHash())) {
      throw Fault.invalidField(
              "HASH_MISMATCH",
              "options.expected_content_hash",
              "The content does not have the hash that was expected; nothing is recorded.")
          .with("content_hash", digests.contentHash());
    }
  }

  /** INVALID (SIZE_MISMATCH). */
  Fault wrongSize(String actual) {
    return Fault.invalidField(
            "SIZE_MISMATCH",
            "options.declared_size",
            "The content does not have the size that was declared; nothing is recorded.")
        .with("declared_size", String.valueOf(declaredSize))
        .with("size", actual);
  }

  private static UUID orNew(String id) {
    return id.isEmpty() ? UUID.randomUUID() : UUID.fromString(id);
  }

  private static void checkName(String reason, String field, String value) {
    if (value.codePoints().anyMatch(Character::isISOControl)) {
      throw Fault.invalidField(
          reason, "options." + field, "%s holds a control character.".formatted(field));
    }
  }
}
