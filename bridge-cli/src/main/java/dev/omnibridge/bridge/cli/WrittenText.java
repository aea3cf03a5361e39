// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.omnibridge.stamping.stamp.StampType;
import dev.omnibridge.stamping.stamp.Validation;
import dev.omnibridge.stamping.stamp.Validation.Demands;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A text and the stamps in it that state a hash, of which the suite may replace each by another.
 * Everything else in it belongs to the user.
 *
 * @param text a character per byte
 */
record WrittenText(String text, List<Span> stamps) {
  private static final String BYTE_ORDER_MARK = "\u00EF\u00BB\u00BF";

  private static final Pattern RICH_END = end("ONEX_METADATA_END");
  private static final Pattern TOOL_END = end("=== /OmniNode:Tool_Metadata ===");

  /** The lines of a stamp, their ends included. */
  record Span(int from, int to) {}

  private static Pattern end(String mark) {
    return Pattern.compile(
        "(?:#|//|--|;|%|/\\*|<!--) " + Pattern.quote(mark) + "\\s*(?:\\*/|-->)?\\s*");
  }

  /** Finds the stamps in a text. */
  static WrittenText of(byte[] bytes) {
    String text = new String(bytes, ISO_8859_1);
    List<Integer> lines = new ArrayList<>(List.of(0));
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) {
      lines.add(end + 1);
    }
    lines.add(text.length());
    List<Span> spans = new ArrayList<>();
    for (var check : Validation.of(bytes, null, new Demands(null, false, false)).checks()) {
      if (check.hash() != null && check.line() > 0) {
        spans.add(span(text, lines, check.line() - 1, check.type()));
      }
    }
    return new WrittenText(text, List.copyOf(spans));
  }

  private static Span span(String text, List<Integer> lines, int first, StampType type) {
    int last = first;
    if (type == StampType.RICH || type == StampType.TOOL_METADATA) {
      Pattern end = type == StampType.RICH ? RICH_END : TOOL_END;
      do {
        last++;
      } while (last < lines.size() - 2
          && !end.matcher(text.substring(lines.get(last), lines.get(last + 1))).matches());
    }
    int from = lines.get(first);
    int mark = text.startsWith(BYTE_ORDER_MARK, from) ? BYTE_ORDER_MARK.length() : 0;
    return new Span(from + mark, lines.get(Math.min(last + 1, lines.size() - 1)));
  }

  /**
   * True when this is the other text with a stamp in it, in place of those that the other one has,
   * and apart from that the same byte by byte. A stamp may have begun the line that it stands on,
   * and one at the end may stand for the empty lines that were there.
   */
  boolean isWith(WrittenText other) {
    String bare = other.without(0, other.text.length());
    return stamps.stream()
        .anyMatch(stamp -> {
          String before = without(0, stamp.from());
          String after = without(stamp.to(), text.length());
          return bare.equals(before + after)
              || bare.equals(withoutLineEnd(before) + after)
              || withoutLineEnds(after).isEmpty()
                  && withoutLineEnds(before).equals(withoutLineEnds(bare));
        });
  }

  /** A part of the text without its stamps. */
  private String without(int from, int to) {
    var rest = new StringBuilder();
    int at = from;
    for (Span stamp : stamps) {
      if (stamp.from() >= at && stamp.to() <= to) {
        rest.append(text, at, stamp.from());
        at = stamp.to();
      }
    }
    return rest.append(text, at, to).toString();
  }

  private static String withoutLineEnd(String text) {
    String rest = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    return rest.endsWith("\r") ? rest.substring(0, rest.length() - 1) : rest;
  }

  private static String withoutLineEnds(String text) {
    int end = text.length();
    while (end > 0 && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
      end--;
    }
    return text.substring(0, end);
  }
}
