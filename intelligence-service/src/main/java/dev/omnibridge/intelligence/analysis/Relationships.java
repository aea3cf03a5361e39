// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import dev.omnibridge.intelligence.analysis.Relationship.Kind;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds imports, includes and references by the statements each language uses for them. */
final class Relationships {
  private static final List<String> ATTRIBUTES = List.of("href", "src", "action", "xmlns");

  /** All look-ahead is bounded, or one long line of openings would take quadratic time. */
  private static final int QUOTE_WITHIN = 256;

  private static final int LONGEST_QUOTE = 1024;
  private static final int LONGEST_PREFIX = 32;

  private final Lines lines;
  private final References found = new References();
  private boolean insideGoImport;

  private Relationships(Lines lines) {
    this.lines = lines;
  }

  static List<Relationship> find(SourceText source, @Nullable Language language) {
    var pass = new Relationships(source.lines());
    for (int i = 0; i < pass.lines.count(); i++) {
      if (!pass.lines.blank(i)) {
        pass.statement(language, pass.lines.in(source.withStrings(), i).strip(), i + 1);
        pass.links(pass.lines.line(i), i + 1);
      }
    }
    return pass.found.toList();
  }

  private void statement(@Nullable Language language, String line, int number) {
    if (language == null || line.isEmpty()) {
      return;
    }
    switch (language) {
      case JAVA, KOTLIN -> dotted(line, "import ", number);
      case CSHARP -> csharp(line, number);
      case PYTHON -> python(line, number);
      case JAVASCRIPT, TYPESCRIPT -> ecmaScript(line, number);
      case GO -> go(line, number);
      case RUST -> rust(line, number);
      case C, CPP -> include(line, number);
      case RUBY -> quotedAfter(line, Kind.IMPORT, number, "require_relative ", "require ", "load ");
      case SHELL -> wordAfter(line, Kind.INCLUDE, number, "source ", ". ");
      case SQL -> sql(line.toLowerCase(Locale.ROOT), number);
      case HTML, XML -> attributes(line, number);
      case CSS -> css(line, number);
      case JSON -> quotedAfter(line, Kind.REFERENCE, number, "\"$ref\":", "\"extends\":");
      case YAML -> yaml(line, number);
      case PROTOBUF -> quotedAfter(line, Kind.IMPORT, number, "import ");
      case DOCKERFILE -> wordAfter(line, Kind.IMPORT, number, "FROM ", "COPY --from=");
      case MARKDOWN -> markdown(line, number);
      case PROPERTIES -> {}
    }
  }

  private void dotted(String line, String word, int number) {
    if (line.startsWith(word)) {
      String rest = line.substring(word.length()).strip();
      String target = rest.startsWith("static ") ? rest.substring(7) : rest;
      found.add(Kind.IMPORT, until(target.strip(), "; "), number);
    }
  }

  private void csharp(String line, int number) {
    if (line.startsWith("using ") && line.endsWith(";") && line.indexOf('(') < 0) {
      String rest = line.substring(6, line.length() - 1);
      found.add(Kind.IMPORT, until(rest.substring(rest.indexOf('=') + 1).strip(), " "), number);
    }
  }

  private void python(String line, int number) {
    if (line.startsWith("from ")) {
      found.add(Kind.IMPORT, until(line.substring(5).strip(), " "), number);
    } else if (line.startsWith("import ")) {
      for (String part : line.substring(7).split(",", -1)) {
        found.add(Kind.IMPORT, until(part.strip(), " ;"), number);
      }
    }
  }

  private void ecmaScript(String line, int number) {
    boolean statement = line.startsWith("import ") || line.startsWith("export ");
    int from = line.lastIndexOf(" from ");
    if (statement && from > 0) {
      found.add(Kind.IMPORT, quoted(line, from), number);
    } else if (line.startsWith("import ") || line.startsWith("} from ")) {
      found.add(Kind.IMPORT, quoted(line, 0), number);
    }
    int require = line.indexOf("require(");
    if (require >= 0) {
      found.add(Kind.IMPORT, quoted(line, require), number);
    }
  }

  private void go(String line, int number) {
    if (insideGoImport) {
      insideGoImport = !line.startsWith(")");
      found.add(Kind.IMPORT, quoted(line, 0), number);
    } else if (line.startsWith("import (")) {
      insideGoImport = true;
    } else if (line.startsWith("import ")) {
      found.add(Kind.IMPORT, quoted(line, 0), number);
    }
  }

  private void rust(String line, int number) {
    String rest = line.startsWith("pub ") ? line.substring(4) : line;
    if (rest.startsWith("mod ") && !rest.endsWith(";")) {
      return;
    }
    for (String word : List.of("use ", "mod ", "extern crate ")) {
      if (rest.startsWith(word)) {
        found.add(Kind.IMPORT, until(rest.substring(word.length()), ";{ "), number);
      }
    }
  }

  private void include(String line, int number) {
    if (line.startsWith("#")) {
      String directive = line.substring(1).strip();
      if (directive.startsWith("include")) {
        String target = directive.substring(7).strip();
        boolean angled = target.startsWith("<");
        found.add(
            Kind.INCLUDE, angled ? until(target.substring(1), ">") : quoted(target, 0), number);
      }
    }
  }

  private void sql(String line, int number) {
    for (String word : List.of("references ", "from ", "join ", "into ")) {
      int at = line.startsWith(word) ? 0 : line.indexOf(" " + word);
      if (at >= 0) {
        String rest = line.substring(line.indexOf(word, at) + word.length()).strip();
        found.add(Kind.REFERENCE, until(rest, " (,;)"), number);
      }
    }
  }

  private void attributes(String line, int number) {
    for (String attribute : ATTRIBUTES) {
      int at = line.indexOf(attribute);
      while (at >= 0) {
        int end = at + attribute.length();
        int sign = startsWord(line, at) ? signAfter(line, end) : -1;
        if (sign >= 0) {
          Kind kind = attribute.equals("href") ? Kind.LINK : Kind.REFERENCE;
          found.add(kind, quoted(line, sign), number);
        }
        at = line.indexOf(attribute, end);
      }
    }
  }

  /** Where the equals sign of an attribute stands, which may have a name space's prefix. */
  private static int signAfter(String line, int end) {
    boolean prefixed = end < line.length() && line.charAt(end) == ':';
    int limit = Math.min(line.length(), prefixed ? end + LONGEST_PREFIX : end + 1);
    return line.indexOf('=', Math.min(end, limit), limit);
  }

  private static boolean startsWord(String line, int at) {
    return at == 0 || Character.isWhitespace(line.charAt(at - 1));
  }

  private void css(String line, int number) {
    quotedAfter(line, Kind.IMPORT, number, "@import ");
    int url = line.indexOf("url(");
    if (url >= 0) {
      String target = until(line.substring(url + 4).strip(), ")");
      found.add(Kind.REFERENCE, target.replace("\"", "").replace("'", ""), number);
    }
  }

  private void yaml(String line, int number) {
    String entry = line.startsWith("- ") ? line.substring(2).strip() : line;
    wordAfter(entry, Kind.REFERENCE, number, "$ref: ", "uses: ", "image: ", "include: ");
  }

  private void markdown(String line, int number) {
    int at = line.indexOf("](");
    while (at >= 0) {
      int end = line.indexOf(')', at);
      if (end < 0) {
        return;
      }
      found.add(Kind.LINK, until(line.substring(at + 2, end), " "), number);
      at = line.indexOf("](", end);
    }
  }

  private void quotedAfter(String line, Kind kind, int number, String... words) {
    for (String word : words) {
      if (line.startsWith(word)) {
        found.add(kind, quoted(line, word.length()), number);
        return;
      }
    }
  }

  private void wordAfter(String line, Kind kind, int number, String... words) {
    for (String word : words) {
      if (line.startsWith(word)) {
        String target = until(line.substring(word.length()).strip(), " ;");
        found.add(kind, target.replace("\"", "").replace("'", ""), number);
        return;
      }
    }
  }

  /** Web addresses count wherever they stand, unless the language's own statement named them. */
  private void links(String line, int number) {
    int at = line.indexOf("://");
    while (at >= 0) {
      int start = at;
      while (start > 0 && Character.isLetter(line.charAt(start - 1)) && at - start < 8) {
        start--;
      }
      int end = at + 3;
      while (end < line.length() && isAddressPart(line.charAt(end))) {
        end++;
      }
      String scheme = line.substring(start, at);
      if (end > at + 3 && (scheme.equals("http") || scheme.equals("https"))) {
        found.addOnce(Kind.LINK, trimmed(line.substring(start, end)), number);
      }
      at = line.indexOf("://", end);
    }
  }

  private static boolean isAddressPart(char c) {
    return c > ' ' && c < 0x7F && "\"'<>()[]{}`|\\^".indexOf(c) < 0;
  }

  private static String trimmed(String address) {
    int end = address.length();
    while (end > 0 && ".,;:!?*".indexOf(address.charAt(end - 1)) >= 0) {
      end--;
    }
    return address.substring(0, end);
  }

  /** The first text in quotes soon after an offset, empty without one. */
  private static String quoted(String line, int from) {
    int limit = Math.min(line.length(), from + QUOTE_WITHIN);
    for (int i = from; i < limit; i++) {
      char c = line.charAt(i);
      if (c == '"' || c == '\'' || c == '`') {
        int end = line.indexOf(c, i + 1, Math.min(line.length(), i + LONGEST_QUOTE));
        return end < 0 ? "" : line.substring(i + 1, end);
      }
    }
    return "";
  }

  private static String until(String text, String stops) {
    for (int i = 0; i < text.length(); i++) {
      if (stops.indexOf(text.charAt(i)) >= 0) {
        return text.substring(0, i);
      }
    }
    return text;
  }
}
