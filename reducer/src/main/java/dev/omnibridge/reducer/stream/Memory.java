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
 * bridge state of its namespace in the same commit, so the version of that row tells, as long as it
 * was remembered all the time: once it was forgotten, the views beside it are forgotten too. Used
 * by one thread.
 */
final class Memory {
  private static final int NAMESPACES = 1_000;

  /** What is remembered, and since which commit without a break. */
  private record Kept<T>(T value, long since) {}

  private final Map<ViewKey, Kept<StreamView>> views;
  private final Map<String, Kept<BridgeState>> bridges = new Recent<>(NAMESPACES);
  private long commits;

  Memory(int mostViews) {
    this.views = new Recent<>(mostViews);
  }

  void forget() {
    views.clear();
    bridges.clear();
  }

  @Nullable StreamView view(ViewKey key) {
    var view = views.get(key);
    var bridge = bridges.get(key.namespace());
    return view == null || bridge == null || view.since() < bridge.since() ? null : view.value();
  }

  @Nullable BridgeState bridge(String namespace) {
    var bridge = bridges.get(namespace);
    return bridge == null ? null : bridge.value();
  }

  void committed(Map<ViewKey, StreamView> newViews, Map<String, BridgeState> newBridges) {
    commits++;
    newViews.forEach((key, view) -> views.put(key, new Kept<>(view, commits)));
    newBridges.forEach((namespace, bridge) -> {
      var before = bridges.get(namespace);
      bridges.put(namespace, new Kept<>(bridge, before == null ? commits : before.since()));
    });
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
