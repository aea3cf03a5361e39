// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * The faults of a run, in the order of their beginning: the same for the same seed and length. They
 * are dealt from whole decks of every kind on every target, so that in a minute or more each kind
 * meets each target. Up to three overlap, never two on one target. They come in waves, no fault
 * reaching from one into the next, so that there can be a breath between them.
 */
record Schedule(long seed, Duration length, List<Fault> faults) {
  static final int MOST_AT_ONCE = 3;
  static final Duration WAVE = Duration.ofSeconds(20);
  private static final Duration CALM_AT_FIRST = Duration.ofMillis(500);
  private static final Duration STEP = Duration.ofMillis(20);
  private static final long LEAST_GAP_MILLIS = 750;

  private static final int NEAR_THE_END = 24;

  /** A kind on a target. */
  private record Card(FaultKind kind, Target target) {}

  static Schedule of(long seed, Duration length) {
    var random = new Random(seed);
    int inDeck = FaultKind.values().length * Target.values().length;
    long decks = Math.max(1, length.toMillis() / (inDeck * LEAST_GAP_MILLIS));
    long gap = Math.max(LEAST_GAP_MILLIS, length.toMillis() * 14 / 20 / (decks * inDeck));
    var cards = new ArrayDeque<Card>();
    for (long i = 0; i < decks; i++) {
      cards.addAll(deck(random));
    }
    return new Schedule(seed, length, List.copyOf(deal(cards, length, gap, random)));
  }

  private static List<Card> deck(Random random) {
    var cards = new ArrayList<Card>();
    for (FaultKind kind : FaultKind.values()) {
      for (Target target : Target.values()) {
        cards.add(new Card(kind, target));
      }
    }
    Collections.shuffle(cards, random);
    return cards;
  }

  private static List<Fault> deal(
      ArrayDeque<Card> cards, Duration length, long gap, Random random) {
    var faults = new ArrayList<Fault>();
    var free = new EnumMap<Target, Duration>(Target.class);
    Duration at = CALM_AT_FIRST;
    while (!cards.isEmpty() && at.compareTo(length) < 0) {
      Optional<Card> card = next(cards, free, faults, at);
      if (card.isEmpty()) {
        at = at.plus(STEP);
        continue;
      }
      Fault fault = fault(card.get(), at, random);
      if (wave(fault.end()) > wave(fault.at())) {
        fault = fault.begunAt(start(wave(fault.end())));
        at = fault.at();
      }
      if (fault.end().compareTo(length) > 0) {
        break;
      }
      faults.add(fault);
      free.put(fault.target(), fault.over());
      at = at.plusMillis(gap / 2 + random.nextLong(gap));
    }
    return faults;
  }

  /**
   * The first card whose target can be struck now, if one more fault may begin; near the end, one
   * of the target with the most cards, so that no target is left over for the last seconds.
   */
  private static Optional<Card> next(
      ArrayDeque<Card> cards, Map<Target, Duration> free, List<Fault> faults, Duration at) {
    long underWay = faults.stream().filter(fault -> fault.end().compareTo(at) > 0).count();
    if (underWay >= MOST_AT_ONCE) {
      return Optional.empty();
    }
    List<Card> open =
        cards.stream()
            .filter(card -> free.getOrDefault(card.target(), Duration.ZERO).compareTo(at) <= 0)
            .toList();
    Optional<Card> chosen =
        cards.size() > NEAR_THE_END
            ? open.stream().findFirst()
            : open.stream().max(Comparator.comparingLong(card -> left(cards, card.target())));
    chosen.ifPresent(cards::remove);
    return chosen;
  }

  private static long left(Collection<Card> cards, Target target) {
    return cards.stream().filter(card -> card.target() == target).count();
  }

  private static Fault fault(Card card, Duration at, Random random) {
    long millis = random.nextLong(card.kind().leastMillis(), card.kind().mostMillis() + 1);
    return new Fault(
        at, card.target(), card.kind(), Duration.ofMillis(millis), random.nextInt(1 << 20));
  }

  private static int wave(Duration at) {
    return (int) at.dividedBy(WAVE);
  }

  private static Duration start(int wave) {
    return WAVE.multipliedBy(wave).plus(CALM_AT_FIRST);
  }

  /** The faults of each wave, their times counted from its beginning. */
  List<List<Fault>> waves() {
    var waves = new ArrayList<List<Fault>>();
    for (Fault fault : faults) {
      int number = wave(fault.at());
      while (waves.size() <= number) {
        waves.add(new ArrayList<>());
      }
      waves.get(number).add(fault.begunAt(fault.at().minus(WAVE.multipliedBy(number))));
    }
    return waves;
  }

  /** How often each kind comes. */
  Map<FaultKind, Integer> byKind() {
    var counts = new EnumMap<FaultKind, Integer>(FaultKind.class);
    faults.forEach(fault -> counts.merge(fault.kind(), 1, Integer::sum));
    return counts;
  }

  /** How often each target is struck. */
  Map<Target, Integer> byTarget() {
    var counts = new EnumMap<Target, Integer>(Target.class);
    faults.forEach(fault -> counts.merge(fault.target(), 1, Integer::sum));
    return counts;
  }
}
