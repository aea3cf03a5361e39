// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import static dev.omnibridge.stamping.stamp.Texts.LIGHTWEIGHT;
import static dev.omnibridge.stamping.stamp.Texts.NOON;
import static dev.omnibridge.stamping.stamp.Texts.RICH;
import static dev.omnibridge.stamping.stamp.Texts.SOME_HASH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class WrittenStampTest {

  @Test
  void shouldWriteALightweightStampOnOneLine() {
    assertThat(LIGHTWEIGHT.render())
        .isEqualTo("# ONEX:uid=0193-uid,hash=%s,ts=2026-11-21T12:00:00Z".formatted(SOME_HASH));
    assertThat(LightweightStamp.parse(LIGHTWEIGHT.render())).isEqualTo(LIGHTWEIGHT);
  }

  @Test
  void shouldReadAuthorAndVersionBack() {
    var stamp = new LightweightStamp("u", SOME_HASH, NOON, "Ada L.", "2");

    assertThat(stamp.render()).endsWith(",author=Ada L.,v=2");
    assertThat(LightweightStamp.parse(stamp.render())).isEqualTo(stamp);
  }

  @Test
  void shouldReadTimesWithAnOffset() {
    String line = LIGHTWEIGHT.render().replace("12:00:00Z", "14:00:00.000000+02:00");

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
  void shouldRefuseValuesThatWouldBreakOutOfTheStamp() {
    for (String path : new String[] {"a\nb", "a\0", " a", "a --> b"}) {
      assertThat(RichStamp.writable(path)).isFalse();
      assertThatThrownBy(() -> new RichStamp("u", SOME_HASH, NOON, "1.0", path, 0, ""))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
