// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AllowanceTest {
  @Test
  void shouldAllowSoManyAtOnceAndThenOneInAWhile() {
    var now = new AtomicLong(-5);
    var allowance = new Allowance(2, Duration.ofSeconds(1), now::get);

    assertThat(allowance.take()).isTrue();
    assertThat(allowance.take()).isTrue();
    assertThat(allowance.take()).isFalse();
    now.addAndGet(Duration.ofMillis(1500).toNanos());
    assertThat(allowance.take()).isTrue();
    assertThat(allowance.take()).isFalse();
    now.addAndGet(Duration.ofHours(1).toNanos());
    assertThat(allowance.take()).isTrue();
    assertThat(allowance.take()).isTrue();
    assertThat(allowance.take()).isFalse();
  }
}
