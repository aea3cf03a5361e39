// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllowanceTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Test
  void shouldNotLimitWithoutARate() {
    var allowance = new Allowance(0, nanos::get);
    assertThat(allowance.limited()).isFalse();
    assertThat(allowance.take(1_000_000)).isEqualTo(1_000_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 100, 5_000})
  void shouldGrantInNoSecondMoreThanTheRateAndItsTwentieth(int perSecond) {
    var allowance = new Allowance(perSecond, nanos::get);
    var granted = new ArrayDeque<long[]>();
    long within = 0;
    long total = 0;
    pass(Duration.ofSeconds(100));
    for (int i = 0; i < 10_000; i++) {
      pass(Duration.ofMillis(i % 3));
      int taken = allowance.take(50);
      granted.add(new long[] {nanos.get(), taken});
      within += taken;
      total += taken;
      while (nanos.get() - granted.getFirst()[0] >= Duration.ofSeconds(1).toNanos()) {
        within -= granted.removeFirst()[1];
      }
      assertThat(within).isLessThanOrEqualTo(Math.max(perSecond + 1, perSecond * 21L / 20));
    }
    assertThat(total).isGreaterThanOrEqualTo(perSecond * 9L);
  }

  @Test
  void shouldSaveNothingUpWhileNobodyAsks() {
    var allowance = new Allowance(100, nanos::get);
    pass(Duration.ofHours(1));
    assertThat(allowance.take(1_000)).isEqualTo(2);
    assertThat(allowance.take(1_000)).isZero();
    pass(Duration.ofMillis(allowance.pauseMillis()));
    assertThat(allowance.take(1_000)).isEqualTo(1);
  }
}
