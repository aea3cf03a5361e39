// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the ignore files of a directory and of those above it say: of several lines that fit, the
 * last one of the nearest file decides.
 *
 * @param depth how many names of a path lead to the directory of these patterns
 * @param above the rules of the directories above; null at the top
 */
record IgnoreRules(int depth, List<IgnorePattern> patterns, @Nullable IgnoreRules above) {
  /** Largest ignore file; a larger one is none. */
  private static final int MOST_BYTES = 1024 * 1024;

  private static final String FILE = ".gitignore";

  /** No rules. */
  static final IgnoreRules NONE = new IgnoreRules(0, List.of(), null);

  /** The rules below a directory that is reached by so many names. */
  IgnoreRules into(Path directory, int names) throws IOException {
    return with(directory.resolve(FILE), names);
  }

  /** These rules and, before them, those of one more file. */
  IgnoreRules with(Path file, int names) throws IOException {
    List<IgnorePattern> own = read(file);
    return own.isEmpty() ? this : new IgnoreRules(names, own, this);
  }

  /** The rules of lines, as an ignore file in a directory that so many names lead to has them. */
  static IgnoreRules of(List<String> lines, int names) {
    return new IgnoreRules(names, patterns(lines), null);
  }

  /** True when nothing is ignored, whatever it is. */
  boolean isEmpty() {
    return patterns.isEmpty() && above == null;
  }

  /** True when what is at this path is ignored, once the directories above it are not. */
  boolean ignores(List<String> path, boolean directory) {
    List<String> below = path.subList(depth, path.size());
    for (IgnorePattern pattern : patterns.reversed()) {
      if (pattern.matches(below, directory)) {
        return !pattern.negated();
      }
    }
    return above != null && above.ignores(path, directory);
  }

  private static List<IgnorePattern> read(Path file) throws IOException {
    try {
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > MOST_BYTES) {
        return List.of();
      }
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      return patterns(text.lines().toList());
    } catch (NoSuchFileException vanished) {
      return List.of();
    }
  }

  private static List<IgnorePattern> patterns(List<String> lines) {
    return lines.stream().map(IgnorePattern::parse).filter(Objects::nonNull).toList();
  }
}
