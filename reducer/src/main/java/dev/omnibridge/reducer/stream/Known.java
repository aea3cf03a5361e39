// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.stream;

import dev.omnibridge.reducer.fold.BridgeState;
import dev.omnibridge.reducer.fold.Heard;
import dev.omnibridge.reducer.fold.StreamKey;
import dev.omnibridge.reducer.fold.StreamView;
import dev.omnibridge.reducer.fold.Windows;
import dev.omnibridge.reducer.store.StateStore;
import dev.omnibridge.reducer.store.ViewKey;
import dev.omnibridge.reducer.stream.Work.Item;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The committed states that a batch needs, from memory or from the store.
 *
 * <p>No view is older than the bridge state of its namespace: bridge states are read before views,
 * and a remembered view counts only beside a remembered bridge state. So whatever another reducer
 * commits meanwhile is either seen in both, or makes the version of the bridge state refuse ours.
 */
record Known(Map<ViewKey, StreamView> views, Map<String, BridgeState> bridges) {
  private static final int MOST_IDS = 1_000;
  private static final int BRIDGES_AT_ONCE = 50;

  /** Once so many file types were read with bridge states, no more states are read. */
  private static final int ENOUGH_TYPES = 100_000;

  /**
   * Collects what the items touch, at least the first; called on the pump's virtual thread, which
   * waits here.
   */
  static Known of(List<Item> items, Memory memory, StateStore store, Windows.Shape shape) {
    var touched = new LinkedHashMap<String, Set<ViewKey>>();
    for (Item item : items) {
      if (item.incoming() instanceof Incoming.Event(Heard heard)) {
        ViewKey key = ViewKey.of(heard.stream());
        touched.computeIfAbsent(key.namespace(), _ -> new HashSet<>()).add(key);
      }
    }
    var known = new Known(new HashMap<>(), new HashMap<>());
    known.remember(touched, memory);
    known.askForBridges(touched.keySet(), store, shape);
    known.askForViews(touched, store);
    return known;
  }

  private void remember(Map<String, Set<ViewKey>> touched, Memory memory) {
    touched.forEach((namespace, keys) -> {
      BridgeState bridge = memory.bridge(namespace);
      if (bridge != null) {
        bridges.put(namespace, bridge);
        keys.forEach(key -> remember(key, memory.view(key)));
      }
    });
  }

  private void remember(ViewKey key, @Nullable StreamView view) {
    if (view != null) {
      views.put(key, view);
    }
  }

  private void askForBridges(Set<String> namespaces, StateStore store, Windows.Shape shape) {
    var missing = namespaces.stream().filter(namespace -> !knows(namespace)).toList();
    int types = 0;
    for (List<String> page : pages(missing, BRIDGES_AT_ONCE)) {
      if (types >= ENOUGH_TYPES) {
        return;
      }
      await(page.stream().map(namespace -> askForBridge(namespace, store, shape)).toList());
      types += page.stream().mapToInt(namespace -> bridge(namespace).fileTypes().size()).sum();
    }
  }

  private Future<?> askForBridge(String namespace, StateStore store, Windows.Shape shape) {
    return store
        .bridge(namespace)
        .map(found ->
            bridges.put(namespace, found.orElseGet(() -> BridgeState.none(namespace, shape))));
  }

  private void askForViews(Map<String, Set<ViewKey>> touched, StateStore store) {
    var answers = new ArrayList<Future<?>>();
    touched.forEach((namespace, keys) -> {
      if (!knows(namespace)) {
        return;
      }
      var missing = keys.stream().filter(key -> !views.containsKey(key)).map(ViewKey::id).toList();
      for (List<String> page : pages(missing, MOST_IDS)) {
        answers.add(store.views(namespace, page).map(this::keep));
      }
    });
    await(answers);
  }

  private static void await(List<? extends Future<?>> answers) {
    if (!answers.isEmpty()) {
      Future.all(answers).await();
    }
  }

  private int keep(Map<ViewKey, StreamView> found) {
    views.putAll(found);
    return found.size();
  }

  private static List<List<String>> pages(List<String> ids, int most) {
    var pages = new ArrayList<List<String>>();
    for (int from = 0; from < ids.size(); from += most) {
      pages.add(ids.subList(from, Math.min(ids.size(), from + most)));
    }
    return pages;
  }

  /** The view of a stream; what it is before its first event when nothing is stored. */
  StreamView view(StreamKey stream) {
    StreamView view = views.get(ViewKey.of(stream));
    return view == null ? ViewKey.none(stream) : view;
  }

  /** False when the namespace has to wait for the next append. */
  boolean knows(String namespace) {
    return bridges.containsKey(namespace);
  }

  /** The state of a namespace that is known. */
  BridgeState bridge(String namespace) {
    BridgeState bridge = bridges.get(namespace);
    if (bridge == null) {
      throw new IllegalStateException("Not asked for: " + namespace);
    }
    return bridge;
  }
}
