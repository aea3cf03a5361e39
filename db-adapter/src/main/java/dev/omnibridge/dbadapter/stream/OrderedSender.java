// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import dev.omnibridge.dbadapter.log.Outgoing;
import dev.omnibridge.runtime.Fault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends records in order and stops at the first that fails. An idempotent producer alone does not:
 * once a batch has timed out, it starts a new epoch and delivers what was queued behind the batch.
 * So the first failure closes the producer, in the producer's own thread and before it goes on;
 * that is why this is Kafka's producer and not the Vert.x one around it, whose callbacks come later
 * and on another thread. Blocks, within limits; for use by one virtual thread.
 */
final class OrderedSender implements AutoCloseable {
  /** The reason of a record that is refused for its size. */
  static final String TOO_LARGE = "RECORD_TOO_LARGE";

  private static final int REQUEST_MILLIS = 1_500;
  private static final int BLOCK_MILLIS = 1_000;
  private static final int LIMIT_SECONDS = 10;
  private static final int MAX_RECORD_BYTES = 2 << 20;

  private final Supplier<Producer<byte[], byte[]>> producers;
  private @Nullable Producer<byte[], byte[]> producer;

  /** With a limit for the delivery of one record. */
  OrderedSender(String bootstrapServers, String clientId, Duration delivery) {
    this(() ->
        new KafkaProducer<>(
            settings(bootstrapServers, clientId, (int) delivery.toMillis()),
            new ByteArraySerializer(),
            new ByteArraySerializer()));
  }

  /** With producers made so; each one is used until it fails. */
  OrderedSender(Supplier<Producer<byte[], byte[]>> producers) {
    this.producers = producers;
  }

  /**
   * What came of a batch: how many of its first records Kafka has, why not more, and which record
   * it was that Kafka does not take as it is, -1 for none. One that stands behind others that Kafka
   * does not have yet is only known for sure when they have gone.
   */
  record Sent(int acknowledged, @Nullable Fault failure, int refused) {
    Sent(int acknowledged, @Nullable Fault failure) {
      this(acknowledged, failure, -1);
    }
  }

  /** Hands the first one over, and the others while it may go on. */
  Sent send(List<Outgoing> records, BooleanSupplier mayGoOn) {
    Producer<byte[], byte[]> open;
    try {
      open = open();
    } catch (KafkaException unreachable) {
      return new Sent(0, away(unreachable));
    }
    var batch = new Batch(open, records.size());
    batch.send(0, records.getFirst());
    for (int i = 1; i < records.size() && !batch.failed() && mayGoOn.getAsBoolean(); i++) {
      batch.send(i, records.get(i));
    }
    Sent sent = batch.await();
    boolean refusedByUs = sent.refused() >= 0 && !batch.closed.get();
    if (sent.failure() != null && !refusedByUs) {
      close();
    }
    return sent;
  }

  private Producer<byte[], byte[]> open() {
    Producer<byte[], byte[]> current = producer;
    if (current == null) {
      current = producers.get();
      producer = current;
    }
    return current;
  }

  private static Map<String, Object> settings(
      String bootstrapServers, String clientId, int deliveryMillis) {
    return Map.ofEntries(
        Map.entry(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
        Map.entry(ProducerConfig.CLIENT_ID_CONFIG, clientId),
        Map.entry(ProducerConfig.ACKS_CONFIG, "all"),
        Map.entry(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true),
        Map.entry(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1),
        Map.entry(ProducerConfig.LINGER_MS_CONFIG, 0),
        Map.entry(ProducerConfig.BATCH_SIZE_CONFIG, 64 * 1024),
        Map.entry(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_RECORD_BYTES),
        Map.entry(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, deliveryMillis),
        Map.entry(
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.min(deliveryMillis, REQUEST_MILLIS)),
        Map.entry(ProducerConfig.MAX_BLOCK_MS_CONFIG, BLOCK_MILLIS),
        Map.entry(ProducerConfig.RECONNECT_BACKOFF_MS_CONFIG, 100),
        Map.entry(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500),
        Map.entry(ProducerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, 1_000));
  }

  private static Fault away(Exception cause) {
    return Fault.unavailable("KAFKA_AWAY", "Kafka did not take a record.", cause);
  }

  /** Kafka is there and will never take this record: not to be held against Kafka. */
  private static boolean isRefusal(Exception failure) {
    return failure instanceof RecordTooLargeException || failure instanceof InvalidRecordException;
  }

  private static Fault refusal(Exception cause) {
    return cause instanceof RecordTooLargeException
        ? Fault.of(Fault.Kind.REFUSED, TOO_LARGE, "The record is larger than its topic allows.")
            .with("cause", cause)
        : Fault.of(Fault.Kind.REFUSED, "RECORD_REFUSED", "The topic refuses the record.")
            .with("cause", cause);
  }

  /** A record, by its place in the batch, and why Kafka does not take it. */
  private record Refused(int index, Exception why) {
    static Refused first(@Nullable Refused one, Refused other) {
      return one == null || other.index < one.index ? other : one;
    }
  }

  /** One batch of records under way. */
  private static final class Batch {
    private final Producer<byte[], byte[]> producer;
    private final CountDownLatch open;
    private final AtomicInteger firstFailed;
    private final int size;
    private final AtomicReference<@Nullable Refused> refused = new AtomicReference<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread owner = Thread.currentThread();
    private volatile @Nullable Exception cause;
    private int sent;

    Batch(Producer<byte[], byte[]> producer, int size) {
      this.producer = producer;
      this.size = size;
      this.open = new CountDownLatch(size);
      this.firstFailed = new AtomicInteger(size);
    }

    boolean failed() {
      return firstFailed.get() < size;
    }

    void send(int index, Outgoing outgoing) {
      var message =
          new ProducerRecord<>(
              outgoing.topic(), null, outgoing.time(), outgoing.key(), outgoing.value());
      outgoing.headers().forEach(header -> message.headers().add(header.key(), header.value()));
      sent = index + 1;
      try {
        var unused = producer.send(message, (_, failure) -> settled(index, failure));
      } catch (KafkaException | IllegalStateException refused) {
        settled(index, refused);
      }
    }

    /**
     * In the producer's thread, before it does anything else. What the producer refuses to take
     * from us, it tells in our own: nothing is queued behind that, and what is before it goes out.
     */
    private void settled(int index, @Nullable Exception failure) {
      if (failure != null) {
        boolean refusal = isRefusal(failure);
        if (refusal) {
          refused.accumulateAndGet(new Refused(index, failure), Refused::first);
        }
        if (firstFailed.getAndAccumulate(index, Math::min) == size) {
          cause = failure;
        }
        boolean ours = refusal && Thread.currentThread() == owner;
        if (!ours && !closed.getAndSet(true)) {
          producer.close(Duration.ZERO);
        }
      }
      open.countDown();
    }

    /** Waits for the answers to what was sent; without them all, nothing counts as acknowledged. */
    Sent await() {
      try {
        for (int i = sent; i < size; i++) {
          open.countDown();
        }
        if (!open.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
          return new Sent(0, away(new KafkaException("no answer within the limit")));
        }
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return new Sent(0, away(interrupted));
      }
      int acknowledged = Math.min(sent, firstFailed.get());
      Refused first = refused.get();
      if (first != null) {
        return new Sent(acknowledged, refusal(first.why()), first.index());
      }
      Exception why = cause;
      return new Sent(acknowledged, why == null ? null : away(why));
    }
  }

  /** Closes without waiting for what is queued. */
  @Override
  public void close() {
    Producer<byte[], byte[]> current = producer;
    producer = null;
    if (current != null) {
      current.close(Duration.ZERO);
    }
  }
}
