// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import picocli.CommandLine.Option;

/** What verbs take that show a part of much. */
final class PageOptions {
  @Option(
      names = "--limit",
      paramLabel = "COUNT",
      description = "At most so many (default: ${DEFAULT-VALUE}).")
  private int limit = 50;

  @Option(
      names = "--page-token",
      paramLabel = "TOKEN",
      description = "Go on where the same question stopped before.")
  private String token = "";

  void check() {
    check(limit);
  }

  static void check(int limit) {
    if (limit < 1) {
      throw new CliFailure(ExitCode.USAGE, "--limit must be 1 or more, not " + limit + ".");
    }
  }

  /** A page, and the token of the next one; empty at the end. */
  record Page<T>(List<T> items, String next) {}

  /**
   * Asks for one page after the other, with the size and the token of each, until there is as much
   * as is wanted or no more.
   */
  <T> Page<T> read(int mostPerPage, BiFunction<Integer, String, Page<T>> question) {
    var found = new ArrayList<T>();
    String next = token;
    do {
      Page<T> page = question.apply(Math.min(limit - found.size(), mostPerPage), next);
      found.addAll(page.items());
      next = page.next();
    } while (!next.isEmpty() && found.size() < limit);
    return new Page<>(found, next);
  }
}
