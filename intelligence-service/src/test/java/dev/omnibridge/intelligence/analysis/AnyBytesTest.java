// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.testkit.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever the bytes are, there is an answer, and its figures fit together. */
class AnyBytesTest {
  private static final String[] PARTS = {
    "\"",
    "'",
    "`",
    "\"\"\"",
    "'''",
    "/*",
    "*/",
    "//",
    "#",
    "<!--",
    "-->",
    "<a",
    ">",
    "</",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "=begin",
    "=end",
    "\\",
    "\n",
    "\r",
    "\r\n",
    "\t",
    " ",
    "a",
    "class ",
    "if ",
    "import ",
    "require(",
    "](",
    "://",
    "http://",
    "href=",
    "xmlns:",
    ":",
    "=",
    ",",
    "0",
    "é",
    "\0",
    "create ",
    "table ",
    "fun ",
    "record ",
    "url(",
    "-----BEGIN ",
    "TODO",
    "|",
    "?",
    "&&",
    "😀"
  };

  private final Seeds seeds = Seeds.fromProperty();
  private final Analyzer analyzer = new Analyzer();

  @Test
  void shouldNeverThrowForRandomBytes() {
    RandomGenerator random = seeds.random("bytes");
    for (int round = 0; round < 200; round++) {
      byte[] bytes = new byte[random.nextInt(1, 4000)];
      random.nextBytes(bytes);
      check(bytes, random);
    }
  }

  @Test
  void shouldNeverThrowForRandomPiecesOfCode() {
    pieces(300);
  }

  @Test
  @Tag("long")
  void shouldNeverThrowForManyRandomPiecesOfCode() {
    pieces(20_000);
  }

  private void pieces(int rounds) {
    RandomGenerator random = seeds.random("pieces");
    for (int round = 0; round < rounds; round++) {
      var text = new StringBuilder();
      int parts = random.nextInt(400);
      for (int i = 0; i < parts; i++) {
        text.append(PARTS[random.nextInt(PARTS.length)]);
      }
      check(text.toString().getBytes(StandardCharsets.UTF_8), random);
    }
  }

  @Test
  void shouldNeverThrowForDamagedSamples() {
    RandomGenerator random = seeds.random("damage");
    for (Language language : Language.values()) {
      byte[] bytes = Samples.bytes(language);
      for (int round = 0; round < 5; round++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        check(Arrays.copyOf(bytes, random.nextInt(bytes.length)), random);
      }
    }
  }

  private void check(byte[] bytes, RandomGenerator random) {
    Language language = Language.values()[random.nextInt(Language.values().length)];
    String path = random.nextBoolean() ? "" : Samples.FILES.get(language);
    Sample sample = Sample.first(random.nextInt(1, 4000), bytes, path);
    Analysis analysis;
    try {
      analysis = analyzer.analyze(sample);
    } catch (RuntimeException failure) {
      throw new AssertionError(seeds.hint(), failure);
    }
    assertThat(analysis.entropy()).as(seeds.hint()).isBetween(0.0, 8.0);
    assertThat(analysis.confidence().score()).as(seeds.hint()).isBetween(0.0, 1.0);
    assertThat(analyzer.analyze(sample)).as(seeds.hint()).isEqualTo(analysis);
    if (analysis.code() != null && analysis.text() != null) {
      CodeStatistics code = analysis.code();
      assertThat(code.codeLines() + code.commentLines() + code.blankLines())
          .as(seeds.hint())
          .isEqualTo(analysis.text().lines());
    }
  }
}
