// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.fold;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;

/** Made-up streams: most of them as they should be, some with events that do not fit. */
public record Histories(RandomGenerator random, int namespaces) {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  /** So many streams, each in the order of its versions. */
  public List<List<Heard>> streams(int count) {
    var streams = new ArrayList<List<Heard>>();
    for (int i = 0; i < count; i++) {
      streams.add(random.nextInt(3) == 0 ? stamp(i) : run(i));
    }
    return streams;
  }

  private String namespace() {
    return "ns" + random.nextInt(namespaces);
  }

  private List<Heard> stamp(int number) {
    var facts = new ArrayList<Fact>();
    facts.add(new Fact.Stamped(random.nextInt(10_000), "type" + random.nextInt(5)));
    for (int i = random.nextInt(3); i > 0; i--) {
      facts.add(new Fact.Restamped(random.nextInt(10_000)));
    }
    return heard(new StreamKey("stamp", namespace(), "%064x".formatted(number)), facts);
  }

  private List<Heard> run(int number) {
    var facts = new ArrayList<Fact>();
    facts.add(new Fact.Started());
    facts.add(new Fact.Moved("PENDING", "RUNNING"));
    for (int i = random.nextInt(5); i > 0; i--) {
      facts.add(new Fact.StepEnded(random.nextInt(4) == 0));
    }
    Phase outcome = List.of(Phase.COMPLETED, Phase.FAILED, Phase.CANCELLED).get(random.nextInt(3));
    facts.add(new Fact.Moved("RUNNING", outcome.name()));
    facts.add(new Fact.Ended(outcome));
    if (random.nextInt(5) == 0) {
      facts.remove(random.nextInt(facts.size()));
    }
    if (random.nextInt(5) == 0) {
      facts.subList(1 + random.nextInt(facts.size() - 1), facts.size()).clear();
    }
    String id = "00000000-0000-7000-8000-%012x".formatted(number);
    return heard(new StreamKey("workflow", namespace(), id), facts);
  }

  private List<Heard> heard(StreamKey stream, List<Fact> facts) {
    var events = new ArrayList<Heard>();
    for (Fact fact : facts) {
      Instant at = NOON.plusMillis(random.nextInt(100_000));
      events.add(new Heard(stream, events.size() + 1, at, fact));
    }
    return events;
  }

  /** All events of all streams in a random order that keeps that of each stream. */
  public List<Heard> interleave(List<List<Heard>> streams) {
    var rest = new ArrayList<Deque<Heard>>();
    streams.forEach(stream -> rest.add(new ArrayDeque<>(stream)));
    var all = new ArrayList<Heard>();
    while (!rest.isEmpty()) {
      int next = random.nextInt(rest.size());
      all.add(rest.get(next).removeFirst());
      if (rest.get(next).isEmpty()) {
        rest.remove(next);
      }
    }
    return all;
  }

  /** Every event at least twice: a repeat stands anywhere after its first occurrence. */
  public List<Heard> repeat(List<Heard> events) {
    var all = new ArrayList<>(events);
    for (int i = 0; i < events.size(); i++) {
      int at = random.nextInt(all.indexOf(events.get(i)) + 1, all.size() + 1);
      all.add(at, events.get(i));
    }
    return all;
  }
}
