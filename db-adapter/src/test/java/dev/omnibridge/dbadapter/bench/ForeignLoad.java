// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.bench;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Events of exactly 500 bytes as another system publishes them: each with a random id, five with
 * the same random correlation id, keyed by one of so many keys, which have their partitions. Into
 * topics that nobody else writes to, so that the n-th event of a partition has offset n. Without
 * idempotence: right after a topic was made, the client may lose count of its own.
 */
public final class ForeignLoad implements AutoCloseable {
  public static final int SIZE = 500;
  private static final int ONE_CORRELATION = 5;
  private static final String END = "\"}}";

  private final KafkaProducer<byte[], byte[]> producer;
  private final String topic;
  private final int partitions;
  private final int keys;
  private final RandomGenerator random;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private UUID correlation = new UUID(0, 0);
  private long produced;

  public ForeignLoad(String kafka, String topic, int partitions, int keys, RandomGenerator random) {
    this.producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                kafka,
                "batch.size",
                128 << 10,
                "linger.ms",
                2,
                "buffer.memory",
                64L << 20,
                "enable.idempotence",
                false,
                "max.in.flight.requests.per.connection",
                1),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    this.topic = topic;
    this.partitions = partitions;
    this.keys = keys;
    this.random = random;
  }

  /** The partition of the event with this number. */
  public int partition(long number) {
    return (int) (number % keys % partitions);
  }

  /** As fast as it goes; returns when Kafka has them all. */
  public void produce(long count) throws Exception {
    for (long i = 0; i < count; i++) {
      send();
    }
    flush();
  }

  /**
   * At a rate, in steps of a millisecond; sees the number of each event and when it was due. Late
   * ones are sent at once and keep their time.
   */
  public void produce(long count, double perSecond, Due due) throws Exception {
    long began = System.nanoTime();
    for (long i = 0; i < count; i++) {
      long at = began + (long) (i * 1e9 / perSecond);
      while (System.nanoTime() - at < 0) {
        LockSupport.parkNanos(Math.max(1, at - System.nanoTime()));
      }
      due.due(produced, at);
      send();
    }
    flush();
  }

  /** Hears when an event is due. */
  @FunctionalInterface
  public interface Due {
    void due(long number, long nanos);
  }

  public long produced() {
    return produced;
  }

  private void flush() throws Exception {
    producer.flush();
    Exception failed = failure.get();
    if (failed != null) {
      throw failed;
    }
  }

  private void send() {
    long number = produced++;
    int key = (int) (number % keys);
    var sent =
        producer.send(
            new ProducerRecord<>(
                topic,
                partition(number),
                ("asset-" + key).getBytes(StandardCharsets.US_ASCII),
                event(number, key)),
            (_, failed) -> {
              if (failed != null) {
                failure.compareAndSet(null, failed);
              }
            });
    assert sent != null;
  }

  private byte[] event(long number, int key) {
    if (number % ONE_CORRELATION == 0) {
      correlation = id();
    }
    var text =
        new StringBuilder(SIZE)
            .append("{\"event_id\":\"")
            .append(id())
            .append("\",\"event_type\":\"org.example.measured.v1\",\"event_timestamp\":\"")
            .append(Instant.now())
            .append("\",\"source_service\":\"probe\",\"namespace\":\"lab\",\"correlation_id\":\"")
            .append(correlation)
            .append("\",\"payload\":{\"asset\":\"asset-")
            .append(key)
            .append("\",\"number\":")
            .append(number)
            .append(",\"text\":\"");
    while (text.length() < SIZE - END.length()) {
      text.append((char) ('a' + text.length() % 26));
    }
    return text.append(END).toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private UUID id() {
    return new UUID(
        random.nextLong() & 0xFFFFFFFFFFFF0FFFL | 0x4000L,
        random.nextLong() & 0x3FFFFFFFFFFFFFFFL | 0x8000000000000000L);
  }

  @Override
  public void close() {
    producer.close();
  }
}
