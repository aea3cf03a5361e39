// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OutlineTest {
  private static List<String> outline(String text, String path) {
    return Samples.analyze(text, path).outline().stream()
        .map(entry ->
            "%s%s %s %d-%d"
                .formatted(
                    "  ".repeat(entry.depth()),
                    entry.kind(),
                    entry.name(),
                    entry.firstLine(),
                    entry.lastLine()))
        .toList();
  }

  @Test
  void shouldNestTypesAndMethodsOfJava() {
    String text =
        """
        package shop;

        public final class Basket {
          private static final int MOST = 3;

          long total(int[] prices) {
            for (int p : prices) {
              if (p > 0) { sum += p; }
            }
            return sum;
          }

          abstract int later();

          record Item(String name) {}

          enum Size { SMALL, LARGE; }
        }
        """;
    assertThat(outline(text, "Basket.java"))
        .containsExactly(
            "TYPE Basket 3-18", "  FUNCTION total 6-11", "  TYPE Item 15-15", "  TYPE Size 17-17");
  }

  @Test
  void shouldEndBlocksOfPythonWhereTheIndentationEnds() {
    String text =
        """
        import os

        class Basket:
            def total(self, prices):
                s = 0

                for p in prices:
                    s += p
                return s

            def empty(self):
                return True

        def main():
            print(1)
        """;
    assertThat(outline(text, "basket.py"))
        .containsExactly(
            "TYPE Basket 3-12",
            "  FUNCTION total 4-9",
            "  FUNCTION empty 11-12",
            "FUNCTION main 14-15");
  }

  @Test
  void shouldNameTheFunctionsOfOtherLanguages() {
    assertThat(outline("package a\n\nfunc (b *Basket) Total(x int) int {\n  return x\n}\n", "a.go"))
        .containsExactly("FUNCTION Total 3-5");
    assertThat(outline("fun List<Int>.total() = sum()\n\nfun other(a: Int = 3) {\n}\n", "a.kt"))
        .containsExactly("FUNCTION total 1-1", "FUNCTION other 3-4");
    assertThat(outline("pub fn total<T>(x: T) -> T {\n  x\n}\nstruct P { x: i32 }\n", "a.rs"))
        .containsExactly("FUNCTION total 1-3", "TYPE P 4-4");
    assertThat(outline("class A\n  def self.run\n    1\n  end\nend\n", "a.rb"))
        .containsExactly("TYPE A 1-5", "  FUNCTION run 2-4");
    assertThat(
            outline(
                "message A {\n  string b = 1;\n}\nservice S {\n  rpc Go(A) returns (A);\n}\n",
                "a.proto"))
        .containsExactly("TYPE A 1-3", "TYPE S 4-6", "  FUNCTION Go 5-5");
  }

  @Test
  void shouldCutNamesThatNobodyWrote() {
    String longName = "x".repeat(100_000);
    assertThat(outline("class " + longName + " {}\n", "A.java"))
        .containsExactly("TYPE " + "x".repeat(Outline.LONGEST_NAME) + " 1-1");
  }

  @ParameterizedTest
  @EnumSource(Language.class)
  void shouldListWhatIsCountedAndStayWithinTheFile(Language language) {
    Analysis analysis = Samples.analyze(language);
    CodeStatistics code = analysis.code();
    if (code != null) {
      assertThat(analysis.outline().size()).isLessThanOrEqualTo(code.functions() + code.types());
      assertThat(analysis.outline())
          .allSatisfy(entry -> {
            assertThat(entry.name()).isNotBlank();
            assertThat(entry.firstLine()).isBetween(1, entry.lastLine());
            assertThat(entry.lastLine()).isLessThanOrEqualTo(analysis.text().lines());
          });
    }
  }
}
