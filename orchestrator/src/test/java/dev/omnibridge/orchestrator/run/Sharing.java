// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.runtime.Shards;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Who works on a shard among some nodes, by rendezvous: nodes that come and go move only theirs.
 */
final class Sharing {
  private final Map<Set<Integer>, int[]> owners = new HashMap<>();
  private final Map<Set<Integer>, Map<Integer, Set<Integer>>> shards = new HashMap<>();

  OptionalInt owner(Set<Integer> nodes, int shard) {
    int owner = owners.computeIfAbsent(nodes, Sharing::shareOut)[shard];
    return owner < 0 ? OptionalInt.empty() : OptionalInt.of(owner);
  }

  Set<Integer> shardsOf(int node, Set<Integer> nodes) {
    return shards
        .computeIfAbsent(nodes, _ -> new HashMap<>())
        .computeIfAbsent(node, _ -> find(node, nodes));
  }

  private Set<Integer> find(int node, Set<Integer> nodes) {
    var found = new HashSet<Integer>();
    IntStream.range(0, Shards.COUNT)
        .filter(shard -> owner(nodes, shard).orElse(-1) == node)
        .forEach(found::add);
    return found;
  }

  private static int[] shareOut(Set<Integer> nodes) {
    return IntStream.range(0, Shards.COUNT)
        .map(shard -> {
          int best = -1;
          for (int node : nodes) {
            best = best < 0 || weight(node, shard) > weight(best, shard) ? node : best;
          }
          return best;
        })
        .toArray();
  }

  private static long weight(int node, int shard) {
    long mixed = (node * 0x9E3779B97F4A7C15L) ^ (shard * 0xC2B2AE3D27D4EB4FL);
    mixed = (mixed ^ (mixed >>> 31)) * 0xBF58476D1CE4E5B9L;
    return mixed ^ (mixed >>> 29);
  }
}
