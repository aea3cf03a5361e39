// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import java.util.function.Supplier;

/**
 * Proofs that are well-formed and do not hold: that is what was asked, so the command ends as it
 * does for a file that differs, and not as for bad input.
 */
final class Unproven {
  private static final String BAD_INPUT = "_MALFORMED";

  private Unproven() {}

  /** Checks something; a fault keeps its reason and its sentence. */
  static <T> T told(Supplier<T> check) {
    try {
      return check.get();
    } catch (Fault fault) {
      if (fault.kind() != Kind.INVALID || fault.reason().endsWith(BAD_INPUT)) {
        throw fault;
      }
      throw new CliFailure(ExitCode.FAILED, fault.sentence(), fault);
    }
  }
}
