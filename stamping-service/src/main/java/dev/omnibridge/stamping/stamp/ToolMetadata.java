// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.stamping.stamp.Stamp.Stamped;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The O.N.E. tool metadata block: YAML at the top of a text, between two markers. What the suite
 * writes ends with an {@code integrity} section that makes it a stamp; what others write may have
 * none.
 *
 * <p>Only the outline of the YAML is read, by a grammar that never changes, because the hash rule
 * depends on it: keys at the left margin, each with a value behind its colon or on further lines
 * that are indented or begin with a dash.
 *
 * @param fields the values by key, in order, each YAML text that may have several lines
 */
public record ToolMetadata(Map<String, String> fields) implements WrittenStamp {
  static final String START = "=== OmniNode:Tool_Metadata ===";
  static final String END = "=== /OmniNode:Tool_Metadata ===";

  /** The most that the client's fields may take as comments, in bytes; the rest is ours. */
  private static final int MAX_BYTES = 30 * 1024;

  /** The keys that every block has. */
  public static final List<String> REQUIRED =
      List.of(
          "metadata_version", "name", "namespace", "version", "entrypoint", "protocols_supported");

  /** The key that is the suite's own. */
  public static final String INTEGRITY = "integrity";

  private static final Pattern KEY = Pattern.compile("([A-Za-z_][A-Za-z0-9_.-]*):(?: +(.*))?");
  private static final Pattern STATEMENT =
      Pattern.compile(
          "\\n  algorithm: BLAKE3\\n  hash: ([0-9a-f]{64})\\n  stamp_id: ([A-Za-z0-9_-]{1,64})"
              + "\\n  timestamp: (\\S{1,40})");

  /** Keeps the order of the keys. */
  public ToolMetadata {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
  }

  /** The client's fields with the integrity section of a stamp. */
  public static ToolMetadata of(Map<String, String> fields, Stamped stamp) {
    Map<String, String> all = new LinkedHashMap<>(fields);
    all.put(
        INTEGRITY,
        "\n  algorithm: BLAKE3\n  hash: %s\n  stamp_id: %s\n  timestamp: %s"
            .formatted(stamp.key().fileHash(), stamp.id(), stamp.createdAt()));
    return new ToolMetadata(all);
  }

  /** True when a block of these fields is not longer than what is read as a stamp. */
  public static boolean fits(Map<String, String> fields) {
    // The widest comments, and a CR LF.
    int[] lines =
        new ToolMetadata(fields)
            .render(CommentStyle.HTML)
            .lines()
            .mapToInt(line -> line.getBytes(UTF_8).length + 2)
            .toArray();
    return IntStream.of(lines).allMatch(line -> line <= StampStripper.MAX_LINE)
        && IntStream.of(lines).sum() <= MAX_BYTES;
  }

  /** The required keys that are not there, or have no value. */
  public static List<String> missing(Map<String, String> fields) {
    return REQUIRED.stream().filter(key -> isEmpty(fields.getOrDefault(key, ""))).toList();
  }

  private static boolean isEmpty(String value) {
    return List.of("", "null", "~", "\"\"", "''", "[]", "{}").contains(value.strip());
  }

  @Override
  public String uid() {
    Matcher statement = statement();
    return statement.matches() ? statement.group(2) : "";
  }

  @Override
  public @Nullable Hash hash() {
    Matcher statement = statement();
    return statement.matches() ? Hash.parse(statement.group(1)) : null;
  }

  private Matcher statement() {
    return STATEMENT.matcher(fields.getOrDefault(INTEGRITY, ""));
  }

  @Override
  public CommentStyle usual() {
    return CommentStyle.HASH;
  }

  @Override
  public String render(CommentStyle style) {
    List<String> lines = new ArrayList<>();
    lines.add(START);
    fields.forEach((key, value) ->
        (key + ":" + (value.isEmpty() || value.startsWith("\n") ? "" : " ") + value)
            .lines()
            .forEach(lines::add));
    lines.add(END);
    return String.join("\n", lines.stream().map(style::wrap).toList());
  }

  /** The block made of these lines, or null when they are no such outline. */
  static @Nullable ToolMetadata parse(List<String> body) {
    Map<String, StringBuilder> values = new LinkedHashMap<>();
    @Nullable StringBuilder value = null;
    for (String line : body) {
      Matcher start = KEY.matcher(line);
      boolean goesOn = line.isBlank() || line.startsWith(" ") || line.startsWith("- ");
      if (start.matches()) {
        value = new StringBuilder(start.group(2) == null ? "" : start.group(2).stripTrailing());
        if (values.putIfAbsent(start.group(1), value) != null) {
          return null;
        }
      } else if (goesOn && value != null) {
        value.append('\n').append(line);
      } else if (!line.isBlank()) {
        return null;
      }
    }
    Map<String, String> fields = new LinkedHashMap<>();
    values.forEach((key, text) -> fields.put(key, text.toString()));
    var block = new ToolMetadata(fields);
    boolean stated = fields.containsKey(INTEGRITY);
    return stated && block.hash() == null ? null : block;
  }
}
