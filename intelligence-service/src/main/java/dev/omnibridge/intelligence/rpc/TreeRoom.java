// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.rpc;

import dev.omnibridge.intelligence.tree.ProjectTree;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import org.jspecify.annotations.Nullable;

/**
 * What all trees that are being analysed may hold together: one of the largest, or several small
 * ones. Used on one context only.
 */
final class TreeRoom {
  private static final long MOST_BYTES = ProjectTree.MOST_BYTES;

  private long taken;

  /** Takes some bytes for one that then has so many; says why they are not there. */
  @Nullable Fault take(long more, long own) {
    taken += more;
    if (own > MOST_BYTES) {
      return TreeIntake.tooLarge("%d MiB of paths and names".formatted(MOST_BYTES >> 20));
    }
    return taken > MOST_BYTES ? busy() : null;
  }

  void give(long bytes) {
    taken -= bytes;
  }

  static Fault busy() {
    return Fault.of(
        Kind.EXHAUSTED, "TREES_BUSY", "Too many trees are being analysed; try again in a moment.");
  }
}
