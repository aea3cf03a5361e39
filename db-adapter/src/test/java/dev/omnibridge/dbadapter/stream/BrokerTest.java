// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.resilience.Breaker;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class BrokerTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger(Broker.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final AtomicInteger gone = new AtomicInteger();
  private final Broker broker =
      new Broker(
          new Breaker("kafka", Breaker.Settings.forStore().probingAfter(Duration.ofMillis(50))),
          gone::incrementAndGet);

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
  }

  private boolean call(boolean succeeds) {
    var away = Fault.unavailable("KAFKA_AWAY", "Kafka did not take a record.", null);
    return broker
        .call(() -> succeeds ? Future.succeededFuture() : Future.failedFuture(away))
        .succeeded();
  }

  @Test
  void shouldSayOnceThatKafkaIsAwayAndOnceThatItIsBack() {
    for (int i = 0; i < 50; i++) {
      assertThat(call(false)).isFalse();
    }
    assertThat(broker.answers()).isFalse();
    // Probes that fail are no news.
    await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> call(true));
    assertThat(broker.answers()).isTrue();
    assertThat(call(true)).isTrue();
    assertThat(lines.list)
        .extracting(ILoggingEvent::getLevel)
        .containsExactly(Level.WARN, Level.INFO);
    assertThat(gone).hasValue(1);
  }

  @Test
  void shouldNotCallKafkaAwayForOneFailure() {
    call(false);
    call(true);
    assertThat(broker.answers()).isTrue();
    assertThat(lines.list).isEmpty();
  }
}
