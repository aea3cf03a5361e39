// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.omnibridge.orchestrator.workflow.Command.Outcome;
import dev.omnibridge.orchestrator.workflow.Run;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls. A call may be made more than once, with the same idempotency key; its outcome is
 * recorded once. The stage always completes with an outcome, within the deadline or a little later.
 */
public interface TaskRunner {

  CompletionStage<Outcome> run(Task task);

  /**
   * A call to make.
   *
   * @param deadline as the workflow wants it; null: as long as the runner thinks right
   */
  record Task(
      Run run,
      String function,
      JsonNode arguments,
      String idempotencyKey,
      int attempt,
      @Nullable Duration deadline) {}
}
