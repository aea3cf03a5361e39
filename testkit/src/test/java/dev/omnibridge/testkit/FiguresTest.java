// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ':',
      value = {
        "0:0",
        "2000:2,000",
        "1234.4:1,234",
        "123.4:123",
        "45.67:45.7",
        "4.567:4.57",
        "0.0456:0.046",
        "0.00001:1.0e-05",
        "-4.567:-4.57"
      })
  void shouldShowThreeDigitsThatCount(double value, String text) {
    assertThat(Figures.text(value)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"0,0 %", "0.0000001,<0.1 %", "0.0312,3.1 %", "0.31,31 %", "1.4,140 %"})
  void shouldNeverShowSomethingAsNothing(double share, String text) {
    assertThat(Figures.percent(share)).isEqualTo(text);
  }

  @Test
  void shouldHaveAWordForWhatExceedsALimitOfNothing() {
    assertThat(Figures.percent(Double.POSITIVE_INFINITY)).isEqualTo("over");
    assertThat(Figures.text(12.5, Threshold.Kind.DURATION)).isEqualTo("12.5 ms");
    assertThat(Figures.text(0.5, Threshold.Kind.SHARE)).isEqualTo("0.500");
  }
}
