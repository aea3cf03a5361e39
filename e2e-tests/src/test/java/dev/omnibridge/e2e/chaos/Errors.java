// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What processes logged as errors of theirs, for a report that outlives their logs. */
final class Errors {
  private static final int MOST_LINES = 40;
  private static final int WITH_EACH = 12;
  private static final Pattern ENTRY = Pattern.compile("\\d{4}-\\S+ (\\S+ .*)");

  private Errors() {}

  /** Of all logs in a directory, each error once, with the beginning of its trace. */
  static List<String> in(Path directory) throws IOException {
    List<Path> logs;
    try (Stream<Path> all = Files.list(directory)) {
      logs = all.filter(file -> file.toString().endsWith(".log")).sorted().toList();
    }
    var lines = new ArrayList<String>();
    for (Path log : logs) {
      read(log, lines);
    }
    return lines;
  }

  /** Two errors are the same when they say the same and have the same cause. */
  private static void read(Path log, List<String> into) throws IOException {
    List<String> lines = new String(Files.readAllBytes(log), UTF_8).lines().toList();
    var errors = new ArrayList<String>();
    var seen = new HashSet<String>();
    int follow = 0;
    for (int i = 0; i < lines.size() && errors.size() < MOST_LINES; i++) {
      String line = lines.get(i);
      Matcher entry = ENTRY.matcher(line);
      if (entry.matches()) {
        String cause = i + 1 < lines.size() ? lines.get(i + 1) : "";
        boolean told = line.contains(" ERROR ") && seen.add(entry.group(1) + cause);
        follow = told ? 1 + WITH_EACH : 0;
      }
      if (follow-- > 0) {
        errors.add("  " + line);
      }
    }
    if (!errors.isEmpty()) {
      into.add(log.getFileName() + ":");
      into.addAll(errors);
    }
  }
}
