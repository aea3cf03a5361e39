// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.stream;

import dev.omnibridge.reducer.fold.Fact;
import dev.omnibridge.reducer.fold.Heard;
import dev.omnibridge.reducer.fold.StreamKey;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.event.Envelope;
import dev.omnibridge.runtime.event.EnvelopeReader;
import dev.omnibridge.runtime.event.EventHeaders;
import dev.omnibridge.runtime.stream.OwnLog;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** What a record is to the reducer. */
sealed interface Incoming {

  /** An event of our log. */
  record Event(Heard heard) implements Incoming {}

  /**
   * Readable, but from no stream that is folded: it has no version, so it cannot be counted once,
   * or its version is one of another log, which Kafka still has after the database was replaced, or
   * of an epoch that the restored log does not hold any more.
   */
  record Foreign() implements Incoming {}

  /** Not an event at all. */
  record Poison(String reason, String why) implements Incoming {}

  Set<String> FOLDED_KINDS = Set.of("workflow", "stamp");
  Pattern STREAM =
      Pattern.compile(
          "([a-z-]+)/([A-Za-z0-9][A-Za-z0-9._-]{0,254})/([^\\x00\\r\\n\\x85\\u2028\\u2029]{1,512})");

  /** Reads a record for a log; nothing that can be in one is a reason to fail. */
  static Incoming of(ConsumerRecord<byte[], byte[]> record, OwnLog log) {
    byte @Nullable [] value = record.value();
    if (value == null) {
      return new Poison("RECORD_EMPTY", "The record has no value.");
    }
    Envelope envelope;
    try {
      var reader = new EnvelopeReader();
      record.headers().forEach(header -> reader.header(header.key(), header.value()));
      envelope = reader.envelope(value, Instant.ofEpochMilli(Math.max(0, record.timestamp())));
    } catch (Fault unreadable) {
      return new Poison(unreadable.reason(), unreadable.sentence());
    }
    StreamKey stream = stream(text(record, EventHeaders.STREAM));
    long version = version(text(record, EventHeaders.VERSION));
    if (stream == null
        || version < 1
        || !FOLDED_KINDS.contains(stream.kind())
        || !log.mayHold(record.headers())) {
      return new Foreign();
    }
    var fact = Fact.of(envelope.eventType(), envelope.payload());
    return new Event(new Heard(stream, version, envelope.eventTimestamp(), fact));
  }

  private static String text(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null || header.value() == null
        ? ""
        : new String(header.value(), StandardCharsets.UTF_8);
  }

  /** Null for a name that the log would not take. Kind and namespace have no slash, the id may. */
  private static @Nullable StreamKey stream(String header) {
    Matcher name = STREAM.matcher(header);
    return name.matches() ? new StreamKey(name.group(1), name.group(2), name.group(3)) : null;
  }

  private static long version(String header) {
    try {
      return header.isEmpty() ? 0 : Long.parseLong(header);
    } catch (NumberFormatException notANumber) {
      return 0;
    }
  }
}
