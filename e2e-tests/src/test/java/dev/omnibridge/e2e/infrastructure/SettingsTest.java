// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.infrastructure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {
  @Test
  void shouldHaveTheUsualPortAndTwoMinutesUnlessToldOtherwise() {
    var settings = new Settings(Map.of("POSTGRES_HOST", "db"));
    assertThat(settings.postgres().jdbcUrl()).isEqualTo("jdbc:postgresql://db:5432/omnibridge");
    assertThat(settings.startLimit()).isEqualTo(Duration.ofMinutes(2));
  }

  @Test
  void shouldTakeWhatTheEnvironmentSays() {
    var settings =
        new Settings(
            Map.of(
                "POSTGRES_HOST", "db",
                "POSTGRES_PORT", "5436",
                "PGUSER", "me",
                "PGPASSWORD", "secret",
                "PGDATABASE", "mine",
                "CONTAINER_STARTUP_TIMEOUT", "30"));
    assertThat(settings.postgres().jdbcUrl()).isEqualTo("jdbc:postgresql://db:5436/mine");
    assertThat(settings.postgres().user()).isEqualTo("me");
    assertThat(settings.postgres().password()).isEqualTo("secret");
    assertThat(settings.startLimit()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void shouldNameTheVariableThatIsMissingOrWrong() {
    assertThatThrownBy(() -> new Settings(Map.of()).postgres())
        .hasMessageContaining("POSTGRES_HOST is missing");
    assertThatThrownBy(() -> new Settings(Map.of("CONTAINER_STARTUP_TIMEOUT", "2m")).startLimit())
        .hasMessageContaining("CONTAINER_STARTUP_TIMEOUT is '2m'");
  }
}
