// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Six processes under load, struck again and again; then everything that was promised is looked for
 * in what is left, and whether the run was hard enough to tell. {@code -Dchaos.seconds} and {@code
 * -Dchaos.seed}, several with commas, choose other runs. {@code target/chaos.txt} tells of all.
 */
class ChaosIT {
  private static final Notes NOTES = new Notes(Path.of("target", "chaos.txt"));
  private static final Duration PROGRESS_LIMIT = Duration.ofSeconds(60);

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void shouldKeepEveryPromiseThroughAMinuteOfFaults(long seed) throws Exception {
    run(seed, Duration.ofSeconds(Integer.getInteger("chaos.seconds", 60)));
  }

  @Test
  @Tag("long")
  @Timeout(value = 25, unit = TimeUnit.MINUTES)
  void shouldKeepEveryPromiseThroughTwoMinutesOfFaults() throws Exception {
    run(seeds().getFirst(), Duration.ofSeconds(120));
  }

  /** One run each. */
  static List<Long> seeds() {
    String given = System.getProperty("chaos.seed", "");
    return given.isBlank()
        ? List.of(System.nanoTime() & 0x7fff_ffff)
        : Arrays.stream(given.split(",", -1)).map(seed -> Long.valueOf(seed.strip())).toList();
  }

  private static void run(long seed, Duration length) throws Exception {
    Schedule schedule = Schedule.of(seed, length);
    NOTES.say(
        "chaos: seed %d, %d s, %d faults%n by kind %s%n by target %s",
        seed, length.toSeconds(), schedule.faults().size(), schedule.byKind(), schedule.byTarget());
    var struck = new ConcurrentLinkedQueue<Fault>();
    long began = System.nanoTime();
    Path left = null;
    try {
      try (World world = World.start(Path.of("target", "suites"))) {
        left = world.directory();
        NOTES.say("chaos: everybody serves after %d s", secondsSince(began));
        verify(world, schedule, struck);
      }
      remove(left);
    } catch (Exception | AssertionError failure) {
      String repeat = "-Dchaos.seed=%d -Dchaos.seconds=%d".formatted(seed, length.toSeconds());
      NOTES.say(
          "chaos: verdict NOT sound: %s%n repeat with %s; logs in target/suites; struck:%n%s%n%s",
          failure,
          repeat,
          struck.stream().map(fault -> " " + fault).collect(Collectors.joining("\n")),
          errors(left));
      throw new AssertionError(
          "Chaos failed; repeat with %s: %s".formatted(repeat, failure.getMessage()), failure);
    }
    NOTES.say("chaos: verdict sound, seed %d, %d s in all", seed, secondsSince(began));
  }

  private static String errors(@Nullable Path left) {
    if (left == null) {
      return "";
    }
    try {
      return String.join("\n", Errors.in(left));
    } catch (IOException unreadable) {
      return "the logs cannot be read: " + unreadable;
    }
  }

  private static long secondsSince(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos).toSeconds();
  }

  /** Nobody looks into the logs of a sound run. */
  private static void remove(Path directory) throws IOException {
    List<Path> all;
    try (Stream<Path> found = Files.walk(directory)) {
      all = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.deleteIfExists(file);
    }
  }

  private static void verify(World world, Schedule schedule, ConcurrentLinkedQueue<Fault> struck)
      throws Exception {
    Claims claims;
    Worth worth;
    try (Load load = Load.start(world, schedule.seed());
        var strikes = new Strikes(world, struck::add)) {
      strikes.carryOut(schedule, () -> breathe(world, load));
      claims = load.stop();
      worth =
          new Worth(
              strikes.hits(),
              strikes.waves(),
              load.acknowledged(strikes::inWave),
              load.acknowledged(_ -> true));
      tell(load, claims);
      tell(worth);
    }
    long over = System.nanoTime();
    Evidence evidence = new Rest(world).await(claims);
    NOTES.say("chaos: at rest and read after %d s", secondsSince(over));
    tell(evidence);
    List<Violation> violations = Checker.check(evidence);
    assertThat(violations.stream().limit(20).map(Violation::toString).toList())
        .as("%d violations", violations.size())
        .isEmpty();
    assertThat(worth.lacks(claims, evidence.kept()))
        .as("what there was too little of for a verdict")
        .isEmpty();
  }

  /** Until everybody serves and clients of every kind are answered again. */
  private static void breathe(World world, Load load) {
    long began = System.nanoTime();
    world.awaitServing();
    long serving = secondsSince(began);
    Map<Work, Long> before = load.acknowledged(_ -> true);
    await()
        .atMost(PROGRESS_LIMIT)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() ->
            load.acknowledged(_ -> true)
                .forEach((work, count) ->
                    assertThat(count - before.getOrDefault(work, 0L))
                        .as("%s acknowledged since everybody serves", work)
                        .isGreaterThanOrEqualTo(work.progress())));
    NOTES.say("chaos: a breath, %d s until all serve, %d s in all", serving, secondsSince(began));
  }

  private static void tell(Worth worth) {
    NOTES.say(
        "struck a serving target: %s; %d cuts in the middle%nacknowledged in waves: %s, in all: %s",
        worth.byKind(), worth.sprung(), worth.inWaves(), worth.all());
  }

  private static void tell(Load load, Claims claims) {
    long acknowledged =
        claims.submissions().stream().filter(Claims.Submission::acknowledged).count();
    NOTES.say(
        "submissions: %d acknowledged (%.1f/s), %d without an answer; %d of %d stamps, %d of %d"
            + " foreign events; %d calls made again; longest standstill %d ms",
        acknowledged,
        acknowledged / load.seconds(),
        claims.submissions().size() - acknowledged,
        claims.stamps().stream().filter(Claims.Stamping::acknowledged).count(),
        claims.stamps().size(),
        claims.published().stream().filter(Claims.Published::acknowledged).count(),
        claims.published().size(),
        load.repeats(),
        load.standstillMillis());
  }

  private static void tell(Evidence evidence) {
    long own = evidence.records().stream().filter(record -> !record.logId().isEmpty()).count();
    long events = evidence.log().events().stream().filter(Logged.Event::own).count();
    NOTES.say(
        "left: %d runs, %d events of %d streams, %d stamps; in Kafka %d records, %d of them"
            + " repeats",
        evidence.kept().runs().size(),
        evidence.log().events().size(),
        evidence.log().streams().size(),
        evidence.kept().stamps().size(),
        evidence.records().size(),
        own - events);
  }
}
