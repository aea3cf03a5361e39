// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.runtime.Env;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OrchestratorConfigTest {

  @Test
  void shouldHaveADefaultForEverything() {
    Env env = Env.of(Map.of());
    var unused = OrchestratorConfig.from(env);
    assertThat(env.effective())
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("ORCHESTRATOR_LOG_TIMEOUT", "PT5S"),
                Map.entry("ORCHESTRATOR_STAMPING_TIMEOUT", "PT5S"),
                Map.entry("ORCHESTRATOR_STAMPING_RETRIES", "3"),
                Map.entry("ORCHESTRATOR_STAMPING_RETRY_PAUSE", "PT1S"),
                Map.entry("ORCHESTRATOR_STAMPING_MAX_CALLS", "64"),
                Map.entry("ORCHESTRATOR_STAMPING_PROBE_AFTER", "PT30S"),
                Map.entry("ORCHESTRATOR_STAMPING_BREAKER_FAILURES", "5"),
                Map.entry("ORCHESTRATOR_STAMPING_BREAKER_SUCCESSES", "3"),
                Map.entry("ORCHESTRATOR_INTELLIGENCE_TIMEOUT", "PT0.5S"),
                Map.entry("ORCHESTRATOR_INTELLIGENCE_RETRIES", "1"),
                Map.entry("ORCHESTRATOR_INTELLIGENCE_RETRY_PAUSE", "PT0.2S"),
                Map.entry("ORCHESTRATOR_INTELLIGENCE_MAX_CALLS", "64"),
                Map.entry("ORCHESTRATOR_INTELLIGENCE_PROBE_AFTER", "PT30S"),
                Map.entry("ORCHESTRATOR_INTELLIGENCE_BREAKER_FAILURES", "5"),
                Map.entry("ORCHESTRATOR_INTELLIGENCE_BREAKER_SUCCESSES", "3"),
                Map.entry("ORCHESTRATOR_MAX_ACTIVE", "10000"),
                Map.entry("ORCHESTRATOR_SNAPSHOT_EVERY", "50"),
                Map.entry("ORCHESTRATOR_POLL_EVERY", "PT1S"),
                Map.entry("ORCHESTRATOR_RESCAN_EVERY", "PT30S"),
                Map.entry("ORCHESTRATOR_STOP_TIMEOUT", "PT5S")));
  }

  @Test
  void shouldNameEveryVariableThatIsNotUsable() {
    Env env =
        Env.of(Map.of("ORCHESTRATOR_STAMPING_RETRIES", "many", "ORCHESTRATOR_POLL_EVERY", "soon"));
    assertThatThrownBy(() -> OrchestratorConfig.from(env))
        .hasMessageContaining("ORCHESTRATOR_STAMPING_RETRIES")
        .hasMessageContaining("ORCHESTRATOR_POLL_EVERY");
  }
}
