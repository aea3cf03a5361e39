// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer;

import dev.omnibridge.runtime.Service;
import dev.omnibridge.runtime.rpc.Peer;
import java.util.List;

/** The reducer as a process of its own. */
public final class Reducer {
  private Reducer() {}

  public static void main(String[] args) {
    Service.run(
        Peer.REDUCER,
        List.of(args),
        (env, edge) -> new ReducerVerticle(ReducerConfig.from(env), edge));
  }
}
