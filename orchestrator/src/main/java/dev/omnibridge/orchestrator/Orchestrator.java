// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator;

import dev.omnibridge.runtime.Service;
import dev.omnibridge.runtime.rpc.Peer;
import java.util.List;

/** The orchestrator as a process. */
public final class Orchestrator {
  private Orchestrator() {}

  public static void main(String[] arguments) {
    Service.run(
        Peer.ORCHESTRATOR,
        List.of(arguments),
        (env, edge) -> new OrchestratorVerticle(OrchestratorConfig.from(env), edge));
  }
}
