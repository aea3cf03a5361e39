// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.license;

import dev.omnibridge.intelligence.license.LicenseFinding.Source;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds the licenses of a text, surest first, each once. */
public final class Licenses {
  /** Of a text's share of phrases, below which it is only like the license. */
  static final double LEAST = 0.6;

  private static final double NOTICE = 0.9;
  private static final String SPDX = "SPDX-License-Identifier:";
  private static final int LONGEST_EXPRESSION = 120;
  private static final int MOST_HEADERS = 10;

  /** The longest text, of GPL-3.0, has about 35,000 characters. */
  private static final int LOOKED_AT = 64 * 1024;

  private Licenses() {}

  /** The licenses of a text; empty when it says nothing of one. */
  public static List<LicenseFinding> of(String text) {
    List<LicenseFinding> found = new ArrayList<>();
    Set<String> named = new HashSet<>();
    headers(text, named, found);
    String words = Words.of(text, LOOKED_AT);
    if (words.contains("licen") || words.contains("copyright") || words.contains("permission")) {
      texts(words, named, found);
    }
    found.sort(Comparator.comparingDouble(LicenseFinding::confidence).reversed());
    return List.copyOf(found);
  }

  private static void texts(String words, Set<String> named, List<LicenseFinding> found) {
    for (LicenseText license : LicenseText.ALL) {
      double share = license.share(words);
      if (share >= LEAST && named.add(license.spdxId())) {
        found.add(text(license, Math.min(share, 0.99)));
      }
    }
    for (LicenseText notice : LicenseText.NOTICES) {
      if (notice.share(words) == 1 && !alreadyNamed(named, notice.spdxId())) {
        named.add(notice.spdxId());
        found.add(text(notice, NOTICE));
      }
    }
  }

  /** "GPL-3.0-or-later" says no more than a "GPL-3.0-or-later" header or the text itself. */
  private static boolean alreadyNamed(Set<String> named, String id) {
    return named.contains(id) || named.contains(id.replace("-or-later", ""));
  }

  private static LicenseFinding text(LicenseText license, double confidence) {
    return new LicenseFinding(license.spdxId(), confidence, Source.LICENSE_TEXT, 1);
  }

  private static void headers(String text, Set<String> named, List<LicenseFinding> found) {
    int line = 1;
    int seen = 0;
    int at = text.indexOf(SPDX);
    while (at >= 0 && found.size() < MOST_HEADERS) {
      for (; seen < at; seen++) {
        line += text.charAt(seen) == '\n' ? 1 : 0;
      }
      String expression = expression(text, at + SPDX.length());
      if (!expression.isEmpty() && named.add(expression)) {
        found.add(new LicenseFinding(expression, 1, Source.SPDX_HEADER, line));
      }
      at = text.indexOf(SPDX, at + SPDX.length());
    }
  }

  /** Identifiers, joined by AND, OR and WITH. */
  private static String expression(String text, int from) {
    int limit = Math.min(text.length(), from + LONGEST_EXPRESSION);
    var expression = new StringBuilder();
    boolean identifierNext = true;
    int at = from;
    while (at < limit) {
      while (at < limit && " \t()".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
      int end = at;
      while (end < limit && isIdentifierPart(text.charAt(end))) {
        end++;
      }
      String word = text.substring(at, end);
      boolean joins = word.equals("AND") || word.equals("OR") || word.equals("WITH");
      if (word.isEmpty() || joins == identifierNext) {
        break;
      }
      expression.append(expression.isEmpty() ? "" : " ").append(word);
      identifierNext = joins;
      at = end;
    }
    String whole = expression.toString();
    return identifierNext && !whole.isEmpty() ? whole.substring(0, whole.lastIndexOf(' ')) : whole;
  }

  private static boolean isIdentifierPart(char c) {
    return Character.isLetterOrDigit(c) || c == '-' || c == '.' || c == '+' || c == ':';
  }
}
