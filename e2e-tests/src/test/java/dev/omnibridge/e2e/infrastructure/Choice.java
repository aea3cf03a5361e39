// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.infrastructure;

import dev.omnibridge.e2e.infrastructure.Infrastructure.Kind;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Which infrastructure a run has, decided from its environment alone.
 *
 * @param why in words, for the line that the run prints
 */
record Choice(Kind kind, String why) {
  static final String CONTAINERS = "USE_TESTCONTAINERS";
  static final String KAFKA = "KAFKA_BOOTSTRAP_SERVERS";
  static final String POSTGRES = "POSTGRES_HOST";
  static final String POSTGRES_PORT = "POSTGRES_PORT";

  /**
   * The choice. An engine is only looked for where the answer matters, as that takes seconds.
   *
   * @param engineProblem why containers cannot be started; empty when they can
   * @throws IllegalArgumentException when what was asked for cannot be had
   */
  static Choice of(Map<String, String> environment, Supplier<Optional<String>> engineProblem) {
    String asked = environment.getOrDefault(CONTAINERS, "");
    return switch (asked) {
      case "true" -> containers(engineProblem.get());
      case "false" -> withoutContainers(environment, CONTAINERS + "=false");
      case "" -> unasked(environment, engineProblem);
      default ->
          throw new IllegalArgumentException(
              "%s is '%s'; it is true or false".formatted(CONTAINERS, asked));
    };
  }

  private static Choice containers(Optional<String> problem) {
    problem.ifPresent(cause -> {
      throw new IllegalArgumentException(CONTAINERS + "=true, but " + cause);
    });
    return new Choice(Kind.CONTAINERS, CONTAINERS + "=true");
  }

  private static Choice withoutContainers(Map<String, String> environment, String why) {
    return isExternal(environment)
        ? new Choice(Kind.EXTERNAL, KAFKA + "=" + environment.get(KAFKA))
        : new Choice(Kind.EMBEDDED, why);
  }

  /** Half of what names the servers of others is a mistake, and no wish for other servers. */
  private static boolean isExternal(Map<String, String> environment) {
    boolean kafka = isSet(environment, KAFKA);
    boolean postgres = isSet(environment, POSTGRES);
    if (kafka != postgres || (!postgres && isSet(environment, POSTGRES_PORT))) {
      throw new IllegalArgumentException(
          "%s is missing; servers of others are named by %s and %s together (and %s)"
              .formatted(kafka ? POSTGRES : KAFKA, KAFKA, POSTGRES, POSTGRES_PORT));
    }
    return kafka;
  }

  private static boolean isSet(Map<String, String> environment, String name) {
    return !environment.getOrDefault(name, "").isEmpty();
  }

  private static Choice unasked(
      Map<String, String> environment, Supplier<Optional<String>> engineProblem) {
    if (isExternal(environment) || !environment.getOrDefault("CI", "").equals("true")) {
      return withoutContainers(environment, "nothing else is asked for");
    }
    return engineProblem
        .get()
        .map(cause -> new Choice(Kind.EMBEDDED, "CI=true, but " + cause))
        .orElseGet(() -> new Choice(Kind.CONTAINERS, "CI=true and an engine answers"));
  }
}
