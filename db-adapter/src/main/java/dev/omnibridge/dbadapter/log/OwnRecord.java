// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import com.google.protobuf.ByteString;
import dev.omnibridge.dbadapter.log.Append.EventKey;
import dev.omnibridge.dbadapter.log.Append.NewRow;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.event.Envelope;
import dev.omnibridge.runtime.event.EventHeaders;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;

/** An event of our log as Kafka has it: everything that the log needs to hold it again. */
public record OwnRecord(
    StreamId stream, long version, long epoch, int lane, long position, NewRow event) {

  /** Reads the records of one log. */
  public record Reader(Catalogue catalogue, String logId) {

    /**
     * The event of a record; empty for a record of anybody else.
     *
     * @throws Fault when it names our log, but its headers or its envelope are damaged
     */
    public Optional<OwnRecord> read(Incoming incoming) {
      return incoming.header(EventHeaders.LOG_ID).equals(logId)
          ? Optional.of(own(incoming))
          : Optional.empty();
    }

    private OwnRecord own(Incoming incoming) {
      byte[] value = incoming.value();
      if (value == null) {
        throw damaged("it has no value");
      }
      try {
        String[] name = incoming.header(EventHeaders.STREAM).split("/", 3);
        if (name.length != 3) {
          throw damaged("it names no stream");
        }
        var event =
            new NewRow(
                new EventKey(UUID.fromString(incoming.header(EventHeaders.ID)), time(incoming)),
                incoming.header(EventHeaders.TYPE),
                incoming.topic(),
                catalogue.stream(name[0]).retention(),
                Rows.idOrNull(incoming.header(EventHeaders.CORRELATION_ID)),
                Rows.idOrNull(incoming.header(EventHeaders.CAUSATION_ID)),
                Envelope.parse(value).sessionId(),
                null,
                ByteString.copyFrom(value));
        String epoch = incoming.header(EventHeaders.EPOCH);
        return new OwnRecord(
            new StreamId(name[0], name[1], name[2]),
            Long.parseLong(incoming.header(EventHeaders.VERSION)),
            epoch.isEmpty() ? 1 : Long.parseLong(epoch),
            Integer.parseInt(incoming.header(EventHeaders.LANE)),
            Long.parseLong(incoming.header(EventHeaders.POSITION)),
            event);
      } catch (IllegalArgumentException | DateTimeException unreadable) {
        throw damaged(String.valueOf(unreadable.getMessage()));
      }
    }

    /** Exactly as the log had it: with the id, it makes the event unique. */
    private static OffsetDateTime time(Incoming incoming) {
      return OffsetDateTime.parse(incoming.header(EventHeaders.TIME))
          .withOffsetSameInstant(ZoneOffset.UTC)
          .truncatedTo(ChronoUnit.MICROS);
    }

    private static Fault damaged(String why) {
      return Fault.invalid("RECORD_DAMAGED", "A record of this log cannot be read: " + why + ".");
    }
  }
}
