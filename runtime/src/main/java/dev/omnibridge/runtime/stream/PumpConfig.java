// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/**
 * What a pump reads and how much at a time.
 *
 * @param bootstrapServers Kafka's addresses
 * @param group Kafka's name for all pumps that share the partitions
 * @param consumer name under which the positions are stored
 * @param topics full names
 * @param assignment how the partitions come to this pump
 * @param maxRecords most records of one batch; fewer when they are large ({@link BatchBudget})
 * @param inFlight batches that may be with the handler at the same time; with more than one, it
 *     must keep them in order, or refuse those that come after a failed one
 * @param maxWait longest wait for a first record
 * @param gather how long more is waited for after a first record, unless the batch is full; zero
 *     hands over what is there
 * @param handleLimit longest time the handler gets for a batch
 */
public record PumpConfig(
    String bootstrapServers,
    String group,
    String consumer,
    List<String> topics,
    Assignment assignment,
    int maxRecords,
    int inFlight,
    Duration maxWait,
    Duration gather,
    Duration handleLimit) {

  /** How partitions are shared out. */
  public enum Assignment {
    /**
     * Kafka shares them out among the pumps of the group. A killed one's come back after its
     * session.
     */
    GROUP,
    /** This pump takes them all, at once: for a service that is the only one of its kind. */
    ALL
  }

  /**
   * 500 records at a time, one batch after the other, up to 250 ms of waiting for the first and
   * none for more, 30 s for the handler.
   */
  public static PumpConfig of(
      String bootstrapServers, String environment, String consumer, List<String> topics) {
    return new PumpConfig(
        bootstrapServers,
        environment + ".omninode-bridge." + consumer,
        consumer,
        List.copyOf(topics),
        Assignment.GROUP,
        500,
        1,
        Duration.ofMillis(250),
        Duration.ZERO,
        Duration.ofSeconds(30));
  }

  /** With another way to get partitions. */
  public PumpConfig withAssignment(Assignment chosen) {
    return new PumpConfig(
        bootstrapServers,
        group,
        consumer,
        topics,
        chosen,
        maxRecords,
        inFlight,
        maxWait,
        gather,
        handleLimit);
  }

  /** With another size of the largest batch. */
  public PumpConfig withMaxRecords(int chosen) {
    return new PumpConfig(
        bootstrapServers,
        group,
        consumer,
        topics,
        assignment,
        chosen,
        inFlight,
        maxWait,
        gather,
        handleLimit);
  }

  /** With more batches at the same time. */
  public PumpConfig withInFlight(int chosen) {
    return new PumpConfig(
        bootstrapServers,
        group,
        consumer,
        topics,
        assignment,
        maxRecords,
        chosen,
        maxWait,
        gather,
        handleLimit);
  }

  /**
   * With a wait for more: fewer and larger batches, each of them so much later at most. For a
   * consumer whose cost is the batch, and whom nobody waits for.
   */
  public PumpConfig withGather(Duration chosen) {
    return new PumpConfig(
        bootstrapServers,
        group,
        consumer,
        topics,
        assignment,
        maxRecords,
        inFlight,
        maxWait,
        chosen,
        handleLimit);
  }

  /** With another limit for the handler. */
  public PumpConfig withHandleLimit(Duration chosen) {
    return new PumpConfig(
        bootstrapServers,
        group,
        consumer,
        topics,
        assignment,
        maxRecords,
        inFlight,
        maxWait,
        gather,
        chosen);
  }

  /** Most records of one poll; of several polls that make a batch, each brings a part of it. */
  int pollRecords() {
    return gather.isZero() ? maxRecords : Math.max(1, maxRecords / 2);
  }

  /** Kafka keeps no offsets for us: a partition without a place starts at its beginning. */
  Map<String, Object> consumerProperties() {
    var properties = clientProperties();
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, pollRecords());
    properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 16 << 20);
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    if (assignment == Assignment.GROUP) {
      properties.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "consumer");
      properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    }
    return properties;
  }

  /** What the consumer and the admin client have in common; the reconnects keep trying briskly. */
  Map<String, Object> clientProperties() {
    var properties = new HashMap<String, Object>();
    properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    properties.put(ConsumerConfig.RECONNECT_BACKOFF_MS_CONFIG, 50);
    properties.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
    properties.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 3_000);
    properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 3_000);
    return properties;
  }
}
