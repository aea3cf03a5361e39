// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.orchestrator.workflow.Run;
import dev.omnibridge.runtime.Shards;

/** Names the stream of a run. */
public record RunKey(String namespace, String runId) {
  static RunKey of(Run run) {
    return new RunKey(run.workflow().namespace(), run.id().value());
  }

  /** The shard of its stream. */
  public int shard() {
    return Shards.of(namespace, runId);
  }
}
