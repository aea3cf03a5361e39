// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AppendBudgetTest {
  private final AppendBudget budget = new AppendBudget(100);

  @Test
  void shouldTakeUpToItsLimitAndNoMore() {
    assertThat(budget.take(60)).isTrue();
    assertThat(budget.take(41)).isFalse();
    assertThat(budget.take(40)).isTrue();
    assertThat(budget.take(1)).isFalse();
  }

  @Test
  void shouldTakeAgainWhatWasGivenBack() {
    assertThat(budget.take(60)).isTrue();
    assertThat(budget.take(40)).isTrue();
    budget.giveBack(60);
    assertThat(budget.take(61)).isFalse();
    assertThat(budget.take(60)).isTrue();
  }

  @Test
  void shouldTakeWhatIsLargerThanAllOfItWhenThereIsNothingElse() {
    assertThat(budget.take(101)).isTrue();
    assertThat(budget.take(1)).isFalse();
    budget.giveBack(101);
    assertThat(budget.take(1)).isTrue();
    assertThat(budget.take(101)).isFalse();
  }
}
