// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.stream;

import dev.omnibridge.reducer.fold.BridgeState;
import dev.omnibridge.reducer.fold.StreamView;
import dev.omnibridge.reducer.store.ViewKey;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is committed, as far as it is remembered: recently used views and bridge states. It may be
 * out of date, because another reducer can commit too; but whoever changes a view changes the
 * bridge state of its namespace in the same commit, so the version of that row tells. Used by one
 * thread.
 */
final class Memory {
  private static final int NAMESPACES = 1_000;

  private final Map<ViewKey, StreamView> views;
  private final Map<String, BridgeState> bridges = new Recent<>(NAMESPACES);

  Memory(int mostViews) {
    this.views = new Recent<>(mostViews);
  }

  void forget() {
    views.clear();
    bridges.clear();
  }

  @Nullable StreamView view(ViewKey key) {
    return views.get(key);
  }

  @Nullable BridgeState bridge(String namespace) {
    return bridges.get(namespace);
  }

  void committed(Map<ViewKey, StreamView> newViews, Map<String, BridgeState> newBridges) {
    views.putAll(newViews);
    bridges.putAll(newBridges);
  }

  /** Keeps so many entries, those used last. */
  private static final class Recent<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1;

    private final int most;

    Recent(int most) {
      super(16, 0.75f, true);
      this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > most;
    }
  }
}
