// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.api.workflow.v1.WorkflowState;
import dev.omnibridge.runtime.rpc.Peer;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * The first of all: what it leaves lets every later process of a service start in half the time.
 */
@Order(0)
class StartsIT {
  @Test
  void shouldServeAsFiveProcessesThatHaveNothingToStartFromAndEndCleanly() throws Exception {
    try (var processes = new Processes("starts", Map.of()).recordingStarts()) {
      processes.startEach();
      var orchestrator = processes.first(Peer.ORCHESTRATOR);
      processes.awaitOrchestrators(orchestrator, 1);
      var runs = new Runs(processes.asking(orchestrator), "starts");

      var run = runs.run(Submissions.analyzeOne(), Runs.unseenFile());

      assertThat(run.getState()).isEqualTo(WorkflowState.WORKFLOW_STATE_COMPLETED);
    }
  }
}
