// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SeedsTest {
  @Test
  void shouldRepeatTheNumbersOfASeedAndPurposeOnly() {
    var seeds = new Seeds(42);
    assertThat(seeds.random("order").nextLong())
        .isEqualTo(new Seeds(42).random("order").nextLong())
        .isNotEqualTo(seeds.random("faults").nextLong())
        .isNotEqualTo(new Seeds(43).random("order").nextLong());
    assertThat(seeds.hint()).isEqualTo("repeat with -Dseed=42");
  }
}
