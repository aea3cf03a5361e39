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

  /** File types of all bridge states together, each of up to 200 bytes of heap. */
  private static final int MOST_TYPES = 100_000;

  /** What is remembered, and since which commit without a break. */
  private record Kept<T>(T value, long since) {}

  private final Map<ViewKey, Kept<StreamView>> views;
  private final Map<String, Kept<BridgeState>> bridges = new LinkedHashMap<>(16, 0.75f, true);
  private int types;
  private long commits;

  Memory(int mostViews) {
    this.views = new Recent<>(mostViews);
  }

  void forget() {
    views.clear();
    bridges.clear();
    types = 0;
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
    newBridges.values().forEach(this::keep);
    var eldest = bridges.values().iterator();
    while (bridges.size() > NAMESPACES || types > MOST_TYPES) {
      types -= types(eldest.next());
      eldest.remove();
    }
  }

  private void keep(BridgeState state) {
    var before = bridges.get(state.namespace());
    var after = new Kept<>(state, before == null ? commits : before.since());
    bridges.put(state.namespace(), after);
    types += types(after) - (before == null ? 0 : types(before));
  }

  private static int types(Kept<BridgeState> bridge) {
    return bridge.value().fileTypes().size();
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
