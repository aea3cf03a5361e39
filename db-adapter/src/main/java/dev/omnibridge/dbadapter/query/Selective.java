// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.query;

import dev.omnibridge.api.log.v1.QueryEventsRequest;
import dev.omnibridge.runtime.Fault;

/** Refuses questions that no index could answer. */
public final class Selective {
  private Selective() {}

  /**
   * INVALID (FILTER_TOO_WIDE) unless a filter or a start of the time range narrows the question.
   */
  public static QueryEventsRequest check(QueryEventsRequest question) {
    boolean narrow =
        !question.getCorrelationId().isEmpty()
            || !question.getCausationId().isEmpty()
            || !question.getSessionId().isEmpty()
            || question.hasStream()
            || question.hasSince();
    if (!narrow) {
      throw Fault.invalid(
          "FILTER_TOO_WIDE",
          "Name a correlation_id, causation_id, session_id or stream, or say since when.");
    }
    return question;
  }
}
