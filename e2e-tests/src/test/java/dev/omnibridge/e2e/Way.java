// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import dev.omnibridge.testkit.Thresholds;

/** How the services of a deployment run. */
enum Way {
  /** All five in the JVM of the tests, on servers of their own, as `./bridge up` does. */
  ONE_PROCESS("one process"),
  /** Each as a process of its own, from the jar that users deploy. */
  FIVE_PROCESSES("five processes");

  private final String words;

  Way(String words) {
    this.words = words;
  }

  /**
   * A collection for one test, which is judged by it alone; the run's report has what is measured
   * into it among the figures of this way.
   */
  Thresholds figures() {
    return Thresholds.ofThisRun(words).part();
  }

  @Override
  public String toString() {
    return words;
  }
}
