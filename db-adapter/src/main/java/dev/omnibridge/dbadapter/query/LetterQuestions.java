// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.query;

import com.google.protobuf.util.Timestamps;
import dev.omnibridge.api.log.v1.ActionContext;
import dev.omnibridge.api.log.v1.DeadLetterFilter;
import dev.omnibridge.dbadapter.log.Texts;
import dev.omnibridge.runtime.Fault;

/** Checks what is asked about dead letters, before SQL meets it. */
public final class LetterQuestions {
  private LetterQuestions() {}

  /** INVALID (TEXT_WITH_NUL, TIME_RANGE_EMPTY) for a filter that nothing could match. */
  public static void check(DeadLetterFilter filter) {
    Texts.check("topic", filter.getTopic());
    Texts.check("consumer", filter.getConsumer());
    Texts.check("error reason", filter.getErrorReason());
    Texts.check("event type", filter.getEventType());
    boolean bounded = filter.hasSince() && filter.hasUntil();
    if (bounded && Timestamps.compare(filter.getSince(), filter.getUntil()) >= 0) {
      throw Fault.invalidField(
          "TIME_RANGE_EMPTY", "filter.until", "The time range ends before it begins.");
    }
  }

  /** INVALID (TEXT_WITH_NUL) for texts that cannot be kept. */
  public static void check(ActionContext context) {
    Texts.check("actor", context.getActor());
    Texts.check("reason", context.getReason());
  }

  /** INVALID (REASON_MISSING) unless it says why. */
  public static void checkReason(ActionContext context) {
    if (context.getReason().isBlank()) {
      throw Fault.invalidField("REASON_MISSING", "context.reason", "Say why, in one sentence.");
    }
  }
}
