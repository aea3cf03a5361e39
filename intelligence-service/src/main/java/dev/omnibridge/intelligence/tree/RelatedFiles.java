// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.tree;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the files that belong with a file: what it imports or links, its test or what it tests, and
 * its header or implementation. Every reference is looked up by name, so the whole is linear.
 */
final class RelatedFiles {
  /** Most related files of one. */
  static final int MOST = 20;

  /** A name that so many files have says nothing. */
  private static final int AMBIGUOUS = 12;

  private static final List<String> TEST_ENDINGS =
      List.of("Test", "IT", "Tests", "Spec", "_test", "_spec", "Benchmark");

  private final Map<String, TreeFile> byPath = new HashMap<>();
  private final Map<String, List<TreeFile>> byStem = new HashMap<>();

  RelatedFiles(Collection<TreeFile> files) {
    for (TreeFile file : files) {
      byPath.put(file.path(), file);
      byStem.computeIfAbsent(file.stem(), _ -> new ArrayList<>()).add(file);
    }
  }

  List<String> of(TreeFile file) {
    Set<String> related = new LinkedHashSet<>();
    tests(file, related);
    siblings(file, related);
    for (String reference : file.facts().references()) {
      if (related.size() >= MOST) {
        break;
      }
      referenced(file, reference, related);
    }
    related.remove(file.path());
    return related.stream().limit(MOST).toList();
  }

  private void tests(TreeFile file, Set<String> related) {
    String stem = file.stem();
    for (String ending : TEST_ENDINGS) {
      named(stem + ending, file, related);
      if (stem.endsWith(ending) && stem.length() > ending.length()) {
        named(stem.substring(0, stem.length() - ending.length()), file, related);
      }
    }
    named("test_" + stem, file, related);
    if (stem.startsWith("test_")) {
      named(stem.substring(5), file, related);
    }
  }

  private void named(String stem, TreeFile file, Set<String> related) {
    List<TreeFile> found = byStem.getOrDefault(stem, List.of());
    if (found.size() <= AMBIGUOUS) {
      found.stream()
          .filter(other -> other.extension().equals(file.extension()))
          .forEach(other -> related.add(other.path()));
    }
  }

  /** The same name with another ending in the same directory. */
  private void siblings(TreeFile file, Set<String> related) {
    List<TreeFile> found = byStem.getOrDefault(file.stem(), List.of());
    if (found.size() <= AMBIGUOUS) {
      found.stream()
          .filter(other -> other.directory().equals(file.directory()))
          .forEach(other -> related.add(other.path()));
    }
  }

  private void referenced(TreeFile file, String reference, Set<String> related) {
    String clean = withoutAnchor(reference);
    if (clean.isEmpty()) {
      return;
    }
    if (addIfThere(resolved(file.directory(), clean), related) || addIfThere(clean, related)) {
      return;
    }
    bySuffix(clean, file, related);
  }

  private static String withoutAnchor(String reference) {
    int end = reference.indexOf('#');
    return (end < 0 ? reference : reference.substring(0, end)).strip();
  }

  private boolean addIfThere(String path, Set<String> related) {
    TreeFile found = byPath.get(path);
    if (found != null) {
      related.add(found.path());
    }
    return found != null;
  }

  /** A relative path from a directory; the reference itself when it leads outside. */
  private static String resolved(String directory, String reference) {
    List<String> parts = new ArrayList<>();
    if (!directory.equals(Node.ROOT)) {
      parts.addAll(List.of(directory.split("/")));
    }
    for (String part : reference.split("/")) {
      if (part.equals("..")) {
        if (parts.isEmpty()) {
          return reference;
        }
        parts.removeLast();
      } else if (!part.equals(".") && !part.isEmpty()) {
        parts.add(part);
      }
    }
    return String.join("/", parts);
  }

  /** "a.b.Name", "a/b/name" and "./name" mean the file of that name whose path ends so. */
  private void bySuffix(String reference, TreeFile file, Set<String> related) {
    String slashed = reference.contains("/") ? reference : dotted(reference);
    String[] parts = slashed.split("/");
    for (int last = parts.length; last > Math.max(0, parts.length - 3); last--) {
      String stem = stem(parts[last - 1]);
      List<TreeFile> found = byStem.getOrDefault(stem, List.of());
      String parent = last > 1 ? parts[last - 2] : "";
      for (TreeFile other : found.size() <= AMBIGUOUS ? found : List.<TreeFile>of()) {
        boolean fits =
            parent.isEmpty()
                || parent.equals("..")
                || parent.equals(".")
                || other.directory().endsWith(parent);
        if (fits && alike(file, other)) {
          related.add(other.path());
          return;
        }
      }
    }
  }

  private static String dotted(String reference) {
    return reference.replace("::", "/").replace('.', '/');
  }

  private static String stem(String part) {
    int dot = part.indexOf('.', 1);
    return dot < 0 ? part : part.substring(0, dot);
  }

  private static boolean alike(TreeFile file, TreeFile other) {
    return file.extension().equals(other.extension())
        || file.facts().language().equals(other.facts().language())
        || Set.of("h", "hpp", "proto", "md").contains(other.extension());
  }
}
