// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import java.time.OffsetDateTime;

/** Tries changed records as the inbox will, before they are on their way. */
public final class EditTrial {
  private final ForeignEvents events;
  private final String consumer;

  /** Knows what this consumer, the inbox, takes; the records of others pass. */
  public EditTrial(ForeignEvents events, String consumer) {
    this.events = events;
    this.consumer = consumer;
  }

  /** REFUSED (EDIT_STILL_POISON) when the inbox would give the record up again. */
  public void check(EditedRecord record) {
    var original = record.original();
    if (!original.getPartition().getConsumer().equals(consumer)) {
      return;
    }
    OffsetDateTime time = Times.of(original.getRecordTime());
    if (events.read(record.incoming(time.toInstant())) instanceof Reading.Poison(Fault why)) {
      throw Fault.of(
              Kind.REFUSED,
              "EDIT_STILL_POISON",
              "The changed record would be given up again: " + why.sentence())
          .with("error_reason", why.reason());
    }
  }
}
