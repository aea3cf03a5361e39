// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import org.junit.jupiter.api.Test;

class DecodedTest {
  private static final String GERMAN = "Die Größe der Straße, über alle Zweifel erhaben.";

  @Test
  void shouldReadAsciiAsUtf8() {
    assertRead("plain".getBytes(UTF_8), "UTF-8", "plain", 0, "only ASCII bytes");
  }

  @Test
  void shouldReadUtf8BySequences() {
    assertRead(
        GERMAN.getBytes(UTF_8),
        "UTF-8",
        GERMAN,
        0,
        "4 sequences of several bytes, all well-formed");
  }

  @Test
  void shouldDropAByteOrderMark() {
    assertRead("\uFEFFab".getBytes(UTF_8), "UTF-8", "ab", 0, "byte order mark");
    assertRead("\uFEFFab".getBytes(UTF_16LE), "UTF-16LE", "ab", 0, "byte order mark");
    assertRead("\uFEFFab".getBytes(UTF_16BE), "UTF-16BE", "ab", 0, "byte order mark");
    assertRead(
        "\uFEFFab".getBytes(Charset.forName("UTF-32LE")), "UTF-32LE", "ab", 0, "byte order mark");
  }

  @Test
  void shouldSeeUtf16WithoutAMarkByItsZeros() {
    assertThat(Decoded.from(GERMAN.getBytes(UTF_16LE), false)).isNotNull();
    assertRead(
        "abcdef".getBytes(UTF_16BE),
        "UTF-16BE",
        "abcdef",
        0,
        "a zero in 6 of the first 6 pairs of bytes, always on one side");
  }

  @Test
  void shouldFallBackToLatin1ForWesternText() {
    Decoded decoded = Decoded.from(GERMAN.getBytes(ISO_8859_1), false);
    assertThat(decoded).isNotNull();
    assertThat(decoded.encoding().charset()).isEqualTo("ISO-8859-1");
    assertThat(decoded.text()).isEqualTo(GERMAN);
    assertThat(decoded.encoding().reason()).startsWith("not UTF-8 (byte 6), and 8.3 %");
  }

  @Test
  void shouldTellWindowsTextByItsOwnRange() {
    Charset windows = Charset.forName("windows-1252");
    Decoded decoded = Decoded.from("It costs 3 \u20ac in all of them".getBytes(windows), false);
    assertThat(decoded).isNotNull();
    assertThat(decoded.encoding().charset()).isEqualTo("windows-1252");
    assertThat(decoded.text()).contains("\u20ac");
  }

  @Test
  void shouldCallMostlyGoodUtf8Damaged() {
    byte[] text = "ä".repeat(20).getBytes(UTF_8);
    text[7] = 'x';
    Decoded decoded = Decoded.from(text, false);
    assertThat(decoded).isNotNull();
    assertThat(decoded.encoding().charset()).isEqualTo("UTF-8");
    assertThat(decoded.encoding().malformed()).isEqualTo(1);
    assertThat(decoded.encoding().reason()).endsWith("the first at byte 6");
  }

  @Test
  void shouldRefuseOverlongFormsSurrogatesAndValuesPastTheEnd() {
    int[][] wrong = {
      {0xC0, 0x80}, {0xE0, 0x80, 0x80}, {0xED, 0xA0, 0x80}, {0xF4, 0x90, 0x80, 0x80}
    };
    for (int[] sequence : wrong) {
      byte[] bytes = new byte[sequence.length];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) sequence[i];
      }
      assertThat(Utf8Scan.of(bytes, false).malformed()).isEqualTo(bytes.length);
    }
  }

  @Test
  void shouldCallBytesWithZerosOrManyControlsBinary() {
    assertThat(Decoded.from(new byte[] {'a', 0, 'b', 'c', 'd'}, false)).isNull();
    assertThat(Decoded.from(new byte[] {1, 2, 3, 'a'}, false)).isNull();
    assertThat(Decoded.from(new byte[] {(byte) 0xFE, (byte) 0x81, (byte) 0x99}, false)).isNull();
  }

  private static void assertRead(
      byte[] bytes, String charset, String text, int malformed, String reason) {
    assertThat(Decoded.from(bytes, false))
        .isEqualTo(new Decoded(new Encoding(charset, malformed, reason), text));
  }
}
