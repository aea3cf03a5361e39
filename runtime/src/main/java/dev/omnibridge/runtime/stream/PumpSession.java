// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import dev.omnibridge.api.log.v1.ConsumerPartition;
import dev.omnibridge.runtime.LogKeys;
import dev.omnibridge.runtime.stream.Places.Place;
import io.vertx.core.Vertx;
import io.vertx.kafka.client.consumer.KafkaReadStream;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One consumer's life, from finding the cluster to the first failure that only a fresh consumer
 * cures. A fresh one knows nothing, so closing a session at any moment loses nothing. Everything is
 * called on the pump's virtual thread, except {@link #wake}, {@link #reachable} and {@link #lag}.
 */
final class PumpSession implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PumpSession.class);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(6);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
  private static final Duration REVIEW_EVERY = Duration.ofSeconds(30);

  private final PumpConfig config;
  private final Positions positions;
  private final Admin admin;
  private final KafkaReadStream<byte[], byte[]> consumer;
  private final BatchBudget budget;
  private final Places places;
  private final Topology topology;
  private final List<? extends Metric> connections;
  private long reviewed = System.nanoTime();

  private PumpSession(
      PumpConfig config,
      Positions positions,
      Admin admin,
      Topology topology,
      KafkaReadStream<byte[], byte[]> consumer,
      BatchBudget budget,
      Places places) {
    this.config = config;
    this.positions = positions;
    this.admin = admin;
    this.topology = topology;
    this.consumer = consumer;
    this.budget = budget;
    this.places = places;
    this.connections =
        consumer.unwrap().metrics().values().stream()
            .filter(metric -> metric.metricName().name().equals("connection-count"))
            .toList();
  }

  /** Finds the cluster and its topics, and begins to consume them. */
  static PumpSession open(Vertx vertx, PumpConfig config, Positions positions, Places places) {
    Admin admin = Admin.create(config.clientProperties());
    try {
      Topology topology = topology(admin, config);
      var budget = new BatchBudget();
      KafkaReadStream<byte[], byte[]> consumer =
          KafkaReadStream.create(vertx, config.consumerProperties(), budget, budget);
      var session = new PumpSession(config, positions, admin, topology, consumer, budget, places);
      return begun(session);
    } catch (Exception failure) {
      admin.close(Duration.ZERO);
      throw failure;
    }
  }

  /** One that cannot begin keeps no connection and no thread. */
  private static PumpSession begun(PumpSession session) {
    try {
      session.begin();
      return session;
    } catch (Exception failure) {
      session.close();
      throw failure;
    }
  }

  private static Topology topology(Admin admin, PumpConfig config) {
    return Waits.within(ANSWER_LIMIT, Topology.read(admin, config.topics()));
  }

  private void begin() {
    var begun =
        switch (config.assignment()) {
          case GROUP -> consumer.subscribe(Set.copyOf(config.topics()));
          case ALL -> consumer.assign(topology.partitions());
        };
    Waits.within(ANSWER_LIMIT, begun);
  }

  /**
   * What can be handled next; empty when nothing came, or when what came has to be sought first.
   * What follows is read on the assumption that it is handled.
   */
  Batch next() {
    review();
    place();
    budget.renew();
    Batch batch = poll(config.maxWait());
    return batch.isEmpty() || config.gather().isZero() ? batch : gather(batch);
  }

  /** Until the time is up, or another poll could bring too much. */
  private Batch gather(Batch first) {
    Batch batch = first;
    long end = System.nanoTime() + config.gather().toNanos();
    long left = config.gather().toMillis();
    while (left > 0 && room(batch) && places.unplaced().isEmpty()) {
      batch = batch.with(poll(Duration.ofMillis(left)));
      left = Duration.ofNanos(end - System.nanoTime()).toMillis();
    }
    return batch;
  }

  private boolean room(Batch batch) {
    return !budget.spent() && batch.size() + config.pollRecords() <= config.maxRecords();
  }

  private Batch poll(Duration longest) {
    // The reader's future is never completed once it is closed, so this wait has a limit as well.
    ConsumerRecords<byte[], byte[]> polled =
        Waits.within(longest.plus(ANSWER_LIMIT), consumer.poll(longest));
    Batch batch = places.take(polled);
    places.advance(batch);
    return batch;
  }

  /** Tells the group that we are there, without fetching anything: trouble may last for hours. */
  void keepMembership() {
    Set<TopicPartition> assigned = Waits.within(ANSWER_LIMIT, consumer.assignment());
    Waits.within(ANSWER_LIMIT, consumer.pause(assigned));
    budget.renew();
    // What comes is of partitions that have come only now; they are placed like all that are new.
    places.forget(places.take(Waits.within(ANSWER_LIMIT, consumer.poll(Duration.ZERO))));
    Set<TopicPartition> kept = new HashSet<>(Waits.within(ANSWER_LIMIT, consumer.assignment()));
    kept.retainAll(assigned);
    Waits.within(ANSWER_LIMIT, consumer.resume(kept));
  }

  /** Everything has to come again, from whatever is stored. */
  void startOver() {
    places.forgetAll();
  }

  /** A topic that was made anew or has grown needs a fresh session. */
  private void review() {
    if (System.nanoTime() - reviewed < REVIEW_EVERY.toNanos() || !reachable()) {
      return;
    }
    reviewed = System.nanoTime();
    if (!topology(admin, config).equals(topology)) {
      throw new IllegalStateException("The topics of the cluster are not the same any more");
    }
  }

  private void place() {
    Set<TopicPartition> unplaced = places.unplaced();
    if (unplaced.isEmpty()) {
      return;
    }
    Map<ConsumerPartition, Long> stored =
        Waits.within(ANSWER_LIMIT, positions.load(config.consumer(), topology.clusterId()));
    Map<TopicPartition, Long> ends = Waits.within(ANSWER_LIMIT, consumer.endOffsets(unplaced));
    for (TopicPartition partition : unplaced) {
      ConsumerPartition key = topology.key(config.consumer(), partition);
      seek(partition, places.place(key, stored.get(key), ends.getOrDefault(partition, 0L)));
    }
  }

  private void seek(TopicPartition partition, Place place) {
    if (place.truncated()) {
      log.atWarn()
          .addKeyValue(LogKeys.TOPIC, partition.topic())
          .addKeyValue(LogKeys.PARTITION, partition.partition())
          .addKeyValue(LogKeys.OFFSET, place.stored())
          .log("partition ends before the stored position; reading it from its beginning");
    }
    try {
      Waits.within(ANSWER_LIMIT, consumer.seek(partition, place.floor()));
      places.put(partition, place);
    } catch (IllegalStateException notAssignedAnyMore) {
      places.drop(partition);
    }
  }

  /** Ends a wait for records at once. */
  void wake() {
    consumer.unwrap().wakeup();
  }

  /** True while there is a connection to a broker. */
  boolean reachable() {
    return connections.stream().anyMatch(metric -> value(metric) > 0);
  }

  /** Records known to be there and not polled yet. */
  long lag() {
    return consumer.unwrap().metrics().values().stream()
        .filter(metric -> metric.metricName().name().equals("records-lag"))
        .mapToLong(metric -> (long) value(metric))
        .sum();
  }

  private static double value(Metric metric) {
    return metric.metricValue() instanceof Double number && !number.isNaN() ? number : 0;
  }

  /** Leaves the group, so that others take over at once. */
  @Override
  public void close() {
    try {
      Waits.within(CLOSE_LIMIT, consumer.close());
    } catch (Exception unclean) {
      log.atDebug().setCause(unclean).log("consumer did not close cleanly");
    } finally {
      admin.close(Duration.ZERO);
    }
  }
}
