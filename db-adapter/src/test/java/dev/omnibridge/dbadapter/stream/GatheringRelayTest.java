// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.dbadapter.log.Outgoing;
import dev.omnibridge.runtime.resilience.Breaker;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long a relay that has sent all it knew of waits for more after the next commit. */
class GatheringRelayTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Vertx vertx = Vertx.vertx();
  private final AtomicLong nanos = new AtomicLong(1);
  private final LaneModel lane = new LaneModel(nanos, 0);
  private final AtomicReference<LaneRelay> relay = new AtomicReference<>();

  @AfterEach
  void stop() {
    vertx.close().timeout(10, TimeUnit.SECONDS).await();
  }

  private void start(LaneModel.View view, Duration gather) {
    var broker =
        new Broker(
            new Breaker("kafka", new Breaker.Settings(2, Duration.ofMillis(500), 1)), () -> {});
    var bytes = new ByteArraySerializer();
    var started =
        new LaneRelay(
            view,
            new OrderedSender(() -> new MockProducer<>(true, null, bytes, bytes)),
            broker,
            new Allowance(0, nanos::get),
            gather,
            nanos::get);
    var options = new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD);
    var unused = vertx.deployVerticle(started, options).timeout(10, TimeUnit.SECONDS).await();
    relay.set(started);
  }

  private void commitIn(long millis) {
    long unused =
        vertx.setTimer(
            millis,
            _ -> {
              lane.add();
              relay.get().wake();
            });
  }

  /** Of the first five reads that found something, those that found two commits. */
  private long pairsOf(Duration gather, long apartMillis) {
    var sizes = new CopyOnWriteArrayList<Integer>();
    start(
        lane.new View() {
          @Override
          public Future<List<Outgoing>> next(int most) {
            var read = super.next(most);
            if (!read.result().isEmpty()) {
              sizes.add(read.result().size());
            } else if (relay.get() != null) {
              // It will sleep now, for 250 ms.
              commitIn(30);
              commitIn(30 + apartMillis);
            }
            return read;
          }
        },
        gather);
    await().atMost(LIMIT).until(() -> sizes.size() >= 5);
    return sizes.stream().limit(5).filter(size -> size == 2).count();
  }

  @Test
  void shouldLetCommitsThatFollowEachOtherGoTogether() {
    assertThat(pairsOf(Duration.ofMillis(80), 20)).isGreaterThanOrEqualTo(3);
  }

  @Test
  void shouldRelayEachCommitAtOnceWhereItIsAskedTo() {
    assertThat(pairsOf(Duration.ZERO, 150)).isLessThan(3);
  }

  @Test
  void shouldEndAtOnceThoughItWaitsForMore() {
    var waits = new CountDownLatch(1);
    start(
        lane.new View() {
          @Override
          void whileReading(int most) {
            if (relay.get() != null) {
              relay.get().wake();
              waits.countDown();
            }
          }
        },
        Duration.ofMinutes(1));
    await().atMost(LIMIT).until(() -> waits.getCount() == 0);
    vertx.close().timeout(10, TimeUnit.SECONDS).await();
  }

  @Test
  void shouldEndAtOnceThoughACommitIsAboutToWakeIt() {
    var reads = new AtomicLong();
    start(
        lane.new View() {
          @Override
          void whileReading(int most) {
            reads.incrementAndGet();
          }
        },
        Duration.ofMinutes(1));
    long before = reads.get();
    await().atMost(LIMIT).until(() -> reads.get() > before);
    relay.get().wake();
    vertx.close().timeout(10, TimeUnit.SECONDS).await();
  }
}
