// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a saved server's own settings say about its archive. */
final class ArchiveSettings {
  private static final String FILE = "postgresql.auto.conf";
  private static final Duration USUAL = Duration.ofSeconds(60);
  private static final Pattern ARCHIVE =
      Pattern.compile("\\s*archive_(command|timeout|library)\\b.*");
  private static final Pattern EVERY =
      Pattern.compile("\\s*archive_timeout\\s*=\\s*'(\\d{1,9})s'\\s*");

  private ArchiveSettings() {}

  /**
   * Takes them out of a copy of the data: it would archive from the moment its recovery ends, in
   * the middle of the original's archive.
   */
  static void remove(Path cluster) throws IOException {
    Path file = cluster.resolve(FILE);
    if (Files.exists(file)) {
      List<String> kept =
          Files.readAllLines(file).stream()
              .filter(line -> !ARCHIVE.matcher(line).matches())
              .toList();
      Path unused = Files.write(file, kept);
      Durably.sync(file);
    }
  }

  /** How old what is not archived might become at most. */
  static Duration every(Path cluster) throws IOException {
    Path file = cluster.resolve(FILE);
    List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
    return lines.stream()
        .map(EVERY::matcher)
        .filter(Matcher::matches)
        .map(found -> Duration.ofSeconds(Long.parseLong(found.group(1))))
        .reduce((_, last) -> last)
        .orElse(USUAL);
  }
}
