// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import static dev.omnibridge.stamping.stamp.Texts.NOON;
import static dev.omnibridge.stamping.stamp.Texts.SOME_HASH;
import static dev.omnibridge.stamping.stamp.Texts.TOOL;
import static dev.omnibridge.stamping.stamp.Texts.fileHash;
import static dev.omnibridge.stamping.stamp.Texts.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.stamping.stamp.FoundStamp.Flaw;
import dev.omnibridge.stamping.stamp.Validation.Check;
import dev.omnibridge.stamping.stamp.Validation.Demands;
import dev.omnibridge.stamping.stamp.Validation.Problem;
import dev.omnibridge.stamping.stamp.Validation.Reason;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ValidationTest {
  private static final String TEXT = "one\ntwo\n";
  private static final Hash HASH = fileHash(TEXT);
  private static final String LIGHTWEIGHT =
      new LightweightStamp("u", HASH, NOON, null, null).render();

  @Test
  void shouldAcceptATextThatItsStampDescribes() {
    byte[] stamped =
        StampedText.write(utf8(TEXT), new RichStamp("u", HASH, NOON, "1.0", "", 8, ""));
    Validation validation = check(stamped, HASH, true);

    assertThat(validation.valid()).isTrue();
    assertThat(validation.currentHash()).isEqualTo(HASH);
    assertThat(validation.checks()).containsExactly(new Check(StampType.RICH, "u", HASH, 4, null));
  }

  @Test
  void shouldCheckEveryStampInTheOrderOfTheText() {
    String rich = new RichStamp("u", SOME_HASH, NOON, "1.0", "", 8, "").render();
    String hashOnly = "<!-- ONEX:META:" + HASH.hex() + " -->";
    Validation validation =
        check(utf8(LIGHTWEIGHT + "\n" + TEXT + rich + "\n" + hashOnly), null, true);

    assertThat(validation.checks())
        .containsExactly(
            new Check(StampType.LIGHTWEIGHT, "u", HASH, 1, null),
            new Check(StampType.RICH, "u", SOME_HASH, 4, Reason.STAMP_HASH_MISMATCH),
            new Check(StampType.HASH_ONLY, "", HASH, 18, null));
    assertThat(validation.problem().sentence())
        .isEqualTo("The rich stamp on line 4 states another hash than the text has");
  }

  @Test
  void shouldNoticeAChangedText() {
    Validation validation = check(utf8(LIGHTWEIGHT + "\none\n2\n"), null, false);

    assertThat(validation.valid()).isFalse();
    assertThat(validation.currentHash()).isEqualTo(fileHash("one\n2\n"));
    assertThat(validation.problem().sentence()).contains("line 1");
  }

  @Test
  void shouldNoticeAnotherTextThanExpected() {
    Validation validation = check(utf8(LIGHTWEIGHT + "\n" + TEXT), SOME_HASH, false);

    assertThat(validation.problem().sentence())
        .isEqualTo("The text does not have the expected hash");
    assertThat(validation.problem().reason()).isEqualTo(Reason.EXPECTED_HASH_MISMATCH);
    assertThat(validation.checks()).allMatch(Check::valid);
  }

  @Test
  void shouldNotAcceptATextWithoutAStamp() {
    assertThat(check(utf8(TEXT), HASH, false).problem())
        .isEqualTo(new Problem(Reason.STAMP_MISSING, "The text holds no stamp"));
  }

  @Test
  void shouldTakeAMalformedStampForTextUnlessStrict() {
    String malformed = "# ONEX:uid=u,hash=12\n";
    Hash hash = fileHash(malformed + TEXT);
    byte[] text =
        utf8(new LightweightStamp("u", hash, NOON, null, null).render() + "\n" + malformed + TEXT);

    assertThat(check(text, null, false).valid()).isTrue();
    assertThat(check(text, null, true).problem().sentence())
        .isEqualTo("The lightweight stamp on line 2 is malformed");
  }

  @Test
  void shouldTellWhatIsNoText() {
    assertThat(reason(check(utf8("a\0"), null, false))).isEqualTo(Reason.CONTENT_NOT_TEXT);
    assertThat(reason(check(new byte[] {'a', (byte) 0xC3}, null, false)))
        .isEqualTo(Reason.CONTENT_NOT_UTF8);
    assertThat(reason(check(new byte[] {(byte) 0xFF, 0}, null, false)))
        .isEqualTo(Reason.CONTENT_NOT_UTF8);
  }

  @Test
  void shouldCountNoStampInABinaryFile() {
    for (String binary : new String[] {LIGHTWEIGHT + "\n\0", "\0\n" + LIGHTWEIGHT + "\n"}) {
      Validation validation = check(utf8(binary), null, false);

      assertThat(reason(validation)).isEqualTo(Reason.STAMP_IN_BINARY);
      assertThat(validation.checks()).isEmpty();
    }
  }

  @Test
  void shouldTellAStampThatIsCutOff() {
    String rich = new RichStamp("u", HASH, NOON, "1.0", "", 8, "").render();
    for (String cut :
        new String[] {
          TEXT + rich.substring(0, rich.length() - 30),
          TEXT + rich.substring(0, 100),
          TEXT + LIGHTWEIGHT.substring(0, 60),
          TEXT + TOOL.render().substring(0, 150),
        }) {
      assertThat(reason(check(utf8(cut), null, false))).as(cut).isEqualTo(Reason.STAMP_TRUNCATED);
      assertThat(reason(check(utf8(LIGHTWEIGHT + "\n" + cut), null, true)))
          .isEqualTo(Reason.STAMP_TRUNCATED);
    }
  }

  @Test
  void shouldNotAcceptTwoStampsOfOneKind() {
    for (CommentStyle other : CommentStyle.values()) {
      String again = new LightweightStamp("v", HASH, NOON, null, null).render(other);
      Validation validation = check(utf8(LIGHTWEIGHT + "\n" + TEXT + again), null, false);

      assertThat(reason(validation)).isEqualTo(Reason.STAMP_DUPLICATE);
      assertThat(validation.checks()).extracting(Check::valid).containsExactly(true, false);
    }
  }

  @Test
  void shouldWantTheKeysOfToolMetadata() {
    String without = TOOL.render().replace("# entrypoint: counter.py\n", "");

    assertThat(reason(check(utf8(without + "\n" + TEXT), null, false)))
        .isEqualTo(Reason.TOOL_METADATA_INCOMPLETE);
    assertThat(reason(check(utf8(without.replace("# version", "# : x") + "\n"), null, false)))
        .isEqualTo(Reason.STAMP_MALFORMED);
  }

  @Test
  void shouldNotTakeToolMetadataWithoutAHashForAStamp() {
    Map<String, String> fields = new LinkedHashMap<>(TOOL.fields());
    fields.remove("integrity");
    String block = new ToolMetadata(fields).render();

    assertThat(reason(check(utf8(block + "\n" + TEXT), null, true)))
        .isEqualTo(Reason.STAMP_MISSING);
    assertThat(check(utf8(block + "\n" + LIGHTWEIGHT + "\n" + TEXT), null, true).valid()).isTrue();
  }

  @Test
  void shouldLeaveTamperingUncheckedWhenToldTo() {
    byte[] tampered = utf8(LIGHTWEIGHT + "\none\n2\n");

    assertThat(Validation.of(tampered, null, new Demands(null, true, false)).valid()).isTrue();
    assertThat(Validation.of(tampered, null, new Demands(HASH, true, false)).valid()).isFalse();
  }

  @Test
  void shouldCountASidecarAsAStamp() {
    byte[] binary = {1, 0, 2};
    Hash hash = FileDigest.of(binary).fileHash();
    var demands = new Demands(null, true, true);

    assertThat(Validation.of(binary, FoundStamp.beside("u", hash), demands).valid()).isTrue();
    byte[] archive = utf8("\0" + LIGHTWEIGHT + "\n" + TEXT + "\0");
    Hash archived = FileDigest.of(archive).fileHash();
    assertThat(Validation.of(archive, FoundStamp.beside("u", archived), demands).valid()).isTrue();
    assertThat(reason(Validation.of(binary, FoundStamp.beside("u", HASH), demands)))
        .isEqualTo(Reason.STAMP_HASH_MISMATCH);
    assertThat(
            reason(
                Validation.of(
                    binary, FoundStamp.flawed(StampType.DETACHED, Flaw.MALFORMED, 0), demands)))
        .isEqualTo(Reason.SIDECAR_MALFORMED);
  }

  private static Validation check(byte[] text, Hash expected, boolean strict) {
    return Validation.of(text, null, new Demands(expected, strict, true));
  }

  private static Reason reason(Validation validation) {
    return validation.problem().reason();
  }
}
