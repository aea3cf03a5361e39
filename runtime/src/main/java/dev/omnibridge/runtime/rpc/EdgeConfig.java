// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import dev.omnibridge.runtime.Env;
import java.util.EnumMap;
import java.util.Map;

/**
 * Where a process listens and where it finds its peers.
 *
 * @param host address to listen on
 * @param port port to listen on; 0 takes any free one
 * @param peers "host:port" of each peer that lives in another process; a peer that is left out is
 *     found in this process
 */
public record EdgeConfig(String host, int port, Map<Peer, String> peers) {

  /** A process with everything inside. */
  public static EdgeConfig allInOne(String host, int port) {
    return new EdgeConfig(host, port, Map.of());
  }

  /** A process with one service inside, its peers elsewhere. */
  public static EdgeConfig single(Peer self, Env env) {
    var peers = new EnumMap<Peer, String>(Peer.class);
    for (Peer peer : Peer.values()) {
      if (peer != self) {
        peers.put(peer, env.text(peer.addressVariable(), "127.0.0.1:" + peer.defaultPort()));
      }
    }
    return new EdgeConfig(
        env.text("BIND_HOST", "127.0.0.1"),
        env.port(self.portVariable(), self.defaultPort()),
        Map.copyOf(peers));
  }
}
