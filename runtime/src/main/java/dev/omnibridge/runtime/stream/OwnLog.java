// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import dev.omnibridge.api.log.v1.GetPositionsResponse;
import dev.omnibridge.runtime.event.EventHeaders;
import dev.omnibridge.runtime.event.LogEpochs;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * The log that a consumer works for, by which it tells the records of that log from those of
 * another one, and from those that the log does not hold any more since it was restored.
 *
 * @param id as in the header of its records; empty when it is not known
 */
public record OwnLog(String id, LogEpochs epochs) {
  /** Nothing is known of the log. */
  public static final OwnLog UNKNOWN = new OwnLog("", LogEpochs.FIRST);

  /** A log that was never restored. */
  public static OwnLog of(String id) {
    return new OwnLog(id, LogEpochs.FIRST);
  }

  static OwnLog of(GetPositionsResponse answer) {
    return new OwnLog(
        answer.getLogId(),
        new LogEpochs(
            answer.getEpochStartsList().stream()
                .map(start ->
                    new LogEpochs.Start(
                        start.getEpoch(), start.getLane(), start.getFirstPosition()))
                .toList()));
  }

  /**
   * Whether a record may be an event of this log. One that names no log may; one that names this
   * log is none any more when a later epoch has begun where it stood: if its event is still in the
   * log, it follows again with its new place.
   */
  public boolean mayHold(Headers headers) {
    String named = text(headers, EventHeaders.LOG_ID);
    if (named.isEmpty() || id.isEmpty()) {
      return true;
    }
    return named.equals(id)
        && !epochs.abandoned(
            number(headers, EventHeaders.EPOCH, 1),
            (int) number(headers, EventHeaders.LANE, -1),
            number(headers, EventHeaders.POSITION, 0));
  }

  private static long number(Headers headers, String name, long otherwise) {
    String text = text(headers, name);
    try {
      return text.isEmpty() ? otherwise : Long.parseLong(text);
    } catch (NumberFormatException notANumber) {
      return otherwise;
    }
  }

  private static String text(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    return header == null || header.value() == null
        ? ""
        : new String(header.value(), StandardCharsets.UTF_8);
  }
}
