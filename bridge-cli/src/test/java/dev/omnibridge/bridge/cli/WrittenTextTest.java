// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.stamping.stamp.CommentStyle;
import dev.omnibridge.stamping.stamp.HashOnlyStamp;
import dev.omnibridge.stamping.stamp.LightweightStamp;
import dev.omnibridge.stamping.stamp.RichStamp;
import dev.omnibridge.stamping.stamp.StampedText;
import dev.omnibridge.stamping.stamp.ToolMetadata;
import dev.omnibridge.stamping.stamp.WrittenStamp;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WrittenTextTest {
  private static final String STAMP = stamp('1');
  private static final String OLD_STAMP = stamp('2');

  private static String stamp(char digit) {
    return "# ONEX:uid=u%1$s,hash=%2$s,ts=2026-11-21T12:00:00Z\n"
        .formatted(digit, String.valueOf(digit).repeat(64));
  }

  private static boolean isWith(String stamped, String text) {
    return WrittenText.of(stamped.getBytes(UTF_8)).isWith(WrittenText.of(text.getBytes(UTF_8)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          one           | Sone         | true
          one           | one          | false
          one           | Son          | false
          one_          | Sone         | false
          oneN_N        | SoneN        | false
          oneNtwo       | SoneRNtwo    | false
          OoneN         | SoneN        | true
          OoneN         | oneNS        | true
          oneNNN        | oneNNS       | true
          oneNNN        | onNNS        | false
          OonetwoO      | Sonetwo      | false
          oneNO twoN    | SoneN twoN   | true
          BoneN         | BSoneN       | true
          BoneN         | SoneN        | false
          BOoneN        | BSoneN       | true
          <?xml?><a>N   | <?xml?>NS<a>N| true
          <?xml?>N<a>N  | <?xml?>S<a>N | false
          # ONEX: x N   | S            | false
          # ONEX: x N   | S# ONEX: x N | true
          MNoneNENtwo   | Stwo         | false
          MNoneNENtwo   | SoneNtwo     | false
          MNoneNENtwo   | SMNoneNENtwo | true
          """)
  void shouldTellWhetherMoreThanAStampIsAnother(String text, String stamped, boolean same) {
    assertThat(isWith(spelt(stamped), spelt(text))).isEqualTo(same);
  }

  private static String spelt(String form) {
    return form.replace("_", " ")
        .replace("R", "\r")
        .replace("B", "\uFEFF")
        .replace("ONEX", "\0")
        .replace("S", "\1")
        .replace("O", "\2")
        .replace("M", "\3")
        .replace("E", "\4")
        .replace("N", "\n")
        .replace("\3", "<!-- \0_METADATA_START -->")
        .replace("\4", "<!-- \0_METADATA_END -->")
        .replace("\0", "ONEX")
        .replace("\1", STAMP)
        .replace("\2", OLD_STAMP);
  }

  @Test
  void shouldFindWholeBlocks() {
    String tool =
        """
        # === OmniNode:Tool_Metadata ===
        # name: mine
        # === /OmniNode:Tool_Metadata ===
        """;

    assertThat(isWith(STAMP + "code\n", tool + "code\n")).as("a block of the user's").isFalse();
    assertThat(isWith(STAMP + tool + "code\n", tool + "code\n")).isTrue();
  }

  @Test
  void shouldNoticeAnyOtherByte() {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    var random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      byte[] bytes = new byte[1 + random.nextInt(60)];
      random.nextBytes(bytes);
      String text = "# " + Blake3.hash(bytes).hex().substring(0, random.nextInt(9)) + "\nend";
      int at = random.nextInt(text.length());
      String other = text.substring(0, at) + "~" + text.substring(at + 1);

      assertThat(isWith(STAMP + text, OLD_STAMP + text)).isTrue();
      assertThat(isWith(STAMP + other, OLD_STAMP + text)).isFalse();
    }
  }

  @Test
  void shouldAcceptWhatTheSuiteWrites() {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    var random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      byte[] text = text(random);
      CommentStyle style = CommentStyle.values()[random.nextInt(CommentStyle.values().length)];
      byte[] once = StampedText.write(text, form(random), style);
      byte[] twice = StampedText.write(once, form(random), style);

      String what =
          "%s:%n%s%n---%n%s".formatted(style, new String(once, UTF_8), new String(text, UTF_8));
      assertThat(WrittenText.of(once).isWith(WrittenText.of(text))).as(what).isTrue();
      assertThat(WrittenText.of(twice).isWith(WrittenText.of(once))).as(what).isTrue();
    }
  }

  private static byte[] text(Random random) {
    String[] lines = {"one", "", "#!/bin/sh", "<?xml version='1.0'?><a/>", "# ONEX", "---", " x "};
    var text = new StringBuilder(random.nextInt(8) == 0 ? "\uFEFF" : "");
    String newline = random.nextBoolean() ? "\n" : "\r\n";
    for (int i = 0; i < random.nextInt(8); i++) {
      text.append(lines[random.nextInt(lines.length)]);
      text.append(random.nextInt(6) == 0 ? "" : newline);
    }
    return text.toString().getBytes(UTF_8);
  }

  private static WrittenStamp form(Random random) {
    Hash hash = Blake3.hash(new byte[random.nextInt(9)]);
    Instant at = Instant.ofEpochSecond(1_700_000_000L + random.nextInt(1_000));
    return switch (random.nextInt(4)) {
      case 0 -> new LightweightStamp("u", hash, at, null, null);
      case 1 -> new HashOnlyStamp(hash);
      case 2 -> new RichStamp("u", hash, at, "1.0", "a/b.txt", 7, "text/plain");
      default -> tool(hash, at);
    };
  }

  private static ToolMetadata tool(Hash hash, Instant at) {
    var fields = new LinkedHashMap<String, String>();
    ToolMetadata.REQUIRED.forEach(key -> fields.put(key, "some"));
    fields.put(
        ToolMetadata.INTEGRITY,
        "\n  algorithm: BLAKE3\n  hash: %s\n  stamp_id: u\n  timestamp: %s"
            .formatted(hash.hex(), at));
    return new ToolMetadata(fields);
  }
}
