// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.client;

import dev.omnibridge.runtime.rpc.Peer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * In which order the addresses of a service are tried: those that failed last come last. Where a
 * service is that the user did not name is asked once, and again when none of it answers. Safe for
 * use from several threads.
 */
final class Routes {
  private final Addresses addresses;
  private final Function<List<String>, Whereabouts> directory;
  private final Set<String> suspects = new LinkedHashSet<>();
  private @Nullable Whereabouts known;

  /** The directory asks the given processes in turn; it may fail as any call. */
  Routes(Addresses addresses, Function<List<String>, Whereabouts> directory) {
    this.addresses = addresses;
    this.directory = directory;
  }

  /** The addresses of a service, at least one. */
  synchronized List<String> to(Peer peer) {
    List<String> own = addresses.apart().get(peer);
    if (own != null) {
      return ordered(own);
    }
    List<String> found = found(peer, whereabouts());
    if (suspects.containsAll(found)) {
      known = null;
      found = found(peer, whereabouts());
    }
    return ordered(found);
  }

  /** What one of the named processes knows. */
  synchronized Whereabouts whereabouts() {
    Whereabouts now = known;
    if (now == null) {
      now = directory.apply(ordered(addresses.main()));
      known = now;
    }
    return now;
  }

  private List<String> found(Peer peer, Whereabouts now) {
    List<String> places = now.of(peer);
    if (now.told() && !places.isEmpty()) {
      return places;
    }
    // Whoever answered first, then everybody else who was named.
    var all = new LinkedHashSet<String>();
    all.add(now.asked());
    all.addAll(addresses.main());
    return List.copyOf(all);
  }

  private List<String> ordered(List<String> all) {
    var order = new ArrayList<>(all);
    order.removeIf(suspects::contains);
    suspects.stream().filter(all::contains).forEach(order::add);
    return List.copyOf(order);
  }

  /** Puts an address behind all others. */
  synchronized void failed(String address) {
    boolean unused = suspects.remove(address);
    unused = suspects.add(address);
  }

  synchronized void worked(String address) {
    boolean unused = suspects.remove(address);
  }
}
