// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit;

import dev.omnibridge.testkit.FaultProxy.Direction;
import dev.omnibridge.testkit.FaultProxy.Moment;
import dev.omnibridge.testkit.FaultProxy.Stroke;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Bad weather over a proxy: until it is closed, faults come one after the other, each for a while,
 * with a shorter calm between them. Which, when and how long follows from the random numbers alone.
 */
public final class Storm implements AutoCloseable {
  private static final int JOIN_SECONDS = 10;
  private static final int MOST_BYTES_BEFORE_A_CUT = 20_000;

  /** The faults a storm is made of. */
  public enum Kind {
    CUT,
    CUT_IN_A_MESSAGE,
    REFUSE,
    SWALLOW,
    SWALLOW_QUESTIONS,
    SWALLOW_ANSWERS,
    DELAY,
    DRIP
  }

  private final FaultProxy proxy;
  private final RandomGenerator random;
  private final List<Kind> kinds;
  private final long longestNanos;
  private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
  private final CountDownLatch over = new CountDownLatch(1);
  private final Thread thread;

  private Storm(FaultProxy proxy, RandomGenerator random, List<Kind> kinds, Duration longest) {
    this.proxy = proxy;
    this.random = random;
    this.kinds = List.copyOf(kinds);
    this.longestNanos = longest.toNanos();
    this.thread = Thread.ofVirtual().name("storm").unstarted(this::blow);
  }

  /** Faults of these kinds, none of which lasts longer than that. */
  public static Storm over(
      FaultProxy proxy, RandomGenerator random, List<Kind> kinds, Duration longest) {
    var storm = new Storm(proxy, random, kinds, longest);
    storm.thread.start();
    return storm;
  }

  private void blow() {
    while (over.getCount() > 0) {
      Kind kind = kinds.get(random.nextInt(kinds.size()));
      synchronized (counts) {
        counts.merge(kind, 1, Integer::sum);
      }
      begin(kind);
      rest(longestNanos);
      proxy.calm();
      rest(longestNanos / 4);
    }
  }

  private void begin(Kind kind) {
    switch (kind) {
      case CUT -> proxy.cut();
      case CUT_IN_A_MESSAGE -> {
        var unused =
            proxy.once(
                new Moment.AfterBytes(
                    random.nextBoolean() ? Direction.TO_SERVER : Direction.TO_CLIENT,
                    random.nextInt(MOST_BYTES_BEFORE_A_CUT)),
                Stroke.CUT);
        proxy.cut();
      }
      case REFUSE -> proxy.refuse();
      case SWALLOW -> proxy.swallow();
      case SWALLOW_QUESTIONS -> proxy.swallow(Direction.TO_SERVER);
      case SWALLOW_ANSWERS -> proxy.swallow(Direction.TO_CLIENT);
      case DELAY -> proxy.delay(Duration.ofMillis(1 + random.nextInt(200)));
      case DRIP -> proxy.drip(1_000L << random.nextInt(8));
    }
  }

  private void rest(long mostNanos) {
    try {
      var unused = over.await(random.nextLong(mostNanos), TimeUnit.NANOSECONDS);
    } catch (InterruptedException interrupted) {
      over.countDown();
    }
  }

  /** How often which fault has come. */
  public Map<Kind, Integer> counts() {
    synchronized (counts) {
      return Map.copyOf(counts);
    }
  }

  /** Ends it; everything passes then. */
  @Override
  public void close() {
    over.countDown();
    try {
      if (!thread.join(Duration.ofSeconds(JOIN_SECONDS))) {
        throw new IllegalStateException("The storm does not end");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    proxy.calm();
  }
}
