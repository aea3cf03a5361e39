// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Another system, which publishes on a topic of the suite's catalogue. Without idempotence: right
 * after a topic was made, the client may lose count of its own.
 */
final class Publisher implements AutoCloseable {
  private final String topic;
  private final KafkaProducer<String, byte[]> producer;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  /** On a topic by its short name. */
  Publisher(Stack stack, String topic) {
    this.topic = stack.topic(topic);
    this.producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                stack.kafka().bootstrapServers(),
                "acks",
                "all",
                "linger.ms",
                0,
                "enable.idempotence",
                false,
                "max.in.flight.requests.per.connection",
                1,
                "delivery.timeout.ms",
                30_000,
                "request.timeout.ms",
                10_000),
            new StringSerializer(),
            new ByteArraySerializer());
  }

  /** The full name of its topic. */
  String topic() {
    return topic;
  }

  /** Hands a record over, and does not wait. */
  Future<RecordMetadata> send(String key, byte @Nullable [] value, Map<String, String> headers) {
    var message = new ProducerRecord<String, byte[]>(topic, key, value);
    headers.forEach((name, text) -> message.headers().add(name, text.getBytes(UTF_8)));
    return producer.send(message, (_, why) -> failure.compareAndSet(null, why));
  }

  Future<RecordMetadata> send(String key, String value) {
    return send(key, value.getBytes(UTF_8), Map.of());
  }

  /** Returns when Kafka has it. */
  RecordMetadata publish(String key, byte @Nullable [] value, Map<String, String> headers) {
    try {
      return send(key, value, headers).get(30, TimeUnit.SECONDS);
    } catch (Exception failure) {
      throw new IllegalStateException("Kafka did not take a record", failure);
    }
  }

  RecordMetadata publish(String key, String value) {
    return publish(key, value.getBytes(UTF_8), Map.of());
  }

  /** Returns when Kafka has everything that was handed over. */
  void flush() {
    producer.flush();
    Exception why = failure.get();
    if (why != null) {
      throw new IllegalStateException("Kafka did not take a record", why);
    }
  }

  /** An event as the registry's nodes write it, with an id and a time of its own. */
  static String event(String id, UUID correlation, int number) {
    return """
    {"envelope_version": "1.0", "event_id": "%s", "event_type": "org.example.measured.v1",
     "event_timestamp": "%s", "source_service": "probe", "namespace": "consumption",
     "correlation_id": "%s", "payload": {"number": %d}}\
    """
        .formatted(id, Instant.now(), correlation, number);
  }

  @Override
  public void close() {
    producer.close();
  }
}
