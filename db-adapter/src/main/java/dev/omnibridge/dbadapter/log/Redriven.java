// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import dev.omnibridge.dbadapter.log.Outgoing.Header;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The record of a dead letter on its way back to its topic: key, value and headers as they were or
 * as they were changed to, and behind them the headers that tell of the redrive. A repeat of it is
 * the same in every byte and in its time, so that those who dedupe recognise it.
 *
 * @param position place in the lane of redrives
 * @param number how many times the record has been redriven with this one
 * @param fromRedrive the record came from a redrive itself, so it has that one's headers
 * @param recordTime the record's own time; null if it is not known
 */
@SuppressWarnings("ArrayRecordComponent")
public record Redriven(
    long position,
    UUID redriveId,
    int number,
    String actor,
    Instant queuedAt,
    String topic,
    byte @Nullable [] key,
    byte @Nullable [] value,
    List<Header> headers,
    boolean fromRedrive,
    @Nullable Instant recordTime) {
  /** What the headers that tell of a redrive begin with. */
  private static final String PREFIX = "x-replay";

  /** How many times the record has been redriven. */
  static final String COUNT = "x-replay-count";

  /** The id of the redrive, by which the record is known should it become a letter again. */
  static final String REPLAY_ID = "x-replay-correlation-id";

  /** When the record was first in Kafka: the time of an event that has none of its own. */
  static final String RECORD_TIME = "x-original-record-time";

  private static final String REPLAYED_AT = "x-replayed-at";
  private static final String REPLAYED_BY = "x-replayed-by";

  /** A record this old could be deleted by its topic's retention before anybody has read it. */
  private static final Duration FRESH = Duration.ofDays(1);

  private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

  /** A header that a redrive puts there. */
  static boolean isOurs(String header) {
    return header.startsWith(PREFIX) || header.equals(RECORD_TIME);
  }

  /**
   * The time of a record, which is part of the identity of an event without one: of a redriven one,
   * the original's.
   */
  static Instant recordTime(Incoming record) {
    String original = record.header(RECORD_TIME);
    if (original.isEmpty() || record.header(REPLAY_ID).isEmpty()) {
      return record.time();
    }
    try {
      Instant time = Instant.parse(original);
      boolean usable = !time.isBefore(Instant.EPOCH) && time.isBefore(LATEST);
      return usable ? time : record.time();
    } catch (DateTimeParseException notATime) {
      return record.time();
    }
  }

  /** For Kafka; what the letter left out, the record has again or does without. */
  public Outgoing outgoing() {
    var all = new ArrayList<Header>();
    for (Header header : headers) {
      boolean stale = fromRedrive && isOurs(header.key());
      if (!stale && !EditedRecord.OMITTED.contains(header.key())) {
        all.add(header);
      }
    }
    all.add(header(COUNT, Integer.toString(number)));
    all.add(header(REPLAYED_AT, queuedAt.toString()));
    all.add(header(REPLAYED_BY, actor));
    all.add(header(REPLAY_ID, redriveId.toString()));
    firstTime().ifPresent(time -> all.add(header(RECORD_TIME, time)));
    return new Outgoing(position, topic, key, value, all, time().toEpochMilli());
  }

  /** As the first redrive knew it: later ones only see what Kafka got from that one. */
  private Optional<String> firstTime() {
    Optional<String> known =
        headers.stream()
            .filter(header -> fromRedrive && header.key().equals(RECORD_TIME))
            .map(Header::value)
            .filter(Objects::nonNull)
            .map(value -> new String(value, StandardCharsets.UTF_8))
            .findFirst();
    return known.or(() -> Optional.ofNullable(recordTime).map(Instant::toString));
  }

  /**
   * An event without a time takes its record's, so the record keeps it while that is safe: Kafka
   * refuses a time that is far ahead, and deletes by it.
   */
  private Instant time() {
    Instant own = recordTime;
    boolean safe = own != null && !own.isAfter(queuedAt) && !own.isBefore(queuedAt.minus(FRESH));
    return own != null && safe ? own : queuedAt;
  }

  private static Header header(String key, String value) {
    return new Header(key, value.getBytes(StandardCharsets.UTF_8));
  }
}
