// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.sensitive;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** E-mail and IP addresses and telephone numbers. All look-around is bounded. */
final class Contacts {
  private static final int LONGEST_LOCAL = 64;
  private static final int LONGEST_DOMAIN = 255;
  private static final int MOST_PHONE_DIGITS = 15;

  /** Domains that are set aside for examples, and senders that are no person. */
  private static final List<String> NOBODY =
      List.of(
          "example.",
          "@test.",
          ".test",
          ".invalid",
          ".example",
          "localhost",
          "noreply",
          "no-reply",
          "git@",
          "@users.noreply");

  /** What looks like a top-level domain and is a file's ending. */
  private static final Set<String> ENDINGS =
      Set.of("png", "jpg", "jpeg", "gif", "svg", "js", "css", "ts", "json", "html", "webp", "md");

  private Contacts() {}

  static void find(String text, int from, int to, List<Span> found) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c == '@') {
        email(text, from, i, to, found);
      } else if (c == '+' || c == '(') {
        i = phone(text, from, i, to, found);
      } else if (Chars.digit(c) && startsNumber(text, from, i)) {
        i = address(text, from, i, to, found);
      }
    }
  }

  private static boolean startsNumber(String text, int from, int at) {
    return at == from || (!Chars.word(text.charAt(at - 1)) && text.charAt(at - 1) != '.');
  }

  private static void email(String text, int from, int sign, int to, List<Span> found) {
    int start = sign;
    while (start > from && sign - start < LONGEST_LOCAL && isLocal(text.charAt(start - 1))) {
      start--;
    }
    int end = sign + 1;
    int lastDot = -1;
    while (end < to && end - sign < LONGEST_DOMAIN && isDomain(text.charAt(end))) {
      lastDot = text.charAt(end) == '.' && Chars.alphanumericAt(text, end + 1) ? end : lastDot;
      end++;
    }
    while (end > sign && !Chars.alphanumeric(text.charAt(end - 1))) {
      end--;
    }
    if (start == sign || lastDot <= sign + 1) {
      return;
    }
    String top = text.substring(lastDot + 1, Math.max(end, lastDot + 1)).toLowerCase(Locale.ROOT);
    boolean letters = top.length() >= 2 && top.chars().allMatch(c -> Chars.letter((char) c));
    if (letters && !ENDINGS.contains(top) && Chars.alphanumeric(text.charAt(start))) {
      String value = text.substring(start, end).toLowerCase(Locale.ROOT);
      boolean nobody = NOBODY.stream().anyMatch(value::contains);
      found.add(new Span(SensitiveKind.EMAIL, start, end, nobody ? Placeholders.DOUBTFUL : 0.9));
    }
  }

  private static boolean isLocal(char c) {
    return Chars.word(c) || c == '.' || c == '+' || c == '%';
  }

  private static boolean isDomain(char c) {
    return Chars.alphanumeric(c) || c == '-' || c == '.';
  }

  /** +CC with 8 to 15 digits in groups, or (NNN) NNN-NNNN. Returns where to go on. */
  private static int phone(String text, int from, int at, int to, List<Span> found) {
    boolean international = text.charAt(at) == '+';
    boolean free = at == from || " \t\"':(>,|".indexOf(text.charAt(at - 1)) >= 0;
    if (!free || !Chars.alphanumericAt(text, at + 1) || text.charAt(at + 1) == '0') {
      return at;
    }
    int digits = 0;
    int groups = 1;
    int end = at + 1;
    int i = at + 1;
    for (; i < to && i - at < 28 && digits <= MOST_PHONE_DIGITS; i++) {
      char c = text.charAt(i);
      if (Chars.digit(c)) {
        digits++;
        groups += end < i ? 1 : 0;
        end = i + 1;
      } else if (" -().".indexOf(c) < 0 || i - end > 1) {
        break;
      }
    }
    boolean whole = !Chars.alphanumericAt(text, end);
    boolean local = !international && digits == 10 && text.startsWith(")", at + 4);
    boolean full = international && digits >= 8 && digits <= MOST_PHONE_DIGITS;
    if (whole && (local || (full && (groups > 1 || digits >= 10)))) {
      boolean fiction = text.substring(at, end).contains("555");
      double sure = fiction ? Placeholders.DOUBTFUL : groups > 1 ? 0.8 : 0.5;
      found.add(new Span(SensitiveKind.PHONE, at, end, sure));
      return end - 1;
    }
    return at;
  }

  /** Four numbers up to 255 with dots between. Returns where to go on. */
  private static int address(String text, int from, int at, int to, List<Span> found) {
    int[] parts = new int[4];
    int count = 0;
    int i = at;
    while (i < to && count < 4) {
      int start = i;
      int number = 0;
      while (i < to && i - start < 4 && Chars.digit(text.charAt(i))) {
        number = number * 10 + text.charAt(i++) - '0';
      }
      if (i == start || i - start > 3 || number > 255) {
        return Math.max(at, i - 1);
      }
      parts[count++] = number;
      if (count < 4 && (i >= to || text.charAt(i++) != '.')) {
        return Math.max(at, i - 2);
      }
    }
    boolean more = i < to && (Chars.word(text.charAt(i)) || dotted(text, i, to));
    if (count == 4 && !more && !special(parts)) {
      found.add(new Span(SensitiveKind.IP_ADDRESS, at, i, addressSure(text, from, at, parts)));
    }
    return i - 1;
  }

  private static boolean dotted(String text, int at, int to) {
    return text.charAt(at) == '.' && at + 1 < to && Chars.digit(text.charAt(at + 1));
  }

  private static boolean special(int[] p) {
    return p[0] == 0 || p[0] == 127 || p[0] >= 224;
  }

  private static double addressSure(String text, int from, int at, int[] p) {
    boolean documented =
        (p[0] == 192 && p[1] == 0 && p[2] == 2)
            || (p[0] == 198 && p[1] == 51 && p[2] == 100)
            || (p[0] == 203 && p[1] == 0 && p[2] == 113);
    boolean inside = p[0] == 10 || (p[0] == 192 && p[1] == 168) || (p[0] == 172 && p[1] >> 4 == 1);
    String before = text.substring(Math.max(from, at - 12), at).toLowerCase(Locale.ROOT);
    boolean version = before.contains("version") || p[0] < 10 && p[3] < 10;
    return documented || version ? Placeholders.DOUBTFUL : inside ? 0.4 : 0.7;
  }
}
