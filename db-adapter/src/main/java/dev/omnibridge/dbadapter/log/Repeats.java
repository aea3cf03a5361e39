// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import dev.omnibridge.api.log.v1.AppendResponse;
import dev.omnibridge.dbadapter.log.Append.EventKey;
import dev.omnibridge.dbadapter.log.Append.NewRow;
import dev.omnibridge.dbadapter.log.Append.StreamWrite;
import dev.omnibridge.dbadapter.log.Found.KnownEvent;
import java.util.Map;
import java.util.Optional;

/**
 * Tells a repeat that later appends have overtaken by its events: the log holds all of them, each
 * in its stream.
 */
public final class Repeats {
  private Repeats() {}

  /** The first answer; empty when the log does not hold all of the append's events. */
  public static Optional<AppendResponse> of(Append append, Map<EventKey, KnownEvent> known) {
    if (append.streams().isEmpty() || known.isEmpty()) {
      return Optional.empty();
    }
    var answer = AppendResponse.newBuilder();
    for (StreamWrite write : append.streams()) {
      for (NewRow event : write.events()) {
        KnownEvent found = known.get(event.key());
        if (found == null || !found.streamKey().equals(write.key())) {
          return Optional.empty();
        }
      }
      KnownEvent last = known.get(write.events().getLast().key());
      if (last == null) {
        return Optional.empty();
      }
      answer.setRecordedAt(Times.of(last.recordedAt()));
      answer.addStreams(Batch.answer(last.version(), last.lane(), last.position(), last.shard()));
    }
    return Optional.of(answer.build());
  }
}
