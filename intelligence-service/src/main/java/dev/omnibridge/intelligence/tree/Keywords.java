// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.tree;

import dev.omnibridge.intelligence.similarity.CommonWords;
import dev.omnibridge.intelligence.similarity.Terms;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The words a text is about: those that come most often and are not everybody's. */
final class Keywords {
  private static final int MOST = 40;
  private static final int LOOKED_AT = 16 * 1024;

  private static final Set<String> EVERYBODYS =
      CommonWords.and(
          "has", "have", "its", "long", "boolean", "list", "map", "get", "set", "add", "when",
          "was", "but", "all", "can", "which", "dev", "org", "com", "net", "record", "case",
          "default", "who");

  private Keywords() {}

  static List<String> of(String text) {
    Map<String, Integer> counts = new HashMap<>();
    String part = text.length() <= LOOKED_AT ? text : text.substring(0, LOOKED_AT);
    for (String word : Terms.parts(part)) {
      if (word.length() > 2 && !EVERYBODYS.contains(word) && !Character.isDigit(word.charAt(0))) {
        counts.merge(word, 1, Integer::sum);
      }
    }
    return counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(MOST)
        .map(Map.Entry::getKey)
        .toList();
  }
}
