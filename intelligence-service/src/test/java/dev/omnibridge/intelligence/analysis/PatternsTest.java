// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PatternsTest {
  @Test
  void shouldFindWhatAJavaFileShows() {
    assertThat(Samples.analyze(Language.JAVA).patterns())
        .containsExactly(
            new Pattern(
                "brace-language-functions", "4 functions with 1.0 decisions on average", 4, 0),
            new Pattern("type-declarations", "2 types declared", 2, 0),
            new Pattern(
                "license-header", "The head of the file carries the license Apache-2.0", 1, 1),
            new Pattern(
                "todo-markers",
                "1 marker of open work (TODO, FIXME, XXX, HACK), the first on line 15",
                1,
                15),
            new Pattern("annotations", "1 annotation, the first on line 27", 1, 27),
            new Pattern(
                "documentation-comments", "1 documentation comment, the first on line 7", 1, 7));
  }

  @Test
  void shouldFindAShebang() {
    assertThat(names(Samples.analyze(Language.SHELL))).contains("shebang");
    assertThat(names(Samples.analyze("#! see /etc", "a.txt"))).contains("shebang");
    assertThat(names(Samples.analyze("#!important", "a.txt"))).doesNotContain("shebang");
  }

  @Test
  void shouldCountMarkersOnlyWherePeopleWriteToPeople() {
    String source =
        "class A {\n  // FIXME one\n  String s = \"TODO no\"; // TODO two\n  int TODO;\n}\n";
    assertThat(Samples.analyze(source, "A.java").patterns())
        .filteredOn(pattern -> pattern.name().equals("todo-markers"))
        .extracting(Pattern::count)
        .containsExactly(2);
  }

  @Test
  void shouldFindTestsAndSayThatAFileIsOne() {
    String source = "import pytest\n\ndef test_a():\n    pass\n\ndef test_b():\n    pass\n";
    Analysis analysis = Samples.analyze(source, "test_a.py");
    assertThat(names(analysis)).contains("test-cases");
    assertThat(analysis.tags()).contains("test", "python", "source-code");
  }

  @Test
  void shouldFindDefectsOfForm() {
    String text = "\ta \n  b\r\n  c\n" + "x".repeat(121) + "\n";
    Analysis analysis = Samples.analyze(text, "a.py");
    assertThat(names(analysis))
        .contains("trailing-white-space", "mixed-indentation", "mixed-line-endings", "long-lines");
    assertThat(analysis.recommendations())
        .contains(
            "Remove the white space at the end of 1 line.",
            "Use one kind of indentation: 1 line off.",
            "Use one kind of line ending: 1 line off.",
            "Break 1 line of more than 120 characters.");
  }

  @Test
  void shouldWarnOfAPrivateKey() {
    Analysis analysis =
        Samples.analyze(
            "-----BEGIN " + "EC PRIVATE KEY-----\n" + "q7Zr2Xk9Lm4T".repeat(5) + "\n-----END",
            "id.pem");
    assertThat(names(analysis)).contains("private-key-block");
    assertThat(analysis.tags()).contains("secret");
    assertThat(analysis.recommendations().get(1)).startsWith("Remove the private key");
    assertThat(names(Samples.analyze("-----BEGIN PUBLIC KEY-----\n", "id.pem")))
        .doesNotContain("private-key-block");
  }

  @Test
  void shouldPutTheMostFrequentFirst() {
    for (Language language : Language.values()) {
      List<Integer> counts =
          Samples.analyze(language).patterns().stream().map(Pattern::count).toList();
      assertThat(counts).isSortedAccordingTo((a, b) -> b - a);
    }
  }

  private static List<String> names(Analysis analysis) {
    return analysis.patterns().stream().map(Pattern::name).toList();
  }
}
