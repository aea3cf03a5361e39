// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.fold;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** The type under which a file is counted: its extension, else its media type, else "unknown". */
final class FileTypes {
  static final String UNKNOWN = "unknown";
  private static final int LONGEST_EXTENSION = 16;
  private static final int LONGEST_MEDIA_TYPE = 100;

  private FileTypes() {}

  static String of(JsonNode stamp) {
    String extension = extension(text(stamp.path("file_path")));
    if (!extension.isEmpty()) {
      return extension;
    }
    String mediaType = mediaType(text(stamp.path("content_type")));
    return mediaType.isEmpty() ? UNKNOWN : mediaType;
  }

  private static String text(JsonNode value) {
    return value.isTextual() ? value.textValue() : "";
  }

  /**
   * Empty for a name that begins with its only dot, and for what does not look like an extension.
   */
  private static String extension(String path) {
    String name = path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
    int dot = name.lastIndexOf('.');
    String extension = name.substring(dot + 1).toLowerCase(Locale.ROOT);
    boolean usable =
        dot > 0
            && !extension.isEmpty()
            && extension.length() <= LONGEST_EXTENSION
            && extension.chars().allMatch(FileTypes::inExtension);
    return usable ? extension : "";
  }

  private static boolean inExtension(int c) {
    return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '+';
  }

  /** Without parameters such as charset. */
  private static String mediaType(String contentType) {
    int parameters = contentType.indexOf(';');
    String type = parameters < 0 ? contentType : contentType.substring(0, parameters);
    String plain = type.strip().toLowerCase(Locale.ROOT);
    return plain.length() <= LONGEST_MEDIA_TYPE ? plain : "";
  }
}
