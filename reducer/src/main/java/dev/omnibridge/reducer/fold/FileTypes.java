// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.fold;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map.Entry;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The type under which a file is counted: its extension, else its media type, else "unknown".
 *
 * <p>Tenants choose these names, and a state has to fit its row of 1 MiB: so a name is of ASCII and
 * of at most 100 characters, none of which JSON escapes, and a namespace has at most 1,000 of them,
 * 124 kB with their counts, besides "unknown" and "other". Which of more these are depends on the
 * names alone: whatever belongs to the first thousand of all has belonged to those of fewer ever
 * since it came, so its count is right, and neither the order of events nor how far a state had
 * been folded before matters. Only a state that was stored with more than 10,000, when those that
 * came last were "other", goes on from that split of the same total.
 */
final class FileTypes {
  static final int MOST = 1_000;

  private static final String UNKNOWN = "unknown";
  private static final String OTHER = "other";
  private static final Set<String> NO_TYPES = Set.of(UNKNOWN, OTHER);
  private static final int LONGEST_EXTENSION = 16;
  private static final int LONGEST = 100;

  /** The letters of RFC 6838, 4.2; the second half is missing in an extension. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9!#$&^_.+-]+(/[a-z0-9!#$&^_.+-]+)?");

  /** What begins with a digit goes first, for it is mostly a number; then the longer one. */
  private static final Comparator<String> KEPT_FIRST =
      Comparator.<String, Boolean>comparing(type -> Character.isDigit(type.charAt(0)))
          .thenComparing(String::length)
          .thenComparing(Comparator.naturalOrder());

  private FileTypes() {}

  static String of(JsonNode stamp) {
    String extension = extension(text(stamp.path("file_path")));
    return extension.isEmpty() ? mediaType(text(stamp.path("content_type"))) : extension;
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
    return counted(type.strip().toLowerCase(Locale.ROOT));
  }

  /** The name itself if it may be one. */
  private static String counted(String name) {
    return name.length() <= LONGEST && NAME.matcher(name).matches() ? name : UNKNOWN;
  }

  /** The counts of a stored state, which may be from before names had to be like these. */
  static SortedMap<String, Long> stored(JsonNode json) {
    var types = new TreeMap<String, Long>();
    json.properties()
        .forEach(type -> types.merge(counted(type.getKey()), type.getValue().asLong(), Long::sum));
    return types;
  }

  /** The same files under at most so many types: those of the rest count as "other". */
  static SortedMap<String, Long> bounded(SortedMap<String, Long> types) {
    var kept = new TreeMap<>(types);
    if (types.size() - NO_TYPES.stream().filter(types::containsKey).count() <= MOST) {
      return kept;
    }
    types.entrySet().stream()
        .filter(type -> !NO_TYPES.contains(type.getKey()))
        .sorted(Entry.comparingByKey(KEPT_FIRST))
        .skip(MOST)
        .forEach(type -> {
          kept.remove(type.getKey());
          kept.merge(OTHER, type.getValue(), Long::sum);
        });
    return kept;
  }
}
