// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import static dev.omnibridge.stamping.stamp.Texts.NOON;
import static dev.omnibridge.stamping.stamp.Texts.SOME_HASH;
import static dev.omnibridge.stamping.stamp.Texts.fileHash;
import static dev.omnibridge.stamping.stamp.Texts.utf8;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.stamping.stamp.Validation.Check;
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
    Validation validation = Validation.of(stamped, HASH, true);

    assertThat(validation.valid()).isTrue();
    assertThat(validation.currentHash()).isEqualTo(HASH);
    assertThat(validation.checks()).containsExactly(new Check(StampType.RICH, HASH, true, 4));
  }

  @Test
  void shouldCheckEveryStampInTheOrderOfTheText() {
    String rich = new RichStamp("u", SOME_HASH, NOON, "1.0", "", 8, "").render();
    String hashOnly = "<!-- ONEX:META:" + HASH.hex() + " -->";
    Validation validation =
        Validation.of(utf8(LIGHTWEIGHT + "\n" + TEXT + rich + "\n" + hashOnly), null, true);

    assertThat(validation.checks())
        .containsExactly(
            new Check(StampType.LIGHTWEIGHT, HASH, true, 1),
            new Check(StampType.RICH, SOME_HASH, false, 4),
            new Check(StampType.HASH_ONLY, HASH, true, 18));
    assertThat(validation.problem())
        .isEqualTo("The rich stamp on line 4 states another hash than the text has");
  }

  @Test
  void shouldNoticeAChangedText() {
    Validation validation = Validation.of(utf8(LIGHTWEIGHT + "\none\n2\n"), null, false);

    assertThat(validation.valid()).isFalse();
    assertThat(validation.currentHash()).isEqualTo(fileHash("one\n2\n"));
    assertThat(validation.problem()).contains("line 1");
  }

  @Test
  void shouldNoticeAnotherTextThanExpected() {
    Validation validation = Validation.of(utf8(LIGHTWEIGHT + "\n" + TEXT), SOME_HASH, false);

    assertThat(validation.problem()).isEqualTo("The text does not have the expected hash");
    assertThat(validation.checks()).allMatch(Check::valid);
  }

  @Test
  void shouldNotAcceptATextWithoutAStamp() {
    assertThat(Validation.of(utf8(TEXT), HASH, false).problem())
        .isEqualTo("The text holds no stamp");
  }

  @Test
  void shouldTakeAMalformedStampForTextUnlessStrict() {
    String malformed = "# ONEX:uid=u,hash=12\n";
    Hash hash = fileHash(malformed + TEXT);
    byte[] text =
        utf8(new LightweightStamp("u", hash, NOON, null, null).render() + "\n" + malformed + TEXT);

    assertThat(Validation.of(text, null, false).valid()).isTrue();
    assertThat(Validation.of(text, null, true).problem())
        .isEqualTo("The lightweight stamp on line 2 is malformed");
  }

  @Test
  void shouldFindNoStampInAFileThatIsNoText() {
    Validation validation = Validation.of((LIGHTWEIGHT + "\n\0").getBytes(UTF_8), null, false);

    assertThat(validation.problem()).isEqualTo("The content is not text");
    assertThat(validation.checks()).isEmpty();
  }
}
