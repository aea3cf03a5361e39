// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge;

/** Why the command ends without success: the exit code, and one sentence that says what to do. */
public final class CliFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final ExitCode exit;

  public CliFailure(ExitCode exit, String sentence) {
    super(sentence);
    this.exit = exit;
  }

  public CliFailure(ExitCode exit, String sentence, Throwable cause) {
    super(sentence, cause);
    this.exit = exit;
  }

  /** What the process ends with. */
  public ExitCode exit() {
    return exit;
  }

  /** The one sentence. */
  public String sentence() {
    return String.valueOf(getMessage());
  }
}
