// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.dbadapter.log.Outgoing;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.resilience.Breaker;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A relay whose process is paused does not publish what another one has published meanwhile. */
class LaneRelayTest {
  private static final long PAUSE = TimeUnit.SECONDS.toNanos(10);

  private final Vertx vertx = Vertx.vertx();
  private final AtomicLong nanos = new AtomicLong(1);
  private final LaneModel lane = new LaneModel(nanos, 10);
  private final Broker broker =
      new Broker(
          new Breaker("kafka", new Breaker.Settings(2, Duration.ofMillis(500), 1)), () -> {});

  @AfterEach
  void stop() {
    vertx.close().timeout(10, TimeUnit.SECONDS).await();
  }

  /** A producer that keeps what it is given; what happens before a record can be said. */
  private static class Given extends MockProducer<byte[], byte[]> {
    Given() {
      super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    void before(int number) {}

    @Override
    public synchronized Future<RecordMetadata> send(
        ProducerRecord<byte[], byte[]> sent, Callback callback) {
      before(history().size() + 1);
      return super.send(sent, callback);
    }
  }

  private LaneRelay relay(LaneModel.View view, Given producer) {
    var relay =
        new LaneRelay(
            view,
            new OrderedSender(() -> producer),
            broker,
            new Allowance(0, nanos::get),
            Duration.ZERO,
            nanos::get);
    var options = new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD);
    var unused = vertx.deployVerticle(relay, options).timeout(10, TimeUnit.SECONDS).await();
    return relay;
  }

  private void relayedInTheEnd() {
    await().atMost(Duration.ofSeconds(30)).until(() -> lane.mark() == 10);
  }

  private static List<Long> published(Given producer) {
    return producer.history().stream()
        .map(sent -> Long.parseLong(new String(sent.value(), StandardCharsets.UTF_8)))
        .toList();
  }

  private static List<Long> positions(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }

  @Test
  void shouldReadAgainWhenItWasPausedBetweenReadingAndPublishing() {
    var producer = new Given();
    relay(
        lane.new View() {
          private boolean paused;

          @Override
          void whileReading(int most) {
            if (!paused) {
              paused = true;
              nanos.addAndGet(PAUSE);
              lane.passedByAnother(6);
            }
          }
        },
        producer);
    relayedInTheEnd();
    assertThat(published(producer)).isEqualTo(positions(7, 10));
  }

  @Test
  void shouldStopWhereItWasPausedBetweenTwoRecords() {
    var producer =
        new Given() {
          @Override
          void before(int number) {
            if (number == 3) {
              nanos.addAndGet(PAUSE);
              lane.passedByAnother(8);
            }
          }
        };
    relay(lane.new View(), producer);
    relayedInTheEnd();
    assertThat(published(producer)).isEqualTo(List.of(1L, 2L, 3L, 9L, 10L));
  }

  @Test
  void shouldGoOnAfterAnError() {
    var producer = new Given();
    relay(
        lane.new View() {
          private int errors = 2;

          @Override
          void whileReading(int most) {
            if (errors > 0) {
              errors--;
              throw new OutOfMemoryError("of the test");
            }
          }
        },
        producer);
    relayedInTheEnd();
    assertThat(published(producer)).isEqualTo(positions(1, 10));
  }

  @Test
  void shouldGetOnThoughReadingManyTakesLongerThanTheLease() {
    var producer = new Given();
    relay(
        lane.new View() {
          @Override
          void whileReading(int most) {
            nanos.addAndGet(most > 1 ? PAUSE : PAUSE / 100);
          }
        },
        producer);
    relayedInTheEnd();
    assertThat(published(producer)).isEqualTo(positions(1, 10));
  }

  /** A producer that finds one record too large for as long as it has a value like this. */
  private static final class Choosy extends Given {
    private final AtomicInteger refusals = new AtomicInteger();

    @Override
    public synchronized Future<RecordMetadata> send(
        ProducerRecord<byte[], byte[]> sent, Callback callback) {
      byte[] value = sent.value();
      if (value == null || !new String(value, StandardCharsets.UTF_8).equals("4")) {
        return super.send(sent, callback);
      }
      refusals.incrementAndGet();
      var refusal = new RecordTooLargeException("of the test");
      callback.onCompletion(null, refusal);
      return CompletableFuture.failedFuture(refusal);
    }
  }

  @Test
  void shouldSendWhatStandsForARecordThatIsTooLargeAndGoOn() {
    var producer = new Choosy();
    relay(
        lane.new View() {
          @Override
          public Optional<Outgoing> insteadOf(Outgoing tooLarge) {
            byte[] less = "less".getBytes(StandardCharsets.UTF_8);
            return Optional.of(
                new Outgoing(
                    tooLarge.position(), tooLarge.topic(), tooLarge.key(), less, List.of()));
          }
        },
        producer);
    relayedInTheEnd();
    assertThat(producer.history())
        .extracting(sent -> new String(sent.value(), StandardCharsets.UTF_8))
        .containsExactly("1", "2", "3", "less", "5", "6", "7", "8", "9", "10");
    assertThat(producer.refusals).hasValue(1);
  }

  @Test
  void shouldWaitForARecordThatIsTooLargeAndNotBlameKafka() {
    var producer = new Choosy();
    relay(lane.new View(), producer);
    await().atMost(Duration.ofSeconds(30)).until(() -> producer.refusals.get() >= 3);
    assertThat(published(producer)).isEqualTo(positions(1, 3));
    assertThat(lane.mark()).isEqualTo(3);
    assertThat(broker.answers()).isTrue();
    assertThat(broker.breaker().closed()).isTrue();
  }

  @Test
  void shouldGoOnBehindARecordThatTheLaneGivesUp() {
    var producer = new Choosy();
    relay(
        lane.new View() {
          @Override
          public io.vertx.core.Future<Boolean> giveUp(Outgoing refused, Fault why) {
            assertThat(why.reason()).isEqualTo("RECORD_TOO_LARGE");
            return passed(List.of(refused));
          }
        },
        producer);
    relayedInTheEnd();
    assertThat(published(producer)).containsExactly(1L, 2L, 3L, 5L, 6L, 7L, 8L, 9L, 10L);
    assertThat(producer.refusals).hasValue(1);
    assertThat(broker.answers()).isTrue();
  }

  @Test
  void shouldReadAsManyAsTheDatabaseManagesInTime() {
    var many = new LaneModel(nanos, 10_000);
    var reads = new AtomicInteger();
    relay(
        many.new View() {
          @Override
          void whileReading(int most) {
            reads.incrementAndGet();
            nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(most));
          }
        },
        new Given());
    await().atMost(Duration.ofSeconds(30)).until(() -> many.mark() == 10_000);
    assertThat(reads).hasValueLessThan(50);
  }

  @Test
  void shouldReadOnceForEachCommitAndOtherwiseWhenItLooks() {
    var reads = new AtomicInteger();
    var counted =
        lane.new View() {
          @Override
          void whileReading(int most) {
            reads.incrementAndGet();
          }
        };
    long began = System.nanoTime();
    LaneRelay relay = relay(counted, new Given());
    relayedInTheEnd();
    int commits = 200;
    for (int i = 1; i <= commits; i++) {
      long last = 10 + i;
      lane.add();
      relay.wake();
      await()
          .atMost(Duration.ofSeconds(30))
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> lane.mark() == last);
    }
    long looks = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began) / 250;
    // A wake that is cut short by the scheduler may rouse the relay once more.
    assertThat(reads.get()).isLessThanOrEqualTo((int) (2 + commits + commits / 10 + 2 * looks));
  }

  /** Each read but the last misses a record that is committed while it is answered. */
  private final class Chain {
    private static final int LENGTH = 100;

    private final AtomicInteger left = new AtomicInteger();
    private final LaneRelay relay;

    Chain(boolean told) {
      relay =
          relay(
              lane.new View() {
                @Override
                void whileReading(int most) {
                  if (left.getAndUpdate(count -> Math.max(0, count - 1)) > 0) {
                    lane.add();
                    if (told) {
                      relay.wake();
                    }
                  }
                }
              },
              new Given());
      relayedInTheEnd();
    }

    /** In a small part of the time that the relay would take if it looked for each. */
    void shouldBeRelayedSoon() {
      left.set(LENGTH);
      lane.add();
      await().atMost(Duration.ofSeconds(8)).until(() -> lane.mark() == 11 + LENGTH);
    }
  }

  @Test
  void shouldReadAgainForACommitThatFallsIntoARead() {
    new Chain(true).shouldBeRelayedSoon();
  }

  @Test
  void shouldGoOnReadingWhereSomebodyElseCommits() {
    new Chain(false).shouldBeRelayedSoon();
  }
}
