// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import static java.util.Objects.requireNonNull;

import dev.omnibridge.testkit.FaultProxy;
import dev.omnibridge.testkit.FaultProxy.Direction;
import dev.omnibridge.testkit.FaultProxy.Moment;
import dev.omnibridge.testkit.FaultProxy.Stroke;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Carries a schedule out. What befalls one target is done in order by one thread of its own, so a
 * process that is slow to stop delays what comes to it, and nothing else.
 */
final class Strikes implements AutoCloseable {
  /** A cut comes after at most two to the power of this many bytes. */
  private static final int POWERS_OF_BYTES_BEFORE_A_CUT = 12;

  private static final int LIMIT_SECONDS = 60;

  private final World world;
  private final Consumer<Fault> told;
  private final Map<Target, ExecutorService> hands = new EnumMap<>(Target.class);
  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Hit> hits = new ConcurrentLinkedQueue<>();
  private final List<Span> waves = new ArrayList<>();
  private final CountDownLatch never = new CountDownLatch(1);

  /** Told of every fault when it begins. */
  Strikes(World world, Consumer<Fault> told) {
    this.world = world;
    this.told = told;
    for (Target target : Target.values()) {
      hands.put(
          target,
          Executors.newSingleThreadExecutor(
              Thread.ofPlatform().name("strike-" + target).factory()));
    }
  }

  /** A time by the nano clock. */
  private record Span(long from, long to) {
    boolean holds(long time) {
      return time - from >= 0 && time - to <= 0;
    }
  }

  /** What is waited for between two waves. */
  interface Breath {
    void take() throws Exception;
  }

  /** Returns after the last breath; then every fault is over, and every process started again. */
  void carryOut(Schedule schedule, Breath breath) throws Exception {
    for (List<Fault> wave : schedule.waves()) {
      long began = System.nanoTime();
      var done = new ArrayList<Future<?>>();
      for (Fault fault : wave) {
        rest(began, fault.at());
        done.add(requireNonNull(hands.get(fault.target())).submit(() -> strike(fault)));
      }
      for (Future<?> each : done) {
        var unused = each.get(LIMIT_SECONDS, TimeUnit.SECONDS);
      }
      if (!failures.isEmpty()) {
        throw new IllegalStateException("A fault could not be done", failures.peek());
      }
      waves.add(new Span(began, System.nanoTime()));
      breath.take();
    }
  }

  /** Every fault that is over. */
  List<Hit> hits() {
    return List.copyOf(hits);
  }

  int waves() {
    return waves.size();
  }

  /** Whether faults went on then, by the nano clock. */
  boolean inWave(long time) {
    return waves.stream().anyMatch(wave -> wave.holds(time));
  }

  private void rest(long began, Duration until) throws InterruptedException {
    boolean unused =
        never.await(until.toNanos() - (System.nanoTime() - began), TimeUnit.NANOSECONDS);
  }

  private void strike(Fault fault) {
    try {
      told.accept(fault);
      Inhabitant victim = world.at(fault.target());
      boolean served = victim.serves();
      int connections = victim.entrance().connections();
      var sprung = new AtomicBoolean();
      long began = System.nanoTime();
      begin(fault, victim, sprung);
      rest(began, fault.length());
      end(fault, victim);
      hits.add(new Hit(fault, served, connections, sprung.get()));
    } catch (Exception | AssertionError failure) {
      failures.add(new IllegalStateException(fault.toString(), failure));
    }
  }

  private static void begin(Fault fault, Inhabitant victim, AtomicBoolean sprung) throws Exception {
    FaultProxy entrance = victim.entrance();
    switch (fault.kind()) {
      case KILL -> victim.kill();
      case RESTART -> victim.terminate();
      case PAUSE -> victim.pause();
      case REFUSE -> entrance.refuse();
      case SWALLOW -> entrance.swallow();
      case STRAND -> entrance.strand();
      case CUT -> {
        var direction = Direction.values()[fault.salt() % Direction.values().length];
        long bytes = bytesBeforeACut(fault.salt());
        var unused =
            entrance
                .once(new Moment.AfterBytes(direction, bytes), Stroke.CUT)
                .onSuccess(_ -> sprung.set(true));
        entrance.cut();
      }
    }
  }

  /**
   * As often within the first 64 bytes as beyond them: greetings are cut, too, and those who carry
   * little are met.
   */
  private static long bytesBeforeACut(int salt) {
    return salt % (2L << salt % POWERS_OF_BYTES_BEFORE_A_CUT);
  }

  private static void end(Fault fault, Inhabitant victim) throws Exception {
    switch (fault.kind()) {
      case KILL, RESTART -> victim.start();
      case PAUSE -> victim.wake();
      case REFUSE, SWALLOW, STRAND, CUT -> victim.entrance().calm();
    }
  }

  @Override
  public void close() throws InterruptedException {
    hands.values().forEach(ExecutorService::shutdown);
    for (ExecutorService hand : List.copyOf(hands.values())) {
      if (!hand.awaitTermination(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("A fault does not end");
      }
    }
  }
}
