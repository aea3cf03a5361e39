// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.infrastructure;

import dev.omnibridge.testkit.Thresholds;
import java.util.Locale;

/** Decides when first asked; the class loader sees to it that it is once. */
final class Chosen {
  static final Infrastructure INFRASTRUCTURE = decide();

  private Chosen() {}

  private static Infrastructure decide() {
    var environment = System.getenv();
    var settings = new Settings(environment);
    var choice = Choice.of(environment, () -> new Engine(settings.startLimit()).problem());
    System.out.printf("infrastructure: %s, because %s%n", choice.kind(), choice.why());
    Thresholds.label("infrastructure", choice.kind().name().toLowerCase(Locale.ROOT));
    Thresholds.label("chosen because", choice.why());
    var infrastructure =
        new Infrastructure(
            choice.kind(),
            switch (choice.kind()) {
              case EMBEDDED -> EmbeddedServers::start;
              case CONTAINERS -> () -> ContainerServers.start(settings.startLimit());
              case EXTERNAL -> () -> ExternalServers.reach(settings);
            });
    Runtime.getRuntime().addShutdownHook(new Thread(infrastructure::end, "stop-servers"));
    return infrastructure;
  }
}
