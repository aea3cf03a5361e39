// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.orchestrator.definition.DefinitionReader;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What the nodes of one simulation share. */
final class SimWorld {
  /** The others see for so long at most that a node is there which is not, or the reverse. */
  private static final int NOTICED_MILLIS = 3000;

  final SimulatedTime time = new SimulatedTime();
  final Trace trace;
  final ModelLog log = new ModelLog(time);
  final Sharing sharing = new Sharing();
  final DefinitionReader reader;
  final Settings settings;
  final Random random;
  final Faults faults;
  final List<SimNode> nodes;
  final Invariants invariants;

  /** Whether views follow what happens to nodes; otherwise somebody else changes them. */
  boolean viewsFollow = true;

  SimWorld(
      DefinitionReader reader,
      Settings settings,
      Random random,
      int count,
      Consumer<String> story) {
    this.trace = new Trace(time, story);
    this.reader = reader;
    this.settings = settings;
    this.random = random;
    this.faults = new Faults(random);
    this.nodes = IntStream.range(0, count).mapToObj(i -> new SimNode(i, this)).toList();
    this.invariants = new Invariants(this);
  }

  Set<Integer> everybody() {
    return IntStream.range(0, nodes.size()).boxed().collect(Collectors.toCollection(TreeSet::new));
  }

  /** The nodes that answer the others. */
  Set<Integer> whoIsThere() {
    return nodes.stream()
        .filter(SimNode::atWork)
        .map(node -> node.index)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  void trouble() {
    faults.trouble(time.now());
  }

  /** A node is about to stop working, for a while or for ever. */
  void stopped(SimNode node) {
    trouble();
    invariants.stopped(node);
  }

  void start(SimNode node) {
    trouble();
    if (!node.up() && faults.happens(70)) {
      Set<Integer> there = whoIsThere();
      there.add(node.index);
      node.believe(there);
    }
    node.start();
    viewsFollow();
  }

  /** Within 3 s every node sees who is there. */
  void viewsFollow() {
    if (viewsFollow) {
      nodes.forEach(this::seeTruthSoon);
    }
  }

  void seeTruthSoon(SimNode node) {
    time.after(faults.millis(NOTICED_MILLIS), () -> node.believe(whoIsThere()));
  }

  void wake(Set<Integer> view, RunKey key, long version) {
    var owner = sharing.owner(view, key.shard());
    if (!faults.wakesArrive || owner.isEmpty() || faults.happens(faults.wakesWrong)) {
      return;
    }
    deliver(nodes.get(owner.getAsInt()), key, version);
    if (faults.happens(faults.wakesWrong)) {
      deliver(nodes.get(owner.getAsInt()), key, version);
    }
  }

  private void deliver(SimNode to, RunKey key, long version) {
    Duration delay = faults.happens(faults.wakesWrong) ? faults.millis(10_000) : faults.millis(5);
    time.after(
        delay,
        () -> {
          SimLife life = to.life();
          if (life != null) {
            life.enter(Trace.Kind.WAKE_HEARD, () -> life.workflows().wake(key, version));
          }
        });
  }
}
