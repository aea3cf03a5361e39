// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.files;

import dev.omnibridge.runtime.blake3.Hash;
import org.jspecify.annotations.Nullable;

/** A line as b3sum prints and checks it: a digest, two blanks, and the name of a file. */
public record ChecksumLine(Hash hash, String name) {
  private static final int DIGITS = 2 * Hash.LENGTH;
  private static final String GAP = "  ";

  /** What stands for bytes of a name that are no text. */
  private static final char REPLACEMENT = '\uFFFD';

  /** A line, or why it is none. */
  public sealed interface Parsed {
    /** It is one. */
    record Line(ChecksumLine line) implements Parsed {}

    /** It is none, and this is why, as a clause. */
    record Malformed(String problem) implements Parsed {}
  }

  /** The line; a name with a backslash or a newline in it is escaped, and the line tells so. */
  public String text() {
    return escaped(name) ? "\\" + hash.hex() + GAP + escape(name) : hash.hex() + GAP + name;
  }

  /** The name as it stands in answers, on one line in any case. */
  public static String shown(String name) {
    return escaped(name) ? "\\" + escape(name) : name;
  }

  /** Reads a line without its end. */
  public static Parsed parse(String text) {
    boolean escaped = text.startsWith("\\");
    String line = escaped ? text.substring(1) : text;
    if (line.isEmpty()) {
      return new Parsed.Malformed("it is empty");
    }
    if (line.length() <= DIGITS + GAP.length()) {
      return new Parsed.Malformed("it is too short for a digest and a name");
    }
    if (!line.chars().limit(DIGITS).allMatch(ChecksumLine::isDigit)) {
      return new Parsed.Malformed("its digest is not 64 lower-case hexadecimal digits");
    }
    if (!line.startsWith(GAP, DIGITS)) {
      return new Parsed.Malformed("there are no two blanks behind its digest");
    }
    String name = line.substring(DIGITS + GAP.length());
    String plain = escaped ? unescape(name) : name;
    if (plain == null) {
      return new Parsed.Malformed("its name has an unknown escape");
    }
    if (plain.indexOf('\0') >= 0 || plain.indexOf(REPLACEMENT) >= 0) {
      return new Parsed.Malformed("its name cannot be that of a file");
    }
    return new Parsed.Line(new ChecksumLine(Hash.parse(line.substring(0, DIGITS)), plain));
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9' || c >= 'a' && c <= 'f';
  }

  private static boolean escaped(String name) {
    return name.indexOf('\\') >= 0 || name.indexOf('\n') >= 0;
  }

  private static String escape(String name) {
    return name.replace("\\", "\\\\").replace("\n", "\\n");
  }

  private static @Nullable String unescape(String name) {
    var plain = new StringBuilder();
    for (int at = 0; at < name.length(); at++) {
      char c = name.charAt(at);
      if (c != '\\') {
        plain.append(c);
        continue;
      }
      at++;
      char escape = at < name.length() ? name.charAt(at) : ' ';
      switch (escape) {
        case '\\' -> plain.append('\\');
        case 'n' -> plain.append('\n');
        case 'r' -> plain.append('\r');
        default -> {
          return null;
        }
      }
    }
    return plain.toString();
  }
}
