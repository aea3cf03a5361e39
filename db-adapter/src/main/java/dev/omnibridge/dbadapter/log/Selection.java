// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import com.google.protobuf.Timestamp;
import dev.omnibridge.api.log.v1.RepublishRequest;
import dev.omnibridge.runtime.Fault;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which events of the log are chosen: those for which everything holds that is not null or empty.
 *
 * @param lane the only lane, or null for all that are relayed
 * @param from the first position
 * @param to the last position
 */
public record Selection(
    OffsetDateTime since,
    OffsetDateTime until,
    List<String> topics,
    @Nullable UUID stream,
    @Nullable UUID correlation,
    @Nullable Integer lane,
    long from,
    long to) {
  /** Within what PostgreSQL can hold, and beyond every event. */
  private static final OffsetDateTime EVER = OffsetDateTime.of(1, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);

  private static final OffsetDateTime NEVER =
      OffsetDateTime.of(9999, 12, 31, 0, 0, 0, 0, ZoneOffset.UTC);

  /** INVALID (NOTHING_CHOSEN) when a request does not say what it chooses. */
  public static void check(RepublishRequest request) {
    boolean chosen =
        request.getAll()
            || request.hasSince()
            || request.hasUntil()
            || request.getTopicsCount() > 0
            || request.hasStream()
            || !request.getCorrelationId().isEmpty()
            || request.hasRange();
    if (!chosen) {
      throw Fault.invalid(
          "NOTHING_CHOSEN",
          "Say which events: by time, topic, stream, correlation or lane; or all of them.");
    }
  }

  /** What a request chooses. */
  public static Selection of(RepublishRequest request) {
    check(request);
    var range = request.getRange();
    return new Selection(
        request.hasSince() ? time(request.getSince()) : EVER,
        request.hasUntil() ? time(request.getUntil()) : NEVER,
        List.copyOf(request.getTopicsList()),
        request.hasStream() ? StreamId.of(request.getStream()).key() : null,
        request.getCorrelationId().isEmpty() ? null : UUID.fromString(request.getCorrelationId()),
        request.hasRange() ? range.getLane() : null,
        Math.max(1, range.getFromPosition()),
        range.getToPosition() == 0 ? Long.MAX_VALUE : range.getToPosition());
  }

  private static OffsetDateTime time(Timestamp time) {
    return Times.of(time);
  }

  /** Whether a lane may hold any. */
  public boolean includes(int candidate) {
    return lane == null || lane == candidate;
  }
}
