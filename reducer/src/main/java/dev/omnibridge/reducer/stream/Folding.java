// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.stream;

import dev.omnibridge.reducer.fold.Heard;
import dev.omnibridge.reducer.fold.StreamKey;
import dev.omnibridge.reducer.store.Recorded;
import dev.omnibridge.reducer.store.StateStore;
import dev.omnibridge.reducer.stream.Work.Item;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import java.util.List;

/** Folds records into a draft, filling what is missing of a stream from the log. */
final class Folding {
  private final StateStore store;
  private final Draft draft;

  Folding(StateStore store, Draft draft) {
    this.store = store;
    this.draft = draft;
  }

  /** Folds until the draft is full; how many records are wholly in it. */
  int fold(List<Item> items) {
    int count = 0;
    while (count < items.size() && !draft.full() && take(items.get(count))) {
      count++;
    }
    return count;
  }

  private boolean take(Item item) {
    return switch (item.incoming()) {
      case Incoming.Event(Heard heard) ->
          draft.knows(heard.stream().namespace())
              && (draft.fold(heard) || takeAfterGap(item, heard));
      case Incoming.Foreign _ -> true;
      case Incoming.Poison(String reason, String why) -> bury(item, reason, why);
    };
  }

  private boolean bury(Item item, String reason, String why) {
    return draft.bury(DeadLetters.of(item, reason, why));
  }

  /** A stream that the log does not have, or not so far, is not from our log. */
  private boolean takeAfterGap(Item item, Heard heard) {
    StreamKey stream = heard.stream();
    while (!draft.fold(heard)) {
      if (draft.full()) {
        return false;
      }
      if (!fill(stream)) {
        return bury(item, "STREAM_UNKNOWN", "The log does not hold the events before this one.");
      }
    }
    return true;
  }

  /** Folds the next page of the stream; false when there is none. */
  private boolean fill(StreamKey stream) {
    long before = draft.version(stream);
    try {
      var page = store.stream(stream, before).await();
      for (var event : page.getEventsList()) {
        if (draft.full() || !draft.fold(Recorded.heard(stream, event))) {
          break;
        }
      }
    } catch (Fault fault) {
      if (fault.kind() != Kind.NOT_FOUND) {
        throw fault;
      }
    }
    return draft.version(stream) > before;
  }
}
