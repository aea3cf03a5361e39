// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import org.jspecify.annotations.Nullable;

/** Reads the "#!" line by which a script names its interpreter. */
final class Shebang {
  private Shebang() {}

  static boolean present(String firstLine) {
    return firstLine.startsWith("#!") && firstLine.indexOf('/') > 0;
  }

  /** The program that runs the script, without its directory, options and version. */
  static String interpreter(String firstLine) {
    if (!present(firstLine)) {
      return "";
    }
    String program = "";
    for (String word : firstLine.substring(2).strip().split(" ", 8)) {
      String name = word.substring(word.lastIndexOf('/') + 1);
      boolean setting = name.startsWith("-") || name.indexOf('=') >= 0 || name.isEmpty();
      if (!setting && !name.equals("env")) {
        program = name;
        break;
      }
    }
    int end = program.length();
    while (end > 0
        && (Character.isDigit(program.charAt(end - 1)) || program.charAt(end - 1) == '.')) {
      end--;
    }
    return program.substring(0, end);
  }

  static @Nullable Language language(String firstLine) {
    return switch (interpreter(firstLine)) {
      case "sh", "bash", "dash", "zsh", "ksh", "ash" -> Language.SHELL;
      case "python", "pypy" -> Language.PYTHON;
      case "node", "nodejs", "bun" -> Language.JAVASCRIPT;
      case "deno", "ts-node", "tsx" -> Language.TYPESCRIPT;
      case "ruby", "jruby" -> Language.RUBY;
      case "java" -> Language.JAVA;
      case "kotlin" -> Language.KOTLIN;
      default -> null;
    };
  }
}
