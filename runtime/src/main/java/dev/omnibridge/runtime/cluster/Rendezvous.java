// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.cluster;

import dev.omnibridge.runtime.Shards;
import dev.omnibridge.runtime.blake3.Blake3;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/**
 * Shares shards out among nodes by highest random weight (Thaler and Ravishankar, 1998): everybody
 * who sees the same nodes comes to the same owners, and only the shards of a node that comes or
 * goes move.
 */
public final class Rendezvous {
  private Rendezvous() {}

  /** The owner of every shard, by shard; nodes must not be empty. */
  public static String[] owners(Collection<String> nodes) {
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("Shards need an owner");
    }
    String[] owners = new String[Shards.COUNT];
    long[] highest = new long[Shards.COUNT];
    for (String node : nodes) {
      long seed = seed(node);
      for (int shard = 0; shard < Shards.COUNT; shard++) {
        long weight = mix(seed + shard);
        if (owners[shard] == null
            || weight > highest[shard]
            || weight == highest[shard] && node.compareTo(owners[shard]) > 0) {
          owners[shard] = node;
          highest[shard] = weight;
        }
      }
    }
    return owners;
  }

  private static long seed(String node) {
    byte[] hash = Blake3.hash(node.getBytes(StandardCharsets.UTF_8)).bytes();
    return ByteBuffer.wrap(hash).getLong();
  }

  /** The finalizer of SplitMix64 (Steele, Lea and Flood, 2014). */
  private static long mix(long value) {
    long z = value * 0x9E37_79B9_7F4A_7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
    return z ^ (z >>> 31);
  }
}
