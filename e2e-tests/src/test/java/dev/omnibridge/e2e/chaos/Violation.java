// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

/** A promise that was broken, and by what. */
record Violation(Promise promise, String what) {

  /** What the suite promises whatever happens to its processes. */
  enum Promise {
    VERSIONS_WITHOUT_GAP,
    NO_EVENT_TWICE,
    POSITIONS_WITHOUT_GAP,
    STREAM_IN_ONE_LANE,
    STEP_OUTCOME_ONCE,
    EMITTED_ONCE,
    JOURNAL_IN_ORDER,
    ROW_AS_ITS_JOURNAL,
    STAMP_ONCE,
    LEAVES_WITHOUT_GAP,
    TOTALS_AS_THE_LOG,
    VIEW_AS_THE_LOG,
    FOREIGN_EVENT_ONCE,
    FOREIGN_EVENTS_IN_ORDER,
    ACKNOWLEDGED_IS_DONE,
    REQUEST_HAS_ONE_RUN,
    NOTHING_VALID_REFUSED,
    KAFKA_HAS_EVERY_EVENT,
    KAFKA_IN_ORDER,
    KAFKA_HAS_NOTHING_ELSE,
    NOTHING_UNFINISHED,
    BACKLOG_EMPTY,
    NO_DEAD_LETTER,
    AT_REST
  }

  @Override
  public String toString() {
    return promise + ": " + what;
  }
}
