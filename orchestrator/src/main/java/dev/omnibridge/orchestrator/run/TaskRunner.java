// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.omnibridge.orchestrator.workflow.Command.Outcome;
import dev.omnibridge.orchestrator.workflow.Run;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls. A call may be made more than once, with the same idempotency key; its outcome is
 * recorded once. The stage completes with an outcome, within the deadline or a little later after
 * its turn has come; or it fails with {@link #NOT_MADE}, and is no attempt.
 */
public interface TaskRunner {
  /** The reason of the fault that says that a call was not made, for it would be of no use now. */
  String NOT_MADE = "CIRCUIT_OPEN";

  CompletionStage<Outcome> run(Task task);

  /** For how long no call is made; zero when the next one may be. */
  default Duration refusing() {
    return Duration.ZERO;
  }

  /**
   * A call to make.
   *
   * @param deadline as the workflow wants it; null: as long as the runner thinks right
   * @param wanted false when nothing would follow from the call any more: one that has not begun by
   *     then is not to begin
   */
  record Task(
      Run run,
      String function,
      JsonNode arguments,
      String idempotencyKey,
      int attempt,
      @Nullable Duration deadline,
      BooleanSupplier wanted) {}
}
