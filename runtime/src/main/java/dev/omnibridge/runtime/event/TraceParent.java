// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.event;

/** The W3C trace context of an event: 00-(32 hex)-(16 hex)-(2 hex), neither id all zero. */
final class TraceParent {
  private static final int LENGTH = 55;
  private static final int TRACE = 3;
  private static final int TRACE_LENGTH = 32;
  private static final int SPAN = 36;
  private static final int SPAN_LENGTH = 16;
  private static final int FLAGS = 53;

  private TraceParent() {}

  /** The header as it is; empty when it is not valid, for then it counts as absent. */
  static String valid(String header) {
    boolean shaped =
        header.length() == LENGTH
            && header.startsWith("00-")
            && header.charAt(SPAN - 1) == '-'
            && header.charAt(FLAGS - 1) == '-'
            && isId(header, TRACE, TRACE_LENGTH)
            && isId(header, SPAN, SPAN_LENGTH)
            && isHex(header, FLAGS, 2);
    return shaped ? header : "";
  }

  /** The header for ids that an envelope has in two fields; empty when they are none. */
  static String of(String traceId, String spanId) {
    return traceId.isEmpty() || spanId.isEmpty()
        ? ""
        : valid("00-%s-%s-00".formatted(traceId, spanId));
  }

  private static boolean isId(String text, int from, int length) {
    boolean allZero = true;
    for (int at = from; at < from + length; at++) {
      allZero &= text.charAt(at) == '0';
    }
    return !allZero && isHex(text, from, length);
  }

  private static boolean isHex(String text, int from, int length) {
    for (int at = from; at < from + length; at++) {
      char letter = text.charAt(at);
      if ((letter < '0' || letter > '9') && (letter < 'a' || letter > 'f')) {
        return false;
      }
    }
    return true;
  }
}
