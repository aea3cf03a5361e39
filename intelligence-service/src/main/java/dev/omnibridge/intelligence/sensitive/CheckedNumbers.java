// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.sensitive;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Numbers that carry a check: bank accounts (mod 97) and payment cards (Luhn). */
final class CheckedNumbers {
  private static final int LEAST_CARD = 13;
  private static final int MOST_CARD = 19;

  /** Lengths of an IBAN by country (ISO 13616 registry). */
  private static final Map<String, Integer> IBAN_LENGTHS =
      Map.ofEntries(
          Map.entry("AT", 20),
          Map.entry("BE", 16),
          Map.entry("BG", 22),
          Map.entry("CH", 21),
          Map.entry("CY", 28),
          Map.entry("CZ", 24),
          Map.entry("DE", 22),
          Map.entry("DK", 18),
          Map.entry("EE", 20),
          Map.entry("ES", 24),
          Map.entry("FI", 18),
          Map.entry("FR", 27),
          Map.entry("GB", 22),
          Map.entry("GR", 27),
          Map.entry("HR", 21),
          Map.entry("HU", 28),
          Map.entry("IE", 22),
          Map.entry("IS", 26),
          Map.entry("IT", 27),
          Map.entry("LI", 21),
          Map.entry("LT", 20),
          Map.entry("LU", 20),
          Map.entry("LV", 21),
          Map.entry("MT", 31),
          Map.entry("NL", 18),
          Map.entry("NO", 15),
          Map.entry("PL", 28),
          Map.entry("PT", 25),
          Map.entry("RO", 24),
          Map.entry("SE", 24),
          Map.entry("SI", 19),
          Map.entry("SK", 24),
          Map.entry("TR", 26),
          Map.entry("SA", 24),
          Map.entry("AE", 23),
          Map.entry("IL", 23));

  /** Numbers that payment services publish for tests, and the registry's own examples. */
  private static final Set<String> KNOWN_EXAMPLES =
      Set.of(
          "4111111111111111",
          "4242424242424242",
          "5555555555554444",
          "5105105105105100",
          "378282246310005",
          "371449635398431",
          "6011111111111117",
          "4012888888881881",
          "DE89370400440532013000",
          "GB29NWBK60161331926819",
          "FR1420041010050500013M02606",
          "GB82WEST12345698765432");

  private CheckedNumbers() {}

  static void find(String text, int from, int to, List<Span> found) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!Chars.alphanumeric(c) || Chars.alphanumericAt(text, i - 1)) {
        continue;
      }
      if (Chars.upper(c)) {
        iban(text, i, to, found);
      } else if (Chars.digit(c) && plainBefore(text, from, i)) {
        i = card(text, i, to, found);
      }
    }
  }

  private static boolean plainBefore(String text, int from, int at) {
    return at == from || "._-+#/".indexOf(text.charAt(at - 1)) < 0;
  }

  private static void iban(String text, int at, int to, List<Span> found) {
    Integer length = at + 4 > to ? null : IBAN_LENGTHS.get(text.substring(at, at + 2));
    if (length == null || !Chars.digit(text.charAt(at + 2)) || !Chars.digit(text.charAt(at + 3))) {
      return;
    }
    var number = new StringBuilder();
    int i = at;
    while (i < to && number.length() < length) {
      char c = text.charAt(i);
      if (Chars.digit(c) || Chars.upper(c)) {
        number.append(c);
      } else if (c != ' ' || text.charAt(i - 1) == ' ') {
        return;
      }
      i++;
    }
    if (number.length() == length && !Chars.alphanumericAt(text, i) && mod97(number) == 1) {
      double sure = KNOWN_EXAMPLES.contains(number.toString()) ? Placeholders.DOUBTFUL : 0.95;
      found.add(new Span(SensitiveKind.IBAN, at, i, sure));
    }
  }

  private static int mod97(CharSequence number) {
    int rest = 0;
    for (int i = 0; i < number.length(); i++) {
      char c = number.charAt((i + 4) % number.length());
      int value = Chars.digit(c) ? c - '0' : c - 'A' + 10;
      rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
    }
    return rest;
  }

  /** Returns where to go on: at the last digit of the run. */
  private static int card(String text, int at, int to, List<Span> found) {
    var digits = new StringBuilder();
    boolean divided = false;
    int end = at;
    for (int i = at; i < to && digits.length() <= MOST_CARD; i++) {
      char c = text.charAt(i);
      if (Chars.digit(c)) {
        digits.append(c);
        end = i + 1;
      } else if ((c == ' ' || c == '-') && end == i) {
        divided |= i + 1 < to && Chars.digit(text.charAt(i + 1));
      } else {
        break;
      }
    }
    boolean sized = digits.length() >= LEAST_CARD && digits.length() <= MOST_CARD;
    if (sized && ends(text, end, to) && issued(digits) && luhn(digits)) {
      boolean example =
          KNOWN_EXAMPLES.contains(digits.toString()) || digits.chars().distinct().count() < 4;
      double sure = example ? Placeholders.DOUBTFUL : divided ? 0.9 : 0.6;
      found.add(new Span(SensitiveKind.CREDIT_CARD, at, end, sure));
    }
    return Math.max(at, end - 1);
  }

  private static boolean ends(String text, int end, int to) {
    return end >= to
        || (!Chars.word(text.charAt(end)) && text.charAt(end) != '.')
        || (text.charAt(end) == '.' && !Chars.alphanumericAt(text, end + 1));
  }

  private static boolean issued(CharSequence digits) {
    int first = digits.charAt(0) - '0';
    int two = first * 10 + digits.charAt(1) - '0';
    int length = digits.length();
    return switch (first) {
      case 4 -> length == 13 || length == 16 || length == 19;
      case 5 -> two >= 51 && two <= 55 && length == 16;
      case 2 -> two >= 22 && two <= 27 && length == 16;
      case 3 -> (two == 34 || two == 37) && length == 15 || two == 35 && length == 16;
      case 6 -> (two == 60 || two == 65 || two == 62) && length >= 16;
      default -> false;
    };
  }

  private static boolean luhn(CharSequence digits) {
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(digits.length() - 1 - i) - '0';
      int doubled = i % 2 == 0 ? digit : digit * 2;
      sum += doubled > 9 ? doubled - 9 : doubled;
    }
    return sum % 10 == 0;
  }
}
