// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What goes wrong in one simulation, and when: some kinds of trouble are chosen, and come one after
 * the other, with quiet times in between.
 */
final class Chaos {
  private static final int QUIET_MILLIS = 60_000;

  private final SimWorld world;
  private final SimClients clients;
  private final Random random;
  private final List<Runnable> troubles = new ArrayList<>();
  private boolean ended;

  Chaos(SimWorld world, SimClients clients) {
    this.world = world;
    this.clients = clients;
    this.random = world.random;
  }

  void begin() {
    Faults faults = world.faults;
    faults.wakesArrive = random.nextInt(100) < 70;
    faults.changesArrive = random.nextInt(100) < 70;
    faults.wakesWrong = random.nextInt(40);
    faults.failing = random.nextInt(30);
    faults.logMillis = random.nextInt(4) == 0 ? 400 : 5;
    faults.slow = random.nextInt(15);
    faults.refusing = random.nextInt(10);
    choose(60, this::crash);
    choose(60, this::crashAtSomePlace);
    choose(60, this::pause);
    choose(30, this::stop);
    choose(40, this::takeRunnersAway);
    choose(60, clients::cancel);
    if (random.nextInt(100) < 60) {
      faults.lost = random.nextInt(20);
      faults.late = random.nextInt(6);
      faults.doubled = random.nextInt(20);
      choose(50, this::takeLogAway);
    }
    if (random.nextInt(100) < 50) {
      world.viewsFollow = false;
      troubles.add(this::anyView);
      troubles.add(this::changeViewsAtSomePlace);
      troubles.add(this::everybodyAlone);
      troubles.add(this::agree);
    }
    world.nodes.forEach(node -> node.believe(world.everybody()));
    world.nodes.forEach(world::start);
    next();
  }

  private void choose(int percent, Runnable trouble) {
    if (random.nextInt(100) < percent) {
      troubles.add(trouble);
    }
  }

  private void next() {
    if (ended) {
      return;
    }
    if (!troubles.isEmpty()) {
      troubles.get(random.nextInt(troubles.size())).run();
    }
    boolean quiet = random.nextInt(100) < 6;
    world.time.after(world.faults.millis(quiet ? QUIET_MILLIS : 4_000), this::next);
  }

  /** No more trouble: all nodes are there, and see each other within 3 s. */
  void end() {
    ended = true;
    world.trace.interruptNoMore();
    world.faults.end();
    world.viewsFollow = true;
    for (SimNode node : world.nodes) {
      node.withoutRunnersUntil = Instant.EPOCH;
      node.refusingUntil = Instant.EPOCH;
      node.resume();
      world.start(node);
    }
    world.viewsFollow();
  }

  private SimNode anyNode() {
    return world.nodes.get(random.nextInt(world.nodes.size()));
  }

  private void crash() {
    SimNode node = anyNode();
    node.crash();
    int downMillis = random.nextInt(4) == 0 ? 120_000 : 20_000;
    world.time.after(world.faults.millis(downMillis), () -> world.start(node));
  }

  private void stop() {
    SimNode node = anyNode();
    SimLife life = node.life();
    if (life != null && !life.paused()) {
      world.trace.note("stop " + life.name());
      world.trouble();
      Duration down = world.faults.millis(20_000);
      life.stop(() -> world.time.after(down, () -> world.start(node)));
    }
  }

  /** Whoever is at work at the hand-over that comes then. */
  private void crashAtSomePlace() {
    atSomePlace(SimNode::crash);
    world.time.after(world.faults.millis(20_000), () -> world.nodes.forEach(this::startIfDown));
  }

  private void atSomePlace(Consumer<SimNode> trouble) {
    long place = world.trace.handOvers() + 1 + random.nextInt(150);
    world.trace.interruptAt(place, random.nextBoolean(), trouble);
  }

  /** Whoever is at work at the hand-over that comes then hears of another view at that moment. */
  private void changeViewsAtSomePlace() {
    Set<Integer> view = someView();
    atSomePlace(_ -> world.nodes.forEach(node -> node.believe(view)));
  }

  private void startIfDown(SimNode node) {
    if (!node.up()) {
      world.start(node);
    }
  }

  private void pause() {
    SimNode node = anyNode();
    node.pause();
    world.time.after(world.faults.millis(random.nextBoolean() ? 5_000 : 90_000), node::resume);
  }

  private void takeRunnersAway() {
    Instant until = world.time.now().plus(world.faults.millis(40_000));
    if (random.nextBoolean()) {
      anyNode().withoutRunnersUntil = until;
    } else {
      anyNode().refusingUntil = until;
    }
  }

  private void takeLogAway() {
    Duration away = world.faults.millis(12_000);
    world.faults.logAwayUntil = world.time.now().plus(away);
    world.faults.trouble(world.faults.logAwayUntil);
  }

  private void anyView() {
    anyNode().believe(someView());
  }

  private Set<Integer> someView() {
    Set<Integer> view = new TreeSet<>();
    world.everybody().stream().filter(_ -> random.nextBoolean()).forEach(view::add);
    return view;
  }

  private void everybodyAlone() {
    world.nodes.forEach(node -> node.believe(Set.of(node.index)));
  }

  private void agree() {
    world.nodes.forEach(node -> node.believe(world.whoIsThere()));
  }
}
