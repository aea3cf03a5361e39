// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import dev.omnibridge.runtime.Service;
import dev.omnibridge.runtime.rpc.Peer;
import java.util.List;

/** Runs db-adapter as a process of its own. */
public final class DbAdapter {
  private DbAdapter() {}

  public static void main(String[] args) {
    Service.run(
        Peer.DB_ADAPTER,
        List.of(args),
        (env, edge) -> new DbAdapterVerticle(DbAdapterConfig.from(env), edge));
  }
}
