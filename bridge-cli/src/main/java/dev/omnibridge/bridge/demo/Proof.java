// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.demo;

/**
 * One thing that was checked by asking again.
 *
 * @param what was to be proved
 * @param outcome whether it was, or could not be asked
 * @param detail what was found
 */
record Proof(String what, Outcome outcome, String detail) {

  /** How a check ended. */
  enum Outcome {
    PROVED,
    REFUTED,
    NOT_ASKED
  }

  static Proof of(String what, boolean holds, String detail) {
    return new Proof(what, holds ? Outcome.PROVED : Outcome.REFUTED, detail);
  }

  static Proof notAsked(String what, String why) {
    return new Proof(what, Outcome.NOT_ASKED, why);
  }
}
