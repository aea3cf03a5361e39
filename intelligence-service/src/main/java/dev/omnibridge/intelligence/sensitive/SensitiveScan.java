// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.sensitive;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Looks a text over for secrets and personal data, line by line, in time linear in its length. The
 * values themselves stay here: a finding has what stands before the value, with everything masked
 * that was found too or looks like a key.
 */
public final class SensitiveScan {
  /** The most findings of one text. */
  public static final int MOST = 200;

  static final String MARK = "[redacted]";

  private static final String KEY_BEGIN = "-----BEGIN ";
  private static final String KEY_END = "-----END ";
  private static final int KEY_TITLE = 40;
  private static final int BODY_WITHIN = 400;
  private static final int LEAST_BODY = 24;
  private static final int LONGEST_BODY_LINE = 200;
  private static final int CONTEXT = 32;
  private static final int LONG_RUN = 12;

  private final String text;
  private final boolean code;
  private final List<SensitiveFinding> findings = new ArrayList<>();
  private boolean insideKey;

  private SensitiveScan(String text, boolean code) {
    this.text = text;
    this.code = code;
  }

  /** What is found; of code only values in quotes count as assigned. */
  public static List<SensitiveFinding> of(String text, boolean code) {
    var scan = new SensitiveScan(text, code);
    scan.lines();
    return List.copyOf(scan.findings);
  }

  private void lines() {
    int start = 0;
    int number = 1;
    while (start < text.length() && findings.size() < MOST) {
      int end = text.indexOf('\n', start);
      end = end < 0 ? text.length() : end;
      line(start, end, number++);
      start = end + 1;
    }
  }

  private void line(int start, int end, int number) {
    if (insideKey && (contains(KEY_END, start, end) || isBody(start, end))) {
      insideKey = !contains(KEY_END, start, end);
      return;
    }
    insideKey = false;
    List<Span> spans = new ArrayList<>();
    if (!key(start, end, number)) {
      Tokens.find(text, start, end, spans);
      Assignments.find(text, start, end, code, spans);
      Contacts.find(text, start, end, spans);
      CheckedNumbers.find(text, start, end, spans);
      report(start, number, spans);
    }
  }

  private boolean contains(String part, int start, int end) {
    int at = text.indexOf(part, start, end);
    return at >= 0;
  }

  /** The body of a private key is passed over; its lines would only look like other secrets. */
  private boolean key(int start, int end, int number) {
    int at = text.indexOf(KEY_BEGIN, start, end);
    int after = at < 0 ? -1 : titleEnd(at + KEY_BEGIN.length(), end);
    if (after < 0) {
      return false;
    }
    insideKey = !contains(KEY_END, after, end);
    findings.add(
        new SensitiveFinding(
            SensitiveKind.PRIVATE_KEY,
            number,
            KEY_BEGIN + "PRIVATE KEY----- " + MARK,
            hasBody(after) ? 0.95 : 0.3));
    return true;
  }

  /** Where the title of a private key ends, after its dashes; -1 when it is none. */
  private int titleEnd(int from, int end) {
    int at = from;
    while (at < end && at - from < KEY_TITLE && isTitle(text.charAt(at))) {
      at++;
    }
    boolean key = text.substring(from, at).contains("PRIVATE KEY");
    return key && text.startsWith("-----", at) ? at + 5 : -1;
  }

  private static boolean isTitle(char c) {
    return Chars.upper(c) || Chars.digit(c) || c == ' ';
  }

  /** A title alone is a document's, or a test's; a key has a long run of Base64 soon after it. */
  private boolean hasBody(int after) {
    int limit = Math.min(text.length(), after + BODY_WITHIN);
    int run = 0;
    for (int at = after; at < limit && run < LEAST_BODY; at++) {
      char c = text.charAt(at);
      run = Chars.alphanumeric(c) || c == '+' || c == '/' ? run + 1 : 0;
    }
    return run >= LEAST_BODY;
  }

  /** Lines of Base64, in quotes or not, headers and empty lines; anything else is no key's. */
  private boolean isBody(int start, int end) {
    String line = text.substring(start, Math.min(end, start + LONGEST_BODY_LINE)).strip();
    return line.isEmpty()
        || line.startsWith("Proc-Type:")
        || line.startsWith("DEK-Info:")
        || line.chars().noneMatch(Character::isWhitespace);
  }

  /** Of spans that overlap the surest stays. */
  private void report(int lineStart, int number, List<Span> spans) {
    spans.sort(
        Comparator.comparingInt(Span::start)
            .thenComparing(Comparator.comparingDouble(Span::confidence).reversed()));
    List<Span> kept = new ArrayList<>();
    for (Span span : spans) {
      Span last = kept.isEmpty() ? null : kept.getLast();
      if (last == null || span.start() >= last.end()) {
        kept.add(span);
      } else if (span.confidence() > last.confidence()) {
        kept.set(kept.size() - 1, joined(span, last));
      } else if (span.end() > last.end()) {
        kept.set(kept.size() - 1, joined(last, span));
      }
    }
    for (int i = 0; i < kept.size() && findings.size() < MOST; i++) {
      Span span = kept.get(i);
      int from = Math.max(lineStart, i == 0 ? lineStart : kept.get(i - 1).end());
      findings.add(
          new SensitiveFinding(span.kind(), number, excerpt(from, span), span.confidence()));
    }
  }

  /** The first one's meaning over the places of both, so that neither shows. */
  private static Span joined(Span meant, Span other) {
    return new Span(
        meant.kind(),
        Math.min(meant.start(), other.start()),
        Math.max(meant.end(), other.end()),
        meant.confidence());
  }

  private String excerpt(int from, Span span) {
    int start = Math.max(from, span.start() - CONTEXT);
    String before = text.substring(start, span.start()).replace('\r', ' ').replace('\t', ' ');
    boolean cutInside = start > from && Chars.word(text.charAt(start - 1));
    return (masked(before, cutInside) + MARK).strip();
  }

  /** Long runs with digits in them may be the rest of a key that no rule knows. */
  private static String masked(String before, boolean cutInside) {
    var out = new StringBuilder();
    int at = 0;
    while (at < before.length()) {
      int end = at;
      boolean digits = false;
      while (end < before.length() && isKeyPart(before.charAt(end))) {
        digits |= Chars.digit(before.charAt(end++));
      }
      if (end == at) {
        out.append(before.charAt(at++));
      } else {
        boolean hidden = (digits && end - at >= LONG_RUN) || (at == 0 && cutInside);
        out.append(hidden ? "…" : before.substring(at, end));
        at = end;
      }
    }
    return out.toString();
  }

  private static boolean isKeyPart(char c) {
    return Chars.word(c) || c == '+' || c == '/';
  }
}
