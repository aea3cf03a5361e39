// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.runtime.Shards;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** One process that does everything. */
record AllShards() implements World.Membership {
  private static final Set<Integer> ALL =
      IntStream.range(0, Shards.COUNT).boxed().collect(Collectors.toUnmodifiableSet());

  @Override
  public Set<Integer> shards() {
    return ALL;
  }

  @Override
  public void onChange(Runnable action) {
    // They never change.
  }

  @Override
  public void wake(RunKey key, long version) {
    throw new AssertionError("There is nobody else to wake");
  }
}
