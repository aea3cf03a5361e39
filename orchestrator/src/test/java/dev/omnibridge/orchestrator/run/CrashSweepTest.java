// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.orchestrator.definition.DefinitionReader;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One run on two nodes, once for every hand-over between a node and its world: there the node that
 * is at work crashes, or stands still, or gives its shards away. Nothing else goes wrong, so every
 * place is known to be safe by itself.
 */
class CrashSweepTest {
  /**
   * Noticed within 3 s; a client asks elsewhere after 8 s; what nobody told of is found by a rescan
   * after 30 s; the run itself takes 10 s, and as long again for what is done twice.
   */
  private static final Duration ENDS_WITHIN = Duration.ofSeconds(60);

  private final DefinitionReader reader = new DefinitionReader();

  /** What happens to the node at the place. */
  private enum Trouble {
    CRASHES(SimNode::crash),
    STANDS_STILL(SimNode::pause),

    /** Both nodes see at that moment that the other one is the owner. */
    GIVES_AWAY(node -> node.everybodyBelieves(Set.of(1 - node.index)));

    private final Consumer<SimNode> how;

    Trouble(Consumer<SimNode> how) {
      this.how = how;
    }
  }

  /** How a sweep goes; hints are wake-ups and notices of changed views. */
  private record Sweep(Trouble trouble, boolean before, int definition, boolean hintsArrive) {}

  @ParameterizedTest
  @EnumSource
  void shouldEndTheRunWhereverTheNode(Trouble trouble) {
    for (boolean before : new boolean[] {true, false}) {
      everywhere(new Sweep(trouble, before, 0, true));
      everywhere(new Sweep(trouble, before, 2, false));
    }
  }

  @ParameterizedTest
  @EnumSource
  @Tag("long")
  void shouldEndEveryRunWhereverTheNode(Trouble trouble) {
    for (int definition = 0; definition < Simulation.DEFINITIONS.size(); definition++) {
      for (int i = 0; i < 4; i++) {
        everywhere(new Sweep(trouble, i / 2 == 0, definition, i % 2 == 0));
      }
    }
  }

  private void everywhere(Sweep sweep) {
    long places = run(sweep, -1);
    assertThat(places).isGreaterThan(30);
    for (long place = 1; place <= places; place++) {
      try {
        long unused = run(sweep, place);
      } catch (AssertionError failure) {
        throw new AssertionError("At hand-over " + place + " of " + sweep, failure);
      }
    }
  }

  /** How many hand-overs there were until the run had ended. */
  private long run(Sweep sweep, long place) {
    var random = new Random(sweep.definition());
    var world = new SimWorld(reader, Simulation.settings(100, Long.MAX_VALUE), random, 2, _ -> {});
    var clients = new SimClients(world);
    var stage = new Stage(world, clients);
    world.faults.wakesArrive = sweep.hintsArrive();
    world.faults.changesArrive = sweep.hintsArrive();
    world.faults.failing = 25;
    world.faults.logMillis = 100;
    world.trace.interruptAt(place, sweep.before(), sweep.trouble().how);
    world.nodes.forEach(node -> node.believe(world.everybody()));
    world.nodes.forEach(SimNode::start);
    clients.submit(
        Duration.ZERO, Simulation.DEFINITIONS.get(sweep.definition()), sweep.definition() / 2 % 2);
    world.invariants.attention.watch();
    stage.settle(ENDS_WITHIN);
    long handOvers = world.trace.handOvers();
    world.trace.interruptNoMore();
    world.faults.end();
    world.nodes.forEach(SimNode::resume);
    world.nodes.forEach(world::start);
    stage.end(Duration.ofSeconds(8));
    return handOvers;
  }
}
