// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.testkit.Thresholds;
import org.junit.jupiter.api.Test;

class TallyTest {
  @Test
  void shouldNotLetWhatCameTwiceMakeUpForWhatIsMissing() {
    var tally = new Tally(10, 11, 8);
    assertThat(tally.lost()).isEqualTo(2);
    assertThat(tally.repeated()).isEqualTo(3);
  }

  @Test
  void shouldTellADuplicateAsSuchAndNotAsLessThanNothingLost() {
    var figures = new Thresholds();
    new Tally(10, 11, 10).tell(figures);
    figures.shouldBeKept("event_loss");
    assertThatThrownBy(() -> figures.shouldBeKept("duplicate_share"))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void shouldTellThatEverythingIsLost() {
    var figures = new Thresholds();
    new Tally(10, 0, 0).tell(figures);
    figures.shouldBeKept("duplicate_share");
    assertThatThrownBy(() -> figures.shouldBeKept("event_loss")).isInstanceOf(AssertionError.class);
  }
}
