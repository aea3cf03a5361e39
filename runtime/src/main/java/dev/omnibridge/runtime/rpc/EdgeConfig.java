// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import dev.omnibridge.runtime.Env;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Where a process listens and where it finds its peers.
 *
 * @param host address to listen on
 * @param port port to listen on; 0 takes any free one
 * @param peers addresses of peers that were named: "host:port", or several with commas between them
 * @param local the peers in this process; any other without a name is looked for in the cluster,
 *     and then where it is by default
 */
public record EdgeConfig(String host, int port, Map<Peer, String> peers, Set<Peer> local) {

  /** Every peer without an address is in this process. */
  public EdgeConfig(String host, int port, Map<Peer, String> peers) {
    this(host, port, peers, EnumSet.complementOf(copy(peers.keySet())));
  }

  private static EnumSet<Peer> copy(Set<Peer> peers) {
    EnumSet<Peer> copy = EnumSet.noneOf(Peer.class);
    copy.addAll(peers);
    return copy;
  }

  /** A process with everything inside. */
  public static EdgeConfig allInOne(String host, int port) {
    return new EdgeConfig(host, port, Map.of());
  }

  /** A process with one service inside, its peers elsewhere. */
  public static EdgeConfig single(Peer self, Env env) {
    var peers = new EnumMap<Peer, String>(Peer.class);
    for (Peer peer : Peer.values()) {
      String address =
          peer == self ? "" : String.join(",", env.addresses(peer.addressVariable(), ""));
      if (!address.isEmpty()) {
        peers.put(peer, address);
      }
    }
    return new EdgeConfig(
        env.text("BIND_HOST", "127.0.0.1"),
        env.port(self.portVariable(), self.defaultPort()),
        Map.copyOf(peers),
        Set.of(self));
  }
}
