// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
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

  int limit() {
    return limit;
  }

  String token() {
    return token;
  }
}
