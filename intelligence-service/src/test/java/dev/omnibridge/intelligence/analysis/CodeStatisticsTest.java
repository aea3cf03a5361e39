// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodeStatisticsTest {
  /** Columns: code, comment and blank lines, functions, types, deepest nesting, branch points. */
  @ParameterizedTest
  @CsvSource({
    "JAVA, 28, 3, 6, 4, 2, 4, 4",
    "PYTHON, 24, 2, 9, 3, 2, 4, 6",
    "JAVASCRIPT, 20, 1, 3, 2, 1, 3, 3",
    "TYPESCRIPT, 10, 0, 3, 1, 2, 2, 2",
    "GO, 29, 1, 5, 3, 1, 3, 3",
    "RUST, 26, 1, 4, 3, 1, 3, 2",
    "C, 23, 2, 4, 2, 1, 3, 3",
    "CPP, 24, 1, 6, 4, 1, 3, 2",
    "CSHARP, 27, 1, 2, 1, 2, 5, 2",
    "KOTLIN, 24, 0, 8, 4, 3, 4, 2",
    "RUBY, 19, 3, 4, 2, 2, 4, 2",
    "SHELL, 15, 2, 2, 1, 0, 3, 2",
    "SQL, 14, 2, 3, 1, 2, 1, 0",
    "PROTOBUF, 18, 2, 6, 2, 4, 2, 0",
    "HTML, 14, 1, 0, 0, 0, 5, 0",
    "XML, 9, 1, 0, 0, 0, 4, 0",
    "CSS, 16, 1, 3, 0, 0, 2, 0",
    "JSON, 8, 0, 0, 0, 0, 4, 0",
    "YAML, 11, 1, 0, 0, 0, 2, 0",
    "DOCKERFILE, 9, 1, 1, 0, 0, 0, 0",
    "PROPERTIES, 3, 2, 0, 0, 0, 0, 0"
  })
  void shouldCountASample(
      Language language,
      int code,
      int comment,
      int blank,
      int functions,
      int types,
      int nesting,
      int branches) {
    assertThat(Samples.analyze(language).code())
        .isEqualTo(new CodeStatistics(code, comment, blank, functions, types, nesting, branches));
  }

  @Test
  void shouldNotCountWhatStandsInStringsAndComments() {
    String source =
        """
        class A {
          String s = "if (a && b) { /* no comment */ while";
          char q = '"'; // if (x) { for
          String t = \"""
              if (c) { "for" }
              \""";
          /* while (true) {
             case */
        }
        """;
    assertThat(Samples.analyze(source, "A.java").code())
        .isEqualTo(new CodeStatistics(7, 2, 0, 0, 1, 1, 0));
  }

  @Test
  void shouldNotTakeCallsAndBlocksForFunctions() {
    String source =
        """
        class A {
          void a() throws E {
            synchronized (this) { b(x); }
            list.forEach(y -> { c(y); });
            Runnable r = new Runnable() { public void run() { d(); } };
            switch (v) { case Point(var p) -> { e(p); } default -> { f(); } }
            try (var s = g()) { h(); } catch (E e) { i(); }
          }
        }
        """;
    assertThat(Samples.analyze(source, "A.java").code())
        .isEqualTo(new CodeStatistics(9, 0, 0, 2, 1, 4, 2));
  }

  @Test
  void shouldNotCountWildcardsAsBranches() {
    String source = "class A { List<?> a; Map<String, ? extends B> b = c ? d : e; }";
    assertThat(Samples.analyze(source, "A.java").code())
        .isNotNull()
        .extracting(CodeStatistics::branchPoints)
        .isEqualTo(1);
  }

  @Test
  void shouldKeepTheShapeOfTheTextInItsMasks() {
    for (Language language : Language.values()) {
      Lines lines = Lines.of(Samples.text(language));
      SourceText source = SourceText.of(lines, Syntax.of(language));
      String text = lines.text();
      assertThat(source.code()).hasSameSizeAs(text);
      for (int i = 0; i < text.length(); i++) {
        boolean isBreak = text.charAt(i) == '\n';
        assertThat(source.code().charAt(i) == '\n').isEqualTo(isBreak);
        assertThat(source.comments().charAt(i) == '\n').isEqualTo(isBreak);
        assertThat(source.withStrings().charAt(i)).isIn(text.charAt(i), ' ');
      }
    }
  }
}
