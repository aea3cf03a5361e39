// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit.report;

import java.util.Locale;

/** Text and numbers as they may stand in HTML and SVG. */
final class Html {
  private Html() {}

  /** Safe between tags and inside quoted attributes. */
  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** A format whose every argument is escaped, but for numbers and {@link Markup}. */
  static String fill(String format, Object... arguments) {
    var escaped = new Object[arguments.length];
    for (int i = 0; i < arguments.length; i++) {
      escaped[i] =
          switch (arguments[i]) {
            case Markup markup -> markup.text();
            case Number number -> number;
            case Object other -> escape(other.toString());
          };
    }
    return String.format(Locale.ROOT, format, escaped);
  }

  /** What is HTML already. */
  record Markup(String text) {}
}
