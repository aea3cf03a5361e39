// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.rpc;

import dev.omnibridge.orchestrator.run.RunKey;
import io.grpc.Channel;
import org.jspecify.annotations.Nullable;

/** Knows who works on a run. */
public interface Owners {
  /** The way to the process that works on a run; null when that is this one, or nobody is known. */
  @Nullable Channel elsewhere(RunKey key);
}
