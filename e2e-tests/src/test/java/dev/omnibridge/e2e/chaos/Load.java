// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;

/** All clients of a run: bounded in number and rate, so that the faults are what is tried. */
final class Load implements AutoCloseable {
  private static final int SUBMITTERS = 3;
  private static final long SUBMIT_PAUSE_MILLIS = 200;
  private static final long STAMP_PAUSE_MILLIS = 250;
  private static final long PUBLISH_PAUSE_MILLIS = 100;

  private final List<SubmittingClient> submitters = new ArrayList<>();
  private final long began = System.nanoTime();
  private final StampingClient stamper;
  private final PublishingClient publisher;

  private Load(World world, long seed) {
    var orchestrators = world.addresses(Target.FIRST_ORCHESTRATOR, Target.SECOND_ORCHESTRATOR);
    for (int i = 0; i < SUBMITTERS; i++) {
      submitters.add(new SubmittingClient(i, orchestrators, SUBMIT_PAUSE_MILLIS, seed));
    }
    stamper = new StampingClient(world.addresses(Target.STAMPING), STAMP_PAUSE_MILLIS, seed);
    publisher =
        new PublishingClient(world.kafkaEntrance(), World.ENVIRONMENT, PUBLISH_PAUSE_MILLIS, seed);
  }

  static Load start(World world, long seed) {
    var load = new Load(world, seed);
    load.clients().forEach(Client::start);
    return load;
  }

  private List<Client> clients() {
    var all = new ArrayList<Client>(submitters);
    all.add(stamper);
    all.add(publisher);
    return all;
  }

  /** Waits until the clients are at their end, and gives what they claim. */
  Claims stop() throws InterruptedException {
    clients().forEach(client -> client.over.countDown());
    for (Client client : clients()) {
      client.stop();
    }
    return new Claims(
        submitters.stream().flatMap(client -> client.claims().stream()).toList(),
        stamper.claims(),
        publisher.claims());
  }

  /** How long it lasts by now. */
  double seconds() {
    return (System.nanoTime() - began) / 1e9;
  }

  /** What was acknowledged so far at such moments of the nano clock, repeats among it. */
  Map<Work, Long> acknowledged(LongPredicate when) {
    var counts = new EnumMap<Work, Long>(Work.class);
    for (Client client : clients()) {
      Work work =
          switch (client) {
            case SubmittingClient _ -> Work.SUBMISSIONS;
            case StampingClient _ -> Work.STAMPS;
            case PublishingClient _ -> Work.FOREIGN_EVENTS;
          };
      long count = client.acknowledgedAt().stream().filter(when::test).count();
      counts.merge(work, count, Long::sum);
    }
    return counts;
  }

  /** Calls that had to be made again. */
  long repeats() {
    return stamper.repeats() + submitters.stream().mapToLong(SubmittingClient::repeats).sum();
  }

  /** The longest time between two acknowledged submissions, of whichever clients. */
  long standstillMillis() {
    var times = submitters.stream().flatMap(one -> one.acknowledgedAt().stream()).sorted().toList();
    long longest = 0;
    for (int i = 1; i < times.size(); i++) {
      longest = Math.max(longest, times.get(i) - times.get(i - 1));
    }
    return longest / 1_000_000;
  }

  @Override
  public void close() throws InterruptedException {
    clients().forEach(client -> client.over.countDown());
    for (Client client : clients()) {
      client.close();
    }
  }
}
