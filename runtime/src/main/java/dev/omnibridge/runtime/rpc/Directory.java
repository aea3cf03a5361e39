// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import dev.omnibridge.runtime.cluster.Cluster;
import dev.omnibridge.runtime.cluster.Member;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Where the peers are: at the address that the configuration names, else where the cluster has
 * them, else where the cluster had them last, else at the default. Answers from memory. Safe for
 * use from several threads.
 */
public final class Directory {
  private final EdgeConfig config;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Map<Peer, List<String>> lastKnown = new ConcurrentHashMap<>();
  private volatile @Nullable Cluster cluster;

  /** How an address came to be known, the strongest first. */
  public enum Source {
    LOCAL,
    CONFIGURED,
    CLUSTER,
    DEFAULT
  }

  /** Some addresses of one peer; none when it is in this process. */
  public record Found(List<String> addresses, Source source) {}

  Directory(EdgeConfig config) {
    this.config = config;
  }

  /** Asks a cluster from now on. */
  void use(Cluster joined) {
    cluster = joined;
    joined.onChange(() -> listeners.forEach(Runnable::run));
    listeners.forEach(Runnable::run);
  }

  /** The cluster that is asked; null without one. */
  public @Nullable Cluster cluster() {
    return cluster;
  }

  /** Runs the action whenever an answer may have changed, until what is given back is run. */
  public Runnable onChange(Runnable action) {
    listeners.add(action);
    return () -> {
      boolean unused = listeners.remove(action);
    };
  }

  /** Where a peer is; takes no longer than looking into a list. */
  public Found find(Peer peer) {
    if (config.local().contains(peer)) {
      return new Found(List.of(), Source.LOCAL);
    }
    String named = config.peers().get(peer);
    if (named != null) {
      return new Found(split(named), Source.CONFIGURED);
    }
    Cluster known = cluster;
    List<String> there =
        known == null
            ? List.of()
            : known.alive(peer.service()).stream().map(Member::address).toList();
    if (!there.isEmpty()) {
      lastKnown.put(peer, there);
      return new Found(there, Source.CLUSTER);
    }
    List<String> last = lastKnown.get(peer);
    return last == null
        ? new Found(List.of(peer.defaultAddress()), Source.DEFAULT)
        : new Found(last, Source.CLUSTER);
  }

  private static List<String> split(String addresses) {
    return Arrays.stream(addresses.split(","))
        .map(String::strip)
        .filter(address -> !address.isEmpty())
        .toList();
  }
}
