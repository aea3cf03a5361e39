// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.rpc;

import dev.omnibridge.api.stamping.v1.StampFormat;
import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.stamping.stamp.RichStamp;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The options of a request, checked and with their defaults. */
record Order(
    String namespace,
    String filePath,
    String contentType,
    String metadata,
    boolean rich,
    boolean wantsText,
    @Nullable UUID runId,
    UUID opId,
    UUID correlationId) {

  private static final String DEFAULT_NAMESPACE = "default";

  static Order from(StampOptions options) {
    boolean rich = options.getFormat() == StampFormat.STAMP_FORMAT_RICH;
    boolean written = rich && options.getReturnStampedContent();
    checkName("INVALID_FILE_PATH", "file_path", options.getFilePath(), written);
    checkName("INVALID_CONTENT_TYPE", "content_type", options.getContentType(), written);
    return new Order(
        namespace(options.getNamespace()),
        options.getFilePath(),
        options.getContentType(),
        ClientMetadata.normal(options.getMetadata()),
        rich,
        options.getReturnStampedContent(),
        options.getRunId().isEmpty() ? null : UUID.fromString(options.getRunId()),
        orNew(options.getOpId()),
        orNew(options.getCorrelationId()));
  }

  /** The namespace that an empty name means. */
  static String namespace(String name) {
    return name.isEmpty() ? DEFAULT_NAMESPACE : name;
  }

  private static UUID orNew(String id) {
    return id.isEmpty() ? UUID.randomUUID() : UUID.fromString(id);
  }

  private static void checkName(String reason, String field, String value, boolean written) {
    if (value.codePoints().anyMatch(Character::isISOControl)) {
      throw Fault.invalidField(
          reason, "options." + field, "%s holds a control character.".formatted(field));
    }
    if (written && !RichStamp.writable(value)) {
      throw Fault.invalidField(
          reason,
          "options." + field,
          "%s cannot be written into a rich stamp: it holds \"-->\", or blanks at an end."
              .formatted(field));
    }
  }
}
