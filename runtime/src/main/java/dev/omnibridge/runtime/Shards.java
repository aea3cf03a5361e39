// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime;

import dev.omnibridge.runtime.blake3.Blake3;
import java.nio.charset.StandardCharsets;

/**
 * The shards that streams are spread over: the unit in which work is shared out among processes.
 * The log computes a stream's shard once and keeps it; others may compute it for a new stream.
 */
public final class Shards {
  /** How many there are; part of the format of the log. */
  public static final int COUNT = 256;

  private Shards() {}

  /** The shard, 0..255, of a placement key: the first 8 bits of its BLAKE3. */
  public static int of(String placementKey) {
    return Blake3.hash(placementKey.getBytes(StandardCharsets.UTF_8)).bytes()[0] & 0xFF;
  }

  /** The shard of a stream that has no placement key of its own. */
  public static int of(String namespace, String id) {
    return of(namespace + '/' + id);
  }
}
