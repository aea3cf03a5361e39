// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.store;

import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.reducer.fold.Fact;
import dev.omnibridge.reducer.fold.Heard;
import dev.omnibridge.reducer.fold.StreamKey;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.event.Envelope;
import java.time.Instant;

/** Events of the log as the fold hears them. */
public final class Recorded {
  private Recorded() {}

  /** An event of a stream; one that cannot be read is noted, so that the stream goes on. */
  public static Heard heard(StreamKey stream, RecordedEvent event) {
    var at = event.getOccurredAt();
    try {
      var envelope = Envelope.parse(event.getBody().toByteArray());
      var fact = Fact.of(envelope.eventType(), envelope.payload());
      return new Heard(stream, event.getVersion(), envelope.eventTimestamp(), fact);
    } catch (Fault unreadable) {
      var time = Instant.ofEpochSecond(at.getSeconds(), at.getNanos());
      return new Heard(stream, event.getVersion(), time, new Fact.Noted());
    }
  }
}
