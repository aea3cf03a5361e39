// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.stream;

import dev.omnibridge.reducer.fold.BridgePhase;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where each namespace stands in the commit cycle at this moment, in this process; idle ones are
 * not kept. Written by the reduction, read by anybody.
 */
public final class Activity {
  private final Map<String, BridgePhase> busy = new ConcurrentHashMap<>();

  /** The phase of a namespace. */
  public BridgePhase phase(String namespace) {
    return busy.getOrDefault(namespace, BridgePhase.IDLE);
  }

  /** Moves these on; one that may not go there stays where it is. */
  void move(Collection<String> namespaces, BridgePhase next) {
    for (String namespace : namespaces) {
      if (phase(namespace).mayBecome(next)) {
        busy.put(namespace, next);
      }
    }
  }

  /** Everybody is idle again: the work is committed, or it failed and will come anew. */
  void settle() {
    busy.clear();
  }
}
