// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.orchestrator.definition.DefinitionReader;
import dev.omnibridge.orchestrator.workflow.Limits;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** One simulation: a seed decides everything in it. */
final class Simulation {
  private static final String HEAD =
      "document: {dsl: '1.0.0', namespace: tests, name: %s, version: '1.0.0'}\n";

  static final List<String> DEFINITIONS =
      List.of(
          HEAD.formatted("plain")
              + "do: [{a: {call: essential, with: {n: '${ .n }'}}}, {b: {call: optional}}]",
          HEAD.formatted("rounds")
              + "do: [{each: {for: {in: '[1,2,3]'}, do: [{a: {call: optional}}, {b: {call: essential}}]}}]",
          HEAD.formatted("guarded")
              + """
              do:
                - guarded:
                    try: [{c: {call: fragile}}, {d: {call: essential}}]
                    catch: {retry: {delay: PT3S, limit: {attempt: {count: 5}}}, do: [{gaveUp: {set: {x: 1}}}]}
                - last: {call: optional}
              """,
          HEAD.formatted("waiting")
              + """
              do:
                - first: {call: essential}
                - patient:
                    try: [{r: {raise: {error: {type: 'https://e.org/x', status: 503}}}}]
                    catch: {retry: {delay: PT14S, limit: {attempt: {count: 2}}}, do: [{gaveUp: {set: {x: 1}}}]}
                - last: {call: fragile}
              """);

  /** What a run here holds beside its definition, as {@link Weight} has it, and not much more. */
  private static final long SMALL_RUN = 3000;

  private final SimWorld world;
  private final SimClients clients;
  private final Chaos chaos;
  private final Instant began;
  private final Stage stage;

  Simulation(DefinitionReader reader, long seed, Consumer<String> story) {
    Random random = new Random(seed);
    int maxActive = random.nextInt(4) == 0 ? 5 : 100;
    long maxHeld = random.nextInt(4) == 0 ? little(reader, random) : Long.MAX_VALUE;
    int nodes = 2 + random.nextInt(3);
    this.world = new SimWorld(reader, settings(maxActive, maxHeld), random, nodes, story);
    world.nodes.forEach(node -> node.skew = skew(random));
    this.clients = new SimClients(world);
    this.chaos = new Chaos(world, clients);
    this.stage = new Stage(world, clients);
    this.began = world.time.now();
  }

  /** Room for less than one run with its definition, or for all definitions and a few runs. */
  private static long little(DefinitionReader reader, Random random) {
    int runs = List.of(0, 1, 3, 10).get(random.nextInt(4));
    long definitions =
        DEFINITIONS.stream()
            .mapToLong(text -> 20L * reader.read(text).source().toString().length())
            .sum();
    return runs == 0 ? SMALL_RUN : definitions + runs * SMALL_RUN;
  }

  /** Of one clock in four: up to ten minutes, either way. */
  private static Duration skew(Random random) {
    return random.nextInt(4) == 0 ? Duration.ofSeconds(random.nextInt(1201) - 600) : Duration.ZERO;
  }

  static Settings settings(int maxActive, long maxHeld) {
    return new Settings(
        maxActive,
        maxHeld,
        4,
        Duration.ofSeconds(1),
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        Duration.ofSeconds(5),
        Limits.DEFAULT);
  }

  /** Fails if anything happens that must not. */
  void run() {
    Duration chaotic = Duration.ofSeconds(20 + world.random.nextInt(120));
    int runs = 3 + world.random.nextInt(12);
    for (int i = 0; i < runs; i++) {
      String definition = DEFINITIONS.get(world.random.nextInt(DEFINITIONS.size()));
      clients.submit(world.faults.millis((int) chaotic.toMillis()), definition);
    }
    world.invariants.attention.watch();
    chaos.begin();
    stage.pass(chaotic);
    chaos.end();
    stage.settle(Stage.ENDS_WITHIN);
    stage.end(Stage.STILL_ON_ITS_WAY);
    stage.idle();
  }

  long hash() {
    return world.trace.hash();
  }

  Duration simulated() {
    return Duration.between(began, world.time.now());
  }

  Duration endedAfter() {
    return stage.endedAfter();
  }

  int runs() {
    return world.log.streams.size();
  }

  int mostCallsAMinute() {
    return world.invariants.mostCallsAMinute();
  }
}
