// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.bridge.files.ChecksumLine.Parsed;
import dev.omnibridge.runtime.blake3.Blake3;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChecksumLineTest {
  private static final String HEX =
      "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";

  @ParameterizedTest
  @ValueSource(strings = {"a", "a b  c", " a", "a\\b", "a\nb", "\\", "\n", "a\r", "ä/ö", "*a"})
  void shouldReadBackWhatItWrites(String name) {
    var line = new ChecksumLine(Blake3.hash(new byte[0]), name);

    assertThat(line.text()).doesNotContain("\n").contains(HEX + "  ");
    assertThat(ChecksumLine.parse(line.text())).isEqualTo(new Parsed.Line(line));
  }

  @Test
  void shouldEscapeAsB3sumDoes() {
    var line = new ChecksumLine(Blake3.hash(new byte[0]), "x\\y\nz");

    assertThat(line.text()).isEqualTo("\\" + HEX + "  x\\\\y\\nz");
    assertThat(ChecksumLine.shown("x\\y")).isEqualTo("\\x\\\\y");
    assertThat(ChecksumLine.shown("xy")).isEqualTo("xy");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          |empty
          \\|empty
          short|short
          HEX  |short
          HEX a|short
          HEX *a|two blanks
          XHEX  a|hexadecimal
          AF1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262  a|hexadecimal
          \\HEX  a\\q|escape
          \\HEX  a\\|escape
          HEX  a\uFFFD|name
          """)
  void shouldSayWhyALineIsNone(String line, String why) {
    String text = line == null ? "" : line.replace("HEX", HEX);

    assertThat(ChecksumLine.parse(text))
        .isInstanceOfSatisfying(
            Parsed.Malformed.class, none -> assertThat(none.problem()).contains(why));
  }

  @Test
  void shouldEndLinesAtNewlinesOnlyAndGoOnBehindBadOnes() throws IOException {
    byte[] bad = {(byte) 0xFF, '\n'};
    String lines = HEX + "  a\r\n" + "x".repeat(100_000) + "\n\n" + HEX + "  end";
    byte[] all = new byte[lines.length() + 2];
    System.arraycopy(bad, 0, all, 0, 2);
    System.arraycopy(lines.getBytes(UTF_8), 0, all, 2, lines.length());
    var list = new ChecksumList(new ByteArrayInputStream(all));

    var found = new ArrayList<String>();
    for (var entry = list.next(); entry != null; entry = list.next()) {
      found.add(
          switch (entry.parsed()) {
            case Parsed.Line(var line) -> line.name();
            case Parsed.Malformed(var why) -> why;
          });
    }
    assertThat(found)
        .containsExactly("it is not UTF-8", "a\r", "it is too long", "it is empty", "end");
  }

  @Test
  void shouldReadTheEscapeOfACarriageReturn() {
    assertThat(ChecksumLine.parse("\\" + HEX + "  a\\rb"))
        .isEqualTo(new Parsed.Line(new ChecksumLine(Blake3.hash(new byte[0]), "a\rb")));
  }
}
