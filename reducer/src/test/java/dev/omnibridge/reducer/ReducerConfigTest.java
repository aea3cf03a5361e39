// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.omnibridge.runtime.Env;
import dev.omnibridge.runtime.stream.PumpConfig.Assignment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReducerConfigTest {
  @Test
  void shouldHaveTheseVariablesWithTheseDefaults() {
    var env = Env.of(Map.of());
    ReducerConfig.from(env);
    assertThat(env.effective())
        .containsOnly(
            entry("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092"),
            entry("OMNIBRIDGE_ENVIRONMENT", "dev"),
            entry("REDUCER_SOLE", "false"),
            entry("REDUCER_BATCH", "500"),
            entry("REDUCER_GATHER_MILLIS", "40"),
            entry("REDUCER_CACHED_STREAMS", "50000"),
            entry("REDUCER_CONFLICT_RETRIES", "3"),
            entry("REDUCER_LEAST_JITTER", "PT0.01S"),
            entry("REDUCER_MOST_JITTER", "PT0.25S"),
            entry("REDUCER_MAX_WAIT", "PT0.2S"),
            entry("REDUCER_WINDOW_LENGTH_SECONDS", "5"),
            entry("REDUCER_WINDOW_EVERY_SECONDS", "4"),
            entry("REDUCER_WINDOWS_KEPT_SECONDS", "60"));
  }

  @Test
  void shouldReportEverythingThatIsWrongAtOnce() {
    var env = Env.of(Map.of("REDUCER_BATCH", "0", "REDUCER_MAX_WAIT", "soon"));
    assertThatThrownBy(() -> ReducerConfig.from(env))
        .hasMessageContaining("REDUCER_BATCH=0")
        .hasMessageContaining("REDUCER_MAX_WAIT=soon");
  }

  @Test
  void shouldTakeAllPartitionsWhenItIsTheOnlyReducer() {
    var config = ReducerConfig.from(Env.of(Map.of("REDUCER_SOLE", "true")));
    assertThat(config.pump(List.of("topic")).assignment()).isEqualTo(Assignment.ALL);
    assertThat(config.pump(List.of("topic")).consumer()).isEqualTo("reducer");
  }
}
