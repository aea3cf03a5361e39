// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import static java.util.stream.Collectors.joining;

import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.stamping.stamp.Stamp.Stamped;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A stamp of several lines at the end, between two markers. In HTML the lines between them are one
 * comment; in every other language each line is one.
 *
 * @param filePath as it is written: without control characters and without the end of a comment
 */
public record RichStamp(
    String uid,
    Hash hash,
    Instant at,
    String protocolVersion,
    String filePath,
    long fileSize,
    String contentType)
    implements WrittenStamp {

  static final String START = "ONEX_METADATA_START";
  static final String END = "ONEX_METADATA_END";

  private static final String PROTOCOL_VERSION = "1.0";
  private static final String TITLE = "ONEX Metadata Stamp";
  private static final String OPEN = "<!-- " + TITLE;
  private static final String CLOSE = "-->";
  private static final String INTEGRITY = "integrity:";
  private static final Set<String> FIELDS =
      Set.of(
          "uid", "hash", "timestamp", "protocol_version", "file_path", "file_size", "content_type");

  /** Refuses what could not be read back. */
  public RichStamp {
    if (!writable(protocolVersion) || !writable(filePath) || !writable(contentType)) {
      throw new IllegalArgumentException(
          "A stamp holds no control characters, no blanks at the ends of a value and no end of a comment");
    }
  }

  /** True when a value can stand on a line of the stamp. */
  private static boolean writable(String value) {
    return value.equals(value.strip())
        && !value.contains(CLOSE)
        && !value.contains("*/")
        && value.codePoints().noneMatch(Character::isISOControl);
  }

  /** The lines for a stamp, about its newest revision. */
  public static RichStamp of(Stamped stamp) {
    Artifact newest = stamp.newest();
    return new RichStamp(
        stamp.id().toString(),
        stamp.key().fileHash(),
        stamp.createdAt(),
        PROTOCOL_VERSION,
        written(newest.filePath()),
        newest.size(),
        written(newest.contentType()));
  }

  /**
   * A value as it can stand in every comment: as a JSON string where it cannot as it is. In Java, a
   * backslash may begin another character even there, unless it is doubled.
   */
  private static String written(String value) {
    boolean plain = !value.startsWith("\"") && value.indexOf('\\') < 0;
    if (plain && writable(value) && CommentStyle.endsNone(value)) {
      return value;
    }
    var text = new StringBuilder("\"");
    for (char c : value.toCharArray()) {
      text.append(
          switch (c) {
            case '"', '\\' -> "\\" + c;
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            default -> c < ' ' ? "\\u%04x".formatted((int) c) : String.valueOf(c);
          });
    }
    return CommentStyle.endingNone(text.append('"').toString());
  }

  @Override
  public CommentStyle usual() {
    return CommentStyle.HTML;
  }

  @Override
  public String render(CommentStyle style) {
    String body = body();
    String comments =
        style == CommentStyle.HTML
            ? OPEN + body + "\n" + CLOSE
            : (TITLE + body).lines().map(style::wrap).collect(joining("\n"));
    return style.wrap(START) + "\n" + comments + "\n" + style.wrap(END);
  }

  private String body() {
    return """

      uid: %s
      hash: %s
      timestamp: %s
      protocol_version: %s
      file_path: %s
      file_size: %d
      content_type: %s
      integrity:
        algorithm: BLAKE3
        hash: %2$s\
    """
        .formatted(uid, hash, at, protocolVersion, filePath, fileSize, contentType);
  }

  /**
   * The stamp made of the lines between the markers, or null when they are none.
   *
   * @param body what the comments say, or in HTML the lines as they are
   */
  static @Nullable RichStamp parse(List<String> body) {
    Map<String, String> fields = new HashMap<>();
    Map<String, String> integrity = new HashMap<>();
    boolean inIntegrity = false;
    for (String line : body) {
      String text = line.strip();
      if (text.equals(OPEN) || text.equals(CLOSE) || text.equals(TITLE)) {
        continue;
      }
      if (text.equals(INTEGRITY) && !inIntegrity) {
        inIntegrity = true;
      } else if (!take(text, inIntegrity ? integrity : fields)) {
        return null;
      }
    }
    return isSound(fields, integrity, inIntegrity) ? from(fields) : null;
  }

  private static boolean take(String line, Map<String, String> into) {
    int colon = line.indexOf(':');
    return colon > 0
        && into.put(line.substring(0, colon), line.substring(colon + 1).strip()) == null;
  }

  /** No unknown field, and an integrity section, if any, that says the same. */
  private static boolean isSound(
      Map<String, String> fields, Map<String, String> integrity, boolean hasIntegrity) {
    return FIELDS.containsAll(fields.keySet())
        && fields.values().stream().allMatch(RichStamp::writable)
        && (!hasIntegrity
            || integrity.equals(
                Map.of("algorithm", "BLAKE3", "hash", fields.getOrDefault("hash", ""))));
  }

  private static @Nullable RichStamp from(Map<String, String> fields) {
    String uid = fields.getOrDefault("uid", "");
    String hash = fields.getOrDefault("hash", "");
    String size = fields.getOrDefault("file_size", "0");
    Instant at = Timestamps.parse(fields.getOrDefault("timestamp", ""));
    if (at == null
        || !uid.matches("[A-Za-z0-9_-]{1,64}")
        || !hash.matches("[0-9a-f]{64}")
        || !size.matches("[0-9]{1,18}")) {
      return null;
    }
    return new RichStamp(
        uid,
        Hash.parse(hash),
        at,
        fields.getOrDefault("protocol_version", ""),
        fields.getOrDefault("file_path", ""),
        Long.parseLong(size),
        fields.getOrDefault("content_type", ""));
  }
}
