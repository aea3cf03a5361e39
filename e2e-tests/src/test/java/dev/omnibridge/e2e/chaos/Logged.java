// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import java.util.List;
import java.util.Map;

/**
 * The log as the database holds it.
 *
 * @param heads the next position of each lane
 * @param relayed how far each outbox lane is in Kafka
 */
record Logged(
    String logId,
    List<Event> events,
    List<Stream> streams,
    Map<Integer, Long> heads,
    Map<Integer, Long> relayed) {
  /** Lanes from here on hold what others published; they are not relayed. */
  static final int FIRST_INBOX_LANE = 100;

  /**
   * An event.
   *
   * @param stream kind, namespace and id, joined by "/"
   * @param originalId what its publisher called it; empty for the suite's own
   * @param body a digest of its bytes
   */
  record Event(
      String id,
      String stream,
      long version,
      int lane,
      long position,
      String type,
      String originalId,
      String body,
      Facts facts) {
    boolean own() {
      return lane < FIRST_INBOX_LANE;
    }

    boolean is(String shortType) {
      return type.equals("dev.omnibridge." + shortType);
    }
  }

  /**
   * What is looked at of an event's payload; empty or 0 where it has none.
   *
   * @param status of a step
   * @param ordinal of a step's call within its run
   * @param to the state that a run moved to
   * @param bytes size of a stamped file
   * @param operation by which it was stamped
   * @param number that a foreign event's publisher gave it
   * @param content hash of the stamped bytes
   * @param emittedType type of the event that a workflow emitted
   * @param emittedId id of the event that a workflow emitted
   */
  record Facts(
      String status,
      long ordinal,
      String to,
      long bytes,
      String operation,
      long number,
      String content,
      String emittedType,
      String emittedId) {
    static final Facts NONE = new Facts("", 0, "", 0, "", 0);

    Facts(String status, long ordinal, String to, long bytes, String operation, long number) {
      this(status, ordinal, to, bytes, operation, number, "", "", "");
    }

    static Facts stamped(long bytes, String operation, String content) {
      return new Facts("", 0, "", bytes, operation, 0, content, "", "");
    }

    static Facts emitted(String type, String id) {
      return new Facts("", 0, "", 0, "", 0, "", type, id);
    }
  }

  /** A row of a stream. */
  record Stream(String name, int lane, long version) {}

  /** What a stream's name begins with: "kind/namespace". */
  static String family(String stream) {
    return stream.substring(0, stream.indexOf('/', stream.indexOf('/') + 1));
  }
}
