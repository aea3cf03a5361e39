// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Promise;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StartLimitTest {
  private static final Duration LIMIT = Duration.ofMillis(5);

  @Test
  void shouldWaitLongerThanTheLimitWhileTheLogIsCompared() throws Exception {
    Promise<String> starting = Promise.promise();
    var asked = new AtomicInteger();

    String started =
        Suite.start(
            starting.future(),
            LIMIT,
            () -> {
              boolean last = asked.incrementAndGet() == 3;
              if (last) {
                starting.complete("serves");
              }
              return !last;
            });

    assertThat(started).isEqualTo("serves");
    assertThat(asked).hasValue(3);
  }

  @Test
  void shouldEndAtTheLimitWhenNothingIsCompared() {
    Promise<String> starting = Promise.promise();

    assertThatThrownBy(() -> Suite.start(starting.future(), LIMIT, () -> false))
        .isInstanceOf(TimeoutException.class);
  }
}
