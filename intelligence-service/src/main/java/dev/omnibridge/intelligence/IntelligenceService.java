// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence;

import dev.omnibridge.runtime.Service;
import dev.omnibridge.runtime.rpc.Peer;
import java.util.List;

/** Runs the intelligence service as a process of its own. */
public final class IntelligenceService {
  private IntelligenceService() {}

  public static void main(String[] args) {
    Service.run(
        Peer.INTELLIGENCE,
        List.of(args),
        (env, edge) -> new IntelligenceVerticle(IntelligenceConfig.from(env), edge));
  }
}
