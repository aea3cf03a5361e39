// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.runtime.blake3.Blake3;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalDigestTest {
  private static final String HASH = "0123456789abcdef".repeat(4);
  private static final String[] PIECES = {
    "a",
    "word ",
    "O",
    "ON",
    "ONE",
    "ONEX",
    "OmniNode",
    "N",
    "E",
    "X",
    "\n",
    "\n\n",
    "\n\n\n",
    "\r",
    "\r\n",
    " ",
    "\t",
    "\u000b",
    "\f",
    "é",
    "€",
    "\uD83D\uDE00",
    "\uFEFF",
    "12345678",
    "O2345678",
    "1234567\n",
    "\n2345678",
    "\n# ONEX:uid=1,hash=" + HASH + ",ts=2026-11-21T12:00:00Z\n",
    "\n<!-- ONEX:META:" + HASH + " -->\n",
    "\n" + RichStamp.START + "\n",
    "\n" + RichStamp.END + "\n",
    "\n# === OmniNode:Tool_Metadata ===\n",
    "\n# === /OmniNode:Tool_Metadata ===\n"
  };
  private static final byte[][] NO_TEXT = {
    {0},
    {(byte) 0x80},
    {(byte) 0xC0, (byte) 0x80},
    {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
    {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
    {(byte) 0xE2, (byte) 0x82},
    {(byte) 0xFF}
  };

  private static Digests local(byte[] bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment file = arena.allocate(bytes.length);
      MemorySegment.copy(bytes, 0, file, ValueLayout.JAVA_BYTE, 0, bytes.length);
      return LocalDigest.of(
          file, Blake3.hasher(), (hasher, all) -> hasher.update(all.asByteBuffer()));
    }
  }

  private static PlainScan.Kind kind(String text) {
    return PlainScan.of(MemorySegment.ofArray(text.getBytes(UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void shouldGiveTheDigestsThatTheRuleGives(long seed) {
    System.out.println("seed " + seed);
    var random = new Random(seed);
    for (int i = 0; i < 5_000; i++) {
      var bytes = new ByteArrayOutputStream();
      int pieces = random.nextInt(1 + random.nextInt(40));
      int kinds = 1 + random.nextInt(PIECES.length);
      for (int piece = 0; piece < pieces; piece++) {
        bytes.writeBytes(PIECES[random.nextInt(kinds)].getBytes(UTF_8));
        if (random.nextInt(200) == 0) {
          bytes.writeBytes(NO_TEXT[random.nextInt(NO_TEXT.length)]);
        }
      }
      byte[] file = bytes.toByteArray();
      assertThat(local(file)).as("file %s", new String(file, UTF_8)).isEqualTo(FileDigest.of(file));
    }
  }

  @Test
  void shouldHashUsualTextsOnceOnly() {
    String text = "package shop;\n\n/** Über Größe. */\nenum Options {\n  ONE,\n  TWO\n}\n";

    assertThat(kind(text)).isEqualTo(PlainScan.Kind.PLAIN);
    assertThat(kind("")).isEqualTo(PlainScan.Kind.PLAIN);
    assertThat(kind(text + "\0")).isEqualTo(PlainScan.Kind.BINARY);
    assertThat(kind(text + "é").name()).isEqualTo("PLAIN");
    assertThat(PlainScan.of(MemorySegment.ofArray(new byte[] {'a', -1})))
        .isEqualTo(PlainScan.Kind.NOT_UTF8);
    assertThat(kind(" " + text)).isEqualTo(PlainScan.Kind.OTHER);
    assertThat(kind(text.replace("\n", "\r\n"))).isEqualTo(PlainScan.Kind.OTHER);
    assertThat(kind(text + "\n\n" + text)).isEqualTo(PlainScan.Kind.OTHER);
    assertThat(kind(text + "# ONEX:")).isEqualTo(PlainScan.Kind.OTHER);
  }

  @ParameterizedTest
  @ValueSource(ints = {1023, 1024, 1025, 64 * 1024, 1 << 20, (1 << 20) + 1, 5_000_011})
  void shouldHashLargeFilesOfEveryKind(int size) {
    byte[] text = "0123456789 abcdef\n".repeat(1 + size / 18).substring(0, size).getBytes(UTF_8);
    byte[] stamped = ("# ONEX:\n" + new String(text, UTF_8)).getBytes(UTF_8);
    byte[] binary = new byte[size];
    new Random(size).nextBytes(binary);

    assertThat(local(text)).isEqualTo(FileDigest.of(text));
    assertThat(local(stamped)).isEqualTo(FileDigest.of(stamped));
    assertThat(local(binary)).isEqualTo(FileDigest.of(binary));
  }
}
