// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.store;

import dev.omnibridge.api.log.v1.ReadStreamResponse;
import dev.omnibridge.reducer.fold.Intent;
import dev.omnibridge.reducer.fold.Intent.Transition;
import dev.omnibridge.reducer.fold.Rules;
import dev.omnibridge.reducer.fold.StreamKey;
import dev.omnibridge.reducer.fold.StreamView;
import dev.omnibridge.reducer.fold.StreamView.Workflow;
import dev.omnibridge.reducer.fold.Verdict.Folded;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** A workflow folded from the log itself, by the same rules as the projection. */
public record CanonicalState(Workflow view, List<Transition> transitions) {

  /** Reads and folds the whole stream; NOT_FOUND when there is none. */
  public static Future<CanonicalState> read(StateStore store, StreamKey stream) {
    return new Reading(store, stream).next();
  }

  private static final class Reading {
    private final StateStore store;
    private final StreamKey stream;
    private final List<Transition> transitions = new ArrayList<>();
    private Workflow view = Workflow.NONE;

    Reading(StateStore store, StreamKey stream) {
      this.store = store;
      this.stream = stream;
    }

    Future<CanonicalState> next() {
      return store.stream(stream, view.version()).compose(this::fold);
    }

    private Future<CanonicalState> fold(ReadStreamResponse page) {
      page.getEventsList().stream()
          .map(event -> Rules.reduce(view, Recorded.heard(stream, event)))
          .forEach(verdict -> {
            if (verdict instanceof Folded(StreamView next, var _, List<Intent> intents)) {
              view = (Workflow) next;
              keep(intents);
            }
          });
      return page.getEventsCount() > 0 && view.version() < page.getHeadVersion()
          ? next()
          : Future.succeededFuture(new CanonicalState(view, List.copyOf(transitions)));
    }

    private void keep(List<Intent> intents) {
      for (Intent intent : intents) {
        if (intent instanceof Transition transition) {
          transitions.add(transition);
        }
      }
    }
  }
}
