// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Publishes events of another system on topics that the suite takes in, some of them twice. */
final class PublishingClient extends Client {
  private static final List<String> TOPICS =
      List.of("metadata.events.v1", "codegen.events.v1", "workflow.events.v1");
  private static final int KEYS = 10;
  private static final int ONE_IN = 5;
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final KafkaProducer<String, String> producer;
  private final String environment;
  private final Random random;
  private final Queue<Claims.Published> claims = new ConcurrentLinkedQueue<>();
  private long number;

  PublishingClient(String kafka, String environment, long pauseMillis, long seed) {
    super("publishes", pauseMillis);
    this.environment = environment;
    this.random = new Random(seed * 31 + 2_000);
    this.producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                kafka,
                "acks",
                "all",
                "enable.idempotence",
                true,
                "request.timeout.ms",
                3_000,
                "delivery.timeout.ms",
                (int) LIMIT.toMillis(),
                "max.block.ms",
                LIMIT.toMillis()),
            new StringSerializer(),
            new StringSerializer());
  }

  @Override
  void once() throws InterruptedException {
    number++;
    String key = "thing-" + random.nextInt(KEYS);
    String id = new UUID(random.nextLong(), random.nextLong()).toString();
    String topic =
        environment
            + ".omninode-bridge."
            + TOPICS.get(Math.floorMod(key.hashCode(), TOPICS.size()));
    String event = event(id, key);
    boolean acknowledged = send(topic, key, event);
    if (random.nextInt(ONE_IN) == 0) {
      acknowledged |= send(topic, key, event);
    }
    claims.add(new Claims.Published(id, key, number, acknowledged));
  }

  private boolean send(String topic, String key, String event) throws InterruptedException {
    try {
      var unused =
          producer
              .send(new ProducerRecord<>(topic, key, event))
              .get(2 * LIMIT.toSeconds(), TimeUnit.SECONDS);
      acknowledged();
      return true;
    } catch (ExecutionException | TimeoutException unknown) {
      return false;
    }
  }

  private String event(String id, String key) {
    return """
    {"event_id":"%s","event_type":"org.example.chaos.seen.v1","event_timestamp":"%s",\
    "source_service":"elsewhere","namespace":"chaos-0","payload":{"key":"%s","number":%d}}\
    """
        .formatted(id, Instant.now(), key, number);
  }

  List<Claims.Published> claims() {
    return List.copyOf(claims);
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
  }
}
