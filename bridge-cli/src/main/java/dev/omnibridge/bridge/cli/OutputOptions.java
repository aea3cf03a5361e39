// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import picocli.CommandLine.Option;

/** What every verb takes. */
final class OutputOptions {
  static final String OUTPUT = "--output";
  static final String VERBOSE = "--verbose";

  @Option(
      names = {"-o", OUTPUT},
      paramLabel = "FORMAT",
      description = "text for people (default), json for scripts.")
  private Format format = Format.TEXT;

  @Option(
      names = VERBOSE,
      description = "Also show the log, and of a failure its reason, facts and stack trace.")
  private boolean verbose;

  boolean json() {
    return format == Format.JSON;
  }

  boolean verbose() {
    return verbose;
  }
}
