// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import static dev.omnibridge.stamping.stamp.Texts.LIGHTWEIGHT;
import static dev.omnibridge.stamping.stamp.Texts.NOON;
import static dev.omnibridge.stamping.stamp.Texts.RICH;
import static dev.omnibridge.stamping.stamp.Texts.SOME_HASH;
import static dev.omnibridge.stamping.stamp.Texts.TOOL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.stamping.stamp.Stamp.Stamped;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class WrittenStampTest {

  @Test
  void shouldWriteALightweightStampOnOneLine() {
    assertThat(LIGHTWEIGHT.render())
        .isEqualTo("# ONEX:uid=0193-uid,hash=%s,ts=2026-11-21T12:00:00Z".formatted(SOME_HASH));
    assertThat(LightweightStamp.parse(LIGHTWEIGHT.render().substring(2))).isEqualTo(LIGHTWEIGHT);
  }

  @Test
  void shouldReadAuthorAndVersionBack() {
    var stamp = new LightweightStamp("u", SOME_HASH, NOON, "Ada L.", "2");

    assertThat(stamp.render()).endsWith(",author=Ada L.,v=2");
    assertThat(LightweightStamp.parse(stamp.render().substring(2))).isEqualTo(stamp);
  }

  @Test
  void shouldReadTimesWithAnOffset() {
    String line = LIGHTWEIGHT.render().substring(2).replace("12:00:00Z", "14:00:00.000000+02:00");

    assertThat(LightweightStamp.parse(line)).isEqualTo(LIGHTWEIGHT);
  }

  @Test
  void shouldWriteARichStampInsideComments() {
    List<String> lines = RICH.render().lines().toList();

    assertThat(lines)
        .startsWith("<!-- ONEX_METADATA_START -->", "<!-- ONEX Metadata Stamp", "  uid: 0193-uid")
        .contains("  file_path: src/a b.py", "  file_size: 12", "    algorithm: BLAKE3")
        .endsWith("-->", "<!-- ONEX_METADATA_END -->");
    assertThat(RichStamp.parse(lines.subList(1, lines.size() - 1))).isEqualTo(RICH);
  }

  @Test
  void shouldWriteARichStampInTheCommentsOfItsLanguage() {
    List<String> lines = RICH.render(CommentStyle.SLASHES).lines().toList();

    assertThat(lines)
        .startsWith("// ONEX_METADATA_START", "// ONEX Metadata Stamp", "//   uid: 0193-uid")
        .contains("//   integrity:", "//     algorithm: BLAKE3")
        .endsWith("//     hash: " + SOME_HASH, "// ONEX_METADATA_END");
  }

  @Test
  void shouldWriteAHashOnlyStamp() {
    assertThat(new HashOnlyStamp(SOME_HASH).render())
        .isEqualTo("<!-- ONEX:META:%s -->".formatted(SOME_HASH));
    assertThat(new HashOnlyStamp(SOME_HASH).render(CommentStyle.HASH))
        .isEqualTo("# ONEX:META:%s".formatted(SOME_HASH));
  }

  @Test
  void shouldWriteAToolMetadataBlock() {
    List<String> lines = TOOL.render().lines().toList();
    List<String> body =
        lines.subList(1, lines.size() - 1).stream().map(line -> line.substring(2)).toList();

    assertThat(lines)
        .startsWith("# === OmniNode:Tool_Metadata ===", "# metadata_version: \"0.1\"")
        .contains("# integrity:", "#   hash: " + SOME_HASH)
        .endsWith("# === /OmniNode:Tool_Metadata ===");
    assertThat(ToolMetadata.parse(body)).isEqualTo(TOOL);
    assertThat(TOOL.hash()).isEqualTo(SOME_HASH);
    assertThat(TOOL.uid()).isEqualTo("0193-uid");
  }

  @Test
  void shouldReadToolMetadataThatOthersWrote() {
    List<String> body =
        List.of(
            "metadata_version: 0.1",
            "name: tool",
            "namespace: foundation",
            "version: 1.0.0",
            "entrypoint: tool.py",
            "protocols_supported:",
            "- O.N.E. v0.1",
            "tags:",
            "  - a",
            "");

    ToolMetadata block = ToolMetadata.parse(body);
    assertThat(block.hash()).isNull();
    assertThat(ToolMetadata.missing(block.fields())).isEmpty();
    assertThat(ToolMetadata.missing(ToolMetadata.parse(body.subList(1, 5)).fields()))
        .containsExactly("metadata_version", "protocols_supported");
    assertThat(ToolMetadata.parse(List.of("name: a", "name: b"))).isNull();
    assertThat(ToolMetadata.parse(List.of("no key"))).isNull();
    assertThat(ToolMetadata.parse(List.of("name: a", "integrity:", "  hash: 12"))).isNull();
  }

  @Test
  void shouldUnwrapWhatItWraps() {
    for (CommentStyle style : CommentStyle.values()) {
      for (String said : new String[] {"", "a", "  a: b", "- a", "#", "--", "/* */"}) {
        assertThat(style.unwrap(style.wrap(said))).as("%s %s", style, said).isEqualTo(said);
      }
    }
    assertThat(CommentStyle.HTML.unwrap("<!-- a")).isNull();
    assertThat(CommentStyle.HASH.unwrap("#a")).isNull();
    assertThat(CommentStyle.BLOCK.unwrap("/*/")).isNull();
  }

  @Test
  void shouldReadARichStampWithoutWhatIsOptional() {
    var body = List.of("uid: u", "hash: " + SOME_HASH, "timestamp: 2026-11-21T12:00:00Z");

    assertThat(RichStamp.parse(body)).isEqualTo(new RichStamp("u", SOME_HASH, NOON, "", "", 0, ""));
  }

  @Test
  void shouldNotReadADamagedRichStamp() {
    String good = RICH.render();
    for (String bad :
        new String[] {
          good.replace("  uid: 0193-uid\n", ""),
          good.replace("uid: 0193-uid", "uid: 0193 uid"),
          good.replace("timestamp: 2026", "timestamp: year"),
          good.replace("file_size: 12", "file_size: twelve"),
          good.replace("BLAKE3", "MD5"),
          good.replace("    hash: ", "    hash: 0"),
          good.replace("  hash: ", "  hash: 0"),
          good.replace("protocol_version", "payload"),
          good.replace("  uid", "  uid: twice\n  uid"),
          good.replace("  uid", "\n  uid"),
        }) {
      List<String> lines = bad.lines().toList();
      assertThat(RichStamp.parse(lines.subList(1, lines.size() - 1))).as(bad).isNull();
    }
  }

  @Test
  void shouldWriteAnyNameSoThatNoCommentEndsAndXmlAllowsIt() throws Exception {
    for (String path :
        new String[] {
          "a--b.xml",
          "---",
          " a",
          "a --> b",
          "a */ \\ b",
          "\"a\"",
          "src\\util\\Foo.java",
          "a\\u000ab",
          "a\nb\r\u0085",
          "a ?> b",
          "a\u2028b\u2029c"
        }) {
      var artifact =
          new Artifact(
              SOME_HASH,
              1,
              path,
              "a/b",
              "{}",
              null,
              new UUID(0, 1),
              HashedBy.SERVER,
              Duration.ZERO);
      var key = new StampKey("default", SOME_HASH);
      var id = new StampId(new UUID(0, 2));
      var stamp = RichStamp.of(new Stamped(key, id, 1, artifact, NOON, NOON));
      List<String> lines = stamp.render().lines().toList();

      assertThat(stamp.filePath())
          .startsWith("\"")
          .doesNotContain("--", "*/", "?>", "\u2028", "\u2029", "\n", "\r", "\u0085")
          .doesNotContainPattern("(?<!\\\\)(?:\\\\\\\\)*\\\\u(?!002d|003e|0085|202[89])");
      assertThat(new ObjectMapper().readValue(stamp.filePath(), String.class)).isEqualTo(path);
      assertThat(RichStamp.parse(lines.subList(1, lines.size() - 1))).isEqualTo(stamp);
    }
  }

  @Test
  void shouldReadRichStampsWhoseNamesWereWrittenAsTheyAre() {
    for (String path : new String[] {"src\\util\\Foo.java", "a ?> b", "a\u2028b", "a--b"}) {
      var stamp = new RichStamp("u", SOME_HASH, NOON, "1.0", path, 1, "");
      List<String> lines = stamp.render().lines().toList();

      assertThat(RichStamp.parse(lines.subList(1, lines.size() - 1))).isEqualTo(stamp);
    }
  }

  @Test
  void shouldRefuseValuesThatWouldBreakOutOfTheStamp() {
    for (String path : new String[] {"a\nb", "a\0", " a", "a --> b", "a */ b"}) {
      assertThatThrownBy(() -> new RichStamp("u", SOME_HASH, NOON, "1.0", path, 0, ""))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
