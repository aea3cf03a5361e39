// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping;

import dev.omnibridge.runtime.Service;
import dev.omnibridge.runtime.rpc.Peer;
import java.util.List;

/** The stamping service as a process of its own. */
public final class StampingService {
  private StampingService() {}

  /** Runs until told to stop; {@code --print-config} prints the configuration. */
  public static void main(String[] args) {
    Service.run(
        Peer.STAMPING,
        List.of(args),
        (env, edge) -> new StampingVerticle(StampingConfig.from(env), edge));
  }
}
