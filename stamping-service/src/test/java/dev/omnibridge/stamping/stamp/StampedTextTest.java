// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import static dev.omnibridge.stamping.stamp.Texts.HASH_ONLY;
import static dev.omnibridge.stamping.stamp.Texts.LIGHTWEIGHT;
import static dev.omnibridge.stamping.stamp.Texts.RICH;
import static dev.omnibridge.stamping.stamp.Texts.fileHash;
import static dev.omnibridge.stamping.stamp.Texts.utf8;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.testkit.Seeds;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class StampedTextTest {
  private static final String LINE = LIGHTWEIGHT.render();

  @Test
  void shouldPutALightweightStampOnTop() {
    assertThat(write("a\n", LIGHTWEIGHT)).isEqualTo(LINE + "\na\n");
    assertThat(write("", LIGHTWEIGHT)).isEqualTo(LINE + "\n");
    assertThat(write("a\r\nb\r\n", LIGHTWEIGHT)).isEqualTo(LINE + "\r\na\r\nb\r\n");
  }

  @Test
  void shouldLeaveFirstWhatMustBeFirst() {
    assertThat(write("#!/bin/sh\necho\n", LIGHTWEIGHT))
        .isEqualTo("#!/bin/sh\n" + LINE + "\necho\n");
    assertThat(write("#!/bin/sh", LIGHTWEIGHT)).isEqualTo("#!/bin/sh\n" + LINE + "\n");
    assertThat(write("\ufeffa\n", LIGHTWEIGHT)).isEqualTo("\ufeff" + LINE + "\na\n");
  }

  @Test
  void shouldPutARichStampAtTheEndBehindABlankLine() {
    assertThat(write("a", RICH)).isEqualTo("a\n\n" + RICH.render() + "\n");
    assertThat(write("a\n\n\n", RICH)).isEqualTo("a\n\n" + RICH.render() + "\n");
    assertThat(write("", RICH)).isEqualTo(RICH.render() + "\n");
  }

  @Test
  void shouldReplaceOlderStampsOfEveryForm() {
    String old = LINE.replace("0193", "old") + "\n" + HASH_ONLY + "\na\n\n" + RICH.render() + "\n";

    assertThat(write(old, LIGHTWEIGHT)).isEqualTo(LINE + "\na\n\n");
    assertThat(write(old, RICH)).isEqualTo("a\n\n" + RICH.render() + "\n");
  }

  @Test
  void shouldKeepTheFileHashOfAnyText() {
    Seeds seeds = Seeds.fromProperty();
    RandomGenerator random = seeds.random("stamped");
    for (int i = 0; i < 800; i++) {
      String text = Texts.random(random);
      WrittenStamp stamp = random.nextBoolean() ? LIGHTWEIGHT : RICH;
      String stamped = write(text, stamp);

      assertThat(fileHash(stamped)).as("%s%n%s", seeds.hint(), text).isEqualTo(fileHash(text));
      assertThat(write(stamped, stamp)).as("%s%n%s", seeds.hint(), text).isEqualTo(stamped);
    }
  }

  private static String write(String text, WrittenStamp stamp) {
    return new String(StampedText.write(utf8(text), stamp), UTF_8);
  }
}
