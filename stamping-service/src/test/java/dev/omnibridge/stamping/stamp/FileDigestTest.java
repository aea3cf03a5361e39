// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import static dev.omnibridge.stamping.stamp.Texts.HASH_ONLY;
import static dev.omnibridge.stamping.stamp.Texts.LIGHTWEIGHT;
import static dev.omnibridge.stamping.stamp.Texts.RICH;
import static dev.omnibridge.stamping.stamp.Texts.TOOL;
import static dev.omnibridge.stamping.stamp.Texts.fileHash;
import static dev.omnibridge.stamping.stamp.Texts.hash;
import static dev.omnibridge.stamping.stamp.Texts.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.stamping.stamp.Digests.Nature;
import dev.omnibridge.testkit.Seeds;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class FileDigestTest {
  private static final String BLANKS = " \t\n\u000b\f\r";

  private final Seeds seeds = Seeds.fromProperty();

  @Test
  void shouldHashTheNormalFormOfAText() {
    Map<String, String> normalForms =
        new TreeMap<>(
            Map.of(
                "", "",
                " \t\r\n\f\u000b", "",
                "a", "a",
                "\n\n  a  \n\n", "a",
                "a\n\n\n\n\nb", "a\n\nb",
                "a\n\nb\nc", "a\n\nb\nc",
                "a\n \n\n\nb", "a\n \n\nb",
                "a\r\n\r\n\r\nb\r\n", "a\n\nb",
                "a\rb\r\rc", "a\rb\r\rc",
                "\u00a0a\u00a0", "\u00a0a\u00a0"));

    normalForms.forEach(
        (text, normal) -> assertThat(fileHash(text)).as(text).isEqualTo(hash(normal)));
  }

  @Test
  void shouldTakeOutStampsOfEveryForm() {
    String text = "one\n\ntwo\nthree\n";

    assertThat(fileHash(LIGHTWEIGHT.render() + "\n" + text)).isEqualTo(fileHash(text));
    assertThat(fileHash(text + "\n" + RICH.render() + "\n")).isEqualTo(fileHash(text));
    assertThat(fileHash(text + "\n" + RICH.render())).isEqualTo(fileHash(text));
    assertThat(fileHash("one\n\ntwo\n" + HASH_ONLY + "\nthree\n")).isEqualTo(fileHash(text));
    assertThat(fileHash("\ufeff" + LIGHTWEIGHT.render() + "\n" + text))
        .isEqualTo(fileHash("\ufeff" + text));
    assertThat(fileHash((text + RICH.render()).replace("\n", "\r\n"))).isEqualTo(fileHash(text));
    for (CommentStyle style : CommentStyle.values()) {
      for (WrittenStamp stamp : List.of(LIGHTWEIGHT, RICH, new HashOnlyStamp(hash("x")), TOOL)) {
        assertThat(fileHash("one\n\ntwo\n" + stamp.render(style) + "\nthree\n"))
            .as(stamp.render(style))
            .isEqualTo(fileHash(text));
      }
    }
  }

  @Test
  void shouldKeepWhatOnlyLooksLikeAStamp() {
    for (String text :
        new String[] {
          "# ONEX:uid=x,hash=12,ts=now",
          LIGHTWEIGHT.render() + ",secret=1",
          "x = 1  " + LIGHTWEIGHT.render(),
          HASH_ONLY + " and more",
          RICH.render().replace("integrity:", "hidden: code\n  integrity:"),
          "// " + LIGHTWEIGHT.render(),
          "//" + LIGHTWEIGHT.render(CommentStyle.SLASHES).substring(3),
          RICH.render().replace("<!-- " + RichStamp.END, "\n<!-- " + RichStamp.END),
        }) {
      String kept = text.replaceAll("<!-- ONEX_METADATA_(START|END) -->\n?", "").strip();
      assertThat(fileHash("a\n" + text)).as(text).isEqualTo(hash("a\n" + kept));
    }
  }

  @Test
  void shouldTreatEverythingElseAsBytes() {
    byte[][] files = {
      {'a', 0, 'b', '\n'}, {(byte) 0xC3}, {'a', (byte) 0xFF, '\n'}, {(byte) 0xED, (byte) 0xA0, 'x'}
    };
    for (byte[] file : files) {
      Digests digests = FileDigest.of(file);

      assertThat(digests.text()).isFalse();
      assertThat(digests.fileHash()).isEqualTo(digests.contentHash());
      assertThat(digests.contentHash()).isEqualTo(Blake3.hash(file));
    }
  }

  @Test
  void shouldNoticeOnTheLastByteThatAFileIsNoText() {
    byte[] file = utf8("text ".repeat(10_000) + "\0");

    assertThat(FileDigest.of(file))
        .isEqualTo(new Digests(Blake3.hash(file), Blake3.hash(file), file.length, Nature.BINARY));
  }

  @Test
  void shouldNotLoseCountOfBlanksThatFillTheBuffer() {
    for (int blanks : new int[] {4_095, 4_096, 4_097, 65_535, 65_536, 65_537, 200_000}) {
      String run = " ".repeat(blanks);
      assertThat(fileHash(run)).isEqualTo(hash(""));
      assertThat(fileHash("a" + run)).isEqualTo(hash("a"));
      assertThat(fileHash("a" + run + "\n" + run)).isEqualTo(hash("a"));
      assertThat(fileHash("a" + run + "b" + run)).isEqualTo(hash("a" + run + "b"));
    }
  }

  @Test
  void shouldAgreeWithTheRuleWrittenDownPlainly() {
    RandomGenerator random = seeds.random("rule");
    for (int i = 0; i < 600; i++) {
      String text = Texts.random(random);
      assertThat(fileHash(text)).as("%s%n%s", seeds.hint(), text).isEqualTo(hash(plainly(text)));
    }
  }

  @Test
  void shouldGiveTheSameDigestsForAnyPieces() {
    RandomGenerator random = seeds.random("pieces");
    for (int i = 0; i < 400; i++) {
      byte[] file = utf8(Texts.random(random));
      int most = random.nextBoolean() ? 4 : 5000;
      var pieces = new FileDigest();
      for (int at = 0; at < file.length; ) {
        int length = Math.min(file.length - at, random.nextInt(most));
        pieces.update(file, at, length);
        at += length;
      }
      assertThat(pieces.finish()).as(seeds.hint()).isEqualTo(FileDigest.of(file));
    }
  }

  private static boolean isStamp(StampLine.Opens opening, List<String> lines) {
    if (opening.type() == StampType.RICH && opening.style() == CommentStyle.HTML) {
      return RichStamp.parse(lines) != null;
    }
    List<String> said =
        lines.stream()
            .map(line -> Optional.ofNullable(opening.style().unwrap(line.stripTrailing())))
            .map(comment -> comment.orElse("!"))
            .toList();
    if (opening.type() == StampType.RICH) {
      return RichStamp.parse(said) != null;
    }
    ToolMetadata block = ToolMetadata.parse(said);
    return block != null && ToolMetadata.missing(block.fields()).isEmpty();
  }

  /** The rule on whole strings, line by line. */
  private static String plainly(String text) {
    String said =
        "ONEX:(?:uid=0193-uid,hash=[0-9a-f]{64},ts=2026-11-21T12:00:00Z|META:[0-9a-f]{64})";
    Pattern single =
        Pattern.compile(
            "(?:(?:#|//|--|;|%%) %1$s|/\\* %1$s \\*/|<!-- %1$s -->)\\s*".formatted(said));
    var kept = new StringBuilder();
    StringBuilder block = null;
    StampLine.Opens opening = null;
    for (String line : text.split("(?<=\n)")) {
      String bare = line.replaceAll("^\ufeff+", "");
      String mark = line.substring(0, line.length() - bare.length());
      int length = utf8(line.replaceAll("\n$", "")).length;
      boolean held = length <= 20 * 1024;
      if (held && single.matcher(bare).matches()) {
        kept.append(mark);
      } else if (held && StampLine.of(bare.stripTrailing()) instanceof StampLine.Opens opens) {
        kept.append(block == null ? "" : block).append(mark);
        block = new StringBuilder();
        opening = opens;
      } else if (held && StampLine.of(bare.stripTrailing()) instanceof StampLine.Closes closes) {
        boolean stamp =
            block != null
                && closes.type() == opening.type()
                && isStamp(opening, List.of(block.toString().split("(?<=\n)")));
        kept.append(block == null || stamp ? "" : block).append(mark);
        block = null;
      } else if (held && block != null && utf8(block.toString()).length + length < 32 * 1024) {
        block.append(line);
      } else {
        kept.append(block == null ? "" : block).append(line);
        block = null;
      }
    }
    String lines = kept.append(block == null ? "" : block).toString().replace("\r\n", "\n");
    String collapsed = lines.replaceAll("\n{3,}", "\n\n");
    int from = 0;
    int to = collapsed.length();
    while (from < to && BLANKS.indexOf(collapsed.charAt(from)) >= 0) {
      from++;
    }
    while (from < to && BLANKS.indexOf(collapsed.charAt(to - 1)) >= 0) {
      to--;
    }
    return collapsed.substring(from, to);
  }
}
