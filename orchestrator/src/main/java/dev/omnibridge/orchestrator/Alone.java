// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator;

import dev.omnibridge.orchestrator.rpc.Owners;
import dev.omnibridge.orchestrator.run.RunKey;
import dev.omnibridge.orchestrator.run.World;
import dev.omnibridge.runtime.Shards;
import io.grpc.Channel;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A process that shares the work with nobody. */
record Alone() implements World.Membership, Owners {
  private static final Set<Integer> ALL =
      IntStream.range(0, Shards.COUNT).boxed().collect(Collectors.toUnmodifiableSet());

  @Override
  public Set<Integer> shards() {
    return ALL;
  }

  @Override
  public void onChange(Runnable action) {
    // It stays alone.
  }

  @Override
  public @Nullable Channel elsewhere(RunKey key) {
    return null;
  }

  @Override
  public void wake(RunKey key, long version) {
    // Nobody is there, and due runs are found anyway.
  }
}
