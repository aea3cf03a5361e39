// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.stream;

import dev.omnibridge.reducer.fold.BridgeState;
import dev.omnibridge.reducer.fold.Counters;
import dev.omnibridge.reducer.fold.Heard;
import dev.omnibridge.reducer.fold.Rules;
import dev.omnibridge.reducer.fold.StreamView;
import dev.omnibridge.reducer.fold.Tally;
import dev.omnibridge.reducer.fold.Verdict.Folded;
import dev.omnibridge.reducer.fold.Windows;
import dev.omnibridge.reducer.store.ViewKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What whole streams add up to when each is folded once, from its first event to its last. */
public final class Totals {
  private final Map<String, List<Tally>> tallies = new HashMap<>();

  public Totals(List<List<Heard>> streams) {
    streams.forEach(this::fold);
  }

  private void fold(List<Heard> stream) {
    StreamView view = ViewKey.none(stream.getFirst().stream());
    for (Heard event : stream) {
      var folded = (Folded) Rules.reduce(view, event);
      view = folded.view();
      tallies
          .computeIfAbsent(event.stream().namespace(), _ -> new ArrayList<>())
          .add(folded.tally());
    }
  }

  public Set<String> namespaces() {
    return tallies.keySet();
  }

  public Counters counters(String namespace) {
    return state(namespace).counters();
  }

  public Map<String, Long> fileTypes(String namespace) {
    return state(namespace).fileTypes();
  }

  private BridgeState state(String namespace) {
    return BridgeState.none(namespace, Windows.Shape.STANDARD).after(tallies.get(namespace));
  }
}
