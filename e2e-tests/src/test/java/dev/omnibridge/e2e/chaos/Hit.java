// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

/**
 * A fault that was done, and what it found.
 *
 * @param served whether its target served just before
 * @param connections open at its target's entrance just before
 * @param sprung whether a connection was cut in the middle; of cuts only
 */
record Hit(Fault fault, boolean served, int connections, boolean sprung) {

  /** Whether there was something to strike. */
  boolean struck() {
    return served
        && switch (fault.kind()) {
          case KILL, RESTART, PAUSE, REFUSE, SWALLOW -> true;
          case STRAND, CUT -> connections > 0;
        };
  }
}
