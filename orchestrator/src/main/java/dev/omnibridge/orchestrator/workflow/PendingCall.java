// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A call that somebody has to make.
 *
 * @param step names this visit of the task: its pointer with the round of every loop around it
 * @param ordinal counts the calls of the run from 1; with the attempt it tells outcomes apart
 * @param input what the task was given; its output may be computed from it
 */
public record PendingCall(
    String step,
    long ordinal,
    int attempt,
    String pointer,
    String function,
    JsonNode arguments,
    JsonNode input,
    @Nullable Duration timeout,
    Instant since) {

  /** The same for every attempt of this visit, also when a try around it is repeated. */
  public String idempotencyKey(RunId run) {
    return run.value() + step;
  }

  PendingCall nextAttempt() {
    return new PendingCall(
        step, ordinal, attempt + 1, pointer, function, arguments, input, timeout, since);
  }
}
