// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.orchestrator.definition.DefinitionReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Several nodes on one log in virtual time, and everything that can go wrong between them, by seeds
 * that are new every time. With -Dseed=N only that seed is run, and its story is told in a file; a
 * seed that fails says how to do that.
 */
class SimulationTest {
  private static final int SEEDS = 200;
  private static final Path REPORT = Path.of("target", "simulation.txt");

  private static final String STORY = "target/simulation-%d.txt";

  private final DefinitionReader reader = new DefinitionReader();
  private Duration simulated = Duration.ZERO;
  private Duration slowest = Duration.ZERO;
  private int mostCalls;
  private int runs;

  @Test
  void shouldKeepItsPromisesWhateverGoesWrong() throws IOException {
    run(SEEDS);
  }

  @Test
  @Tag("long")
  void shouldKeepItsPromisesWhateverGoesWrongForLong() throws IOException {
    run(100 * SEEDS);
  }

  @Test
  void shouldDoTheSameAgainForTheSameSeed() {
    for (long seed = 1; seed <= 3; seed++) {
      assertThat(simulate(seed, _ -> {})).isEqualTo(simulate(seed, _ -> {}));
    }
  }

  private void run(int count) throws IOException {
    Files.createDirectories(REPORT.getParent());
    Long only = Long.getLong("seed");
    long first = only == null ? System.nanoTime() % 1_000_000_000L : only;
    int seeds = only == null ? count : 1;
    long began = System.nanoTime();
    long hash = 0;
    for (long seed = first; seed < first + seeds; seed++) {
      hash = hash * 31 + simulate(seed);
    }
    report(first, seeds, System.nanoTime() - began, hash);
  }

  private long simulate(long seed) {
    if (Long.getLong("seed") == null) {
      return simulate(seed, _ -> {});
    }
    try (var file = new PrintWriter(STORY.formatted(seed), StandardCharsets.UTF_8)) {
      return simulate(seed, file::println);
    } catch (IOException unwritable) {
      throw new UncheckedIOException(unwritable);
    }
  }

  private long simulate(long seed, Consumer<String> story) {
    Simulation simulation = new Simulation(reader, seed, story);
    try {
      simulation.run();
    } catch (AssertionError | RuntimeException failure) {
      throw new AssertionError(failure.getMessage() + "\n" + command(seed), failure);
    }
    simulated = simulated.plus(simulation.simulated());
    mostCalls = Math.max(mostCalls, simulation.mostCallsAMinute());
    runs += simulation.runs();
    if (simulation.endedAfter().compareTo(slowest) > 0) {
      slowest = simulation.endedAfter();
    }
    return simulation.hash();
  }

  private static String command(long seed) {
    return "Replay with: mvn -B -pl orchestrator -am verify -Dtest=SimulationTest -DskipITs"
        + " -Dsurefire.failIfNoSpecifiedTests=false -Dseed="
        + seed;
  }

  private void report(long first, int seeds, long nanos, long hash) throws IOException {
    double minutes = (double) nanos / TimeUnit.MINUTES.toNanos(1);
    String line =
        ("simulation: %d seeds from %d, %d runs of workflows in %d s of virtual time, all over %d s"
                + " after the last trouble, at most %d calls of the log a minute and node;"
                + " %.1f s, %.0f seeds and %.0f runs a minute, %.0f virtual hours a minute;"
                + " trace %016x%n")
            .formatted(
                seeds,
                first,
                runs,
                simulated.toSeconds(),
                slowest.toSeconds(),
                mostCalls,
                minutes * 60,
                seeds / minutes,
                runs / minutes,
                simulated.toSeconds() / 3600.0 / minutes,
                hash);
    System.out.print(line);
    Files.writeString(REPORT, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
