// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Collects what a text refers to, each target once, in the order of first mention. */
final class References {
  /** Further targets are counted, not kept. */
  static final int KEPT = 200;

  private static final int LONGEST_TARGET = 512;

  private record Key(Relationship.Kind kind, String target) {}

  private final Map<Key, int[]> found = new LinkedHashMap<>();
  private final Set<String> lastTargets = new HashSet<>();
  private int lastLine;

  void add(Relationship.Kind kind, String target, int line) {
    String clean = withoutUser(target.strip());
    if (clean.isEmpty() || clean.length() > LONGEST_TARGET) {
      return;
    }
    if (line != lastLine) {
      lastTargets.clear();
      lastLine = line;
    }
    if (lastTargets.size() < KEPT) {
      lastTargets.add(clean);
    }
    var key = new Key(kind, clean);
    int[] lineAndCount = found.get(key);
    if (lineAndCount != null) {
      lineAndCount[1]++;
    } else if (found.size() < KEPT) {
      found.put(key, new int[] {line, 1});
    }
  }

  /** A user and password in an address stay out of what is told about it. */
  private static String withoutUser(String target) {
    int scheme = target.indexOf("://");
    int sign = scheme < 0 ? -1 : target.indexOf('@', scheme);
    int slash = scheme < 0 ? -1 : target.indexOf('/', scheme + 3);
    boolean user = sign > 0 && (slash < 0 || sign < slash);
    return user ? target.substring(0, scheme + 3) + target.substring(sign + 1) : target;
  }

  /** Adds a target unless this line has named it already. */
  void addOnce(Relationship.Kind kind, String target, int line) {
    if (line != lastLine || !lastTargets.contains(withoutUser(target))) {
      add(kind, target, line);
    }
  }

  List<Relationship> toList() {
    var list = new ArrayList<Relationship>();
    found.forEach(
        (key, seen) -> list.add(new Relationship(key.kind(), key.target(), seen[0], seen[1])));
    return List.copyOf(list);
  }
}
