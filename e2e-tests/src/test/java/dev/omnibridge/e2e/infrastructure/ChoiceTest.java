// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.infrastructure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.e2e.infrastructure.Infrastructure.Kind;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ChoiceTest {
  private static final Supplier<Optional<String>> ANSWERS = Optional::empty;
  private static final Supplier<Optional<String>> SILENT = () -> Optional.of("no engine answers");
  private static final Supplier<Optional<String>> NOT_ASKED =
      () -> {
        throw new AssertionError("nobody needs to know");
      };
  private static final String KAFKA = "KAFKA_BOOTSTRAP_SERVERS";
  private static final String POSTGRES = "POSTGRES_HOST";
  private static final String CONTAINERS = "USE_TESTCONTAINERS";

  @Test
  void shouldBeEmbeddedWhenNothingIsAskedForWithoutLookingForAnEngine() {
    assertThat(Choice.of(Map.of(), NOT_ASKED))
        .isEqualTo(new Choice(Kind.EMBEDDED, "nothing else is asked for"));
  }

  @Test
  void shouldUseContainersWhenToldTo() {
    assertThat(Choice.of(Map.of(CONTAINERS, "true", KAFKA, "a:1"), ANSWERS))
        .isEqualTo(new Choice(Kind.CONTAINERS, "USE_TESTCONTAINERS=true"));
  }

  @Test
  void shouldFailRatherThanGoAnotherWayWhenContainersAreAskedForAndCannotBeHad() {
    assertThatThrownBy(() -> Choice.of(Map.of(CONTAINERS, "true"), SILENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("USE_TESTCONTAINERS=true, but no engine answers");
  }

  @Test
  void shouldUseTheServersThatAreNamedUnlessContainersAreAskedFor() {
    var named = new Choice(Kind.EXTERNAL, "KAFKA_BOOTSTRAP_SERVERS=a:1");
    assertThat(Choice.of(servers(), NOT_ASKED)).isEqualTo(named);
    assertThat(Choice.of(servers("CI", "true"), NOT_ASKED)).isEqualTo(named);
    assertThat(Choice.of(servers(CONTAINERS, "false"), NOT_ASKED)).isEqualTo(named);
    assertThat(Choice.of(servers("POSTGRES_PORT", "5436"), NOT_ASKED)).isEqualTo(named);
  }

  private static Map<String, String> servers(String... more) {
    var environment = new HashMap<>(Map.of(KAFKA, "a:1", POSTGRES, "db"));
    for (int i = 0; i < more.length; i += 2) {
      environment.put(more[i], more[i + 1]);
    }
    return environment;
  }

  @Test
  void shouldSayWhatIsMissingWhenOnlyHalfOfTheServersIsNamed() {
    shouldMiss(KAFKA, Map.of(POSTGRES, "db"));
    shouldMiss(KAFKA, Map.of(POSTGRES, "db", "CI", "true"));
    shouldMiss(KAFKA, Map.of(POSTGRES, "db", KAFKA, "", CONTAINERS, "false"));
    shouldMiss(KAFKA, Map.of("POSTGRES_PORT", "5436"));
    shouldMiss(POSTGRES, Map.of(KAFKA, "a:1"));
    shouldMiss(POSTGRES, Map.of(KAFKA, "a:1", "POSTGRES_PORT", "5436", CONTAINERS, "false"));
  }

  private static void shouldMiss(String missing, Map<String, String> environment) {
    assertThatThrownBy(() -> Choice.of(environment, NOT_ASKED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(missing + " is missing");
  }

  @Test
  void shouldUseContainersInCiOnlyWhereAnEngineCanStartThem() {
    assertThat(Choice.of(Map.of("CI", "true"), ANSWERS).kind()).isEqualTo(Kind.CONTAINERS);
    assertThat(Choice.of(Map.of("CI", "true"), SILENT))
        .isEqualTo(new Choice(Kind.EMBEDDED, "CI=true, but no engine answers"));
    assertThat(Choice.of(Map.of("CI", "true", CONTAINERS, "false"), NOT_ASKED))
        .isEqualTo(new Choice(Kind.EMBEDDED, "USE_TESTCONTAINERS=false"));
  }

  @Test
  void shouldRefuseAnAnswerThatIsNeitherYesNorNo() {
    assertThatThrownBy(() -> Choice.of(Map.of(CONTAINERS, "yes"), NOT_ASKED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'yes'");
  }
}
