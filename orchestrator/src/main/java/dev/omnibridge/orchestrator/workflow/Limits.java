// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

/**
 * How far a run may go.
 *
 * @param maxSteps steps without a call between them, so that a loop without a way out ends
 * @param maxEmitted events of the user's making between two calls
 * @param maxEvents events in the history of a run
 * @param maxValue length of any one value in bytes of JSON
 * @param maxEvent length of an event in bytes of JSON
 * @param maxAppend length of all events of one decision in bytes of JSON
 */
public record Limits(
    int maxSteps, int maxEmitted, long maxEvents, long maxValue, long maxEvent, long maxAppend) {
  public static final Limits DEFAULT =
      new Limits(10_000, 100, 50_000, 256 * 1024, 500 * 1024, 2 * 1024 * 1024);
}
