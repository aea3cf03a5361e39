// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class HashTest {
  private static final String EMPTY =
      "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";

  @Test
  void shouldReadWhatItWrites() {
    Hash hash = Blake3.hash(new byte[0]);

    assertThat(hash.hex()).isEqualTo(EMPTY).isEqualTo(hash.toString());
    assertThat(Hash.parse(EMPTY)).isEqualTo(hash).hasSameHashCodeAs(hash);
    assertThat(Hash.parse(EMPTY.toUpperCase(Locale.ROOT))).isEqualTo(hash);
    assertThat(Hash.of(hash.bytes())).isEqualTo(hash);
  }

  @Test
  void shouldNotChangeWhenItsBytesAreChanged() {
    Hash hash = Hash.parse(EMPTY);
    hash.bytes()[0] = 0;

    assertThat(hash.hex()).isEqualTo(EMPTY);
    assertThat(hash).isNotEqualTo(Blake3.hash(new byte[1])).isNotEqualTo(EMPTY);
  }

  @Test
  void shouldSayWhatIsWrongWithAMalformedHash() {
    assertThatThrownBy(() -> Hash.parse("af13"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A hash is written as 64 hexadecimal digits, not 4 characters");
    assertThatThrownBy(() -> Hash.parse(EMPTY.replace('f', 'g')))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A hash is written in hexadecimal digits, but character 2 is none");
    assertThatThrownBy(() -> Hash.of(new byte[20]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A hash has 32 bytes, not 20");
  }
}
