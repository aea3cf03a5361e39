// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.LogKeys;
import dev.omnibridge.runtime.resilience.Breaker;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka as all relays together see it: asked through one breaker, and its going and its coming back
 * are each logged once, however many records wait meanwhile. For any thread.
 */
final class Broker {
  private static final Logger log = LoggerFactory.getLogger(Broker.class);

  private final Breaker breaker =
      new Breaker("kafka", new Breaker.Settings(5, Duration.ofMillis(500), 1));
  private final AtomicBoolean answers = new AtomicBoolean(true);

  /** Makes a call unless Kafka is known to be away; the failures of calls tell that it is. */
  Future<Void> call(Supplier<Future<Void>> call) {
    return breaker
        .call(call, failure -> failure instanceof Fault fault ? fault : Fault.broken(failure))
        .onSuccess(_ -> came())
        .onFailure(this::failed);
  }

  private void came() {
    if (!answers.getAndSet(true)) {
      log.atInfo().log("Kafka takes records again");
    }
  }

  private void failed(Throwable failure) {
    if (breaker.open() && answers.getAndSet(false)) {
      log.atWarn()
          .addKeyValue(LogKeys.REASON, failure.getMessage())
          .log("Kafka takes no records; they wait in the log and follow in order");
    }
  }

  /** False from the moment the breaker opens until a record is taken. */
  boolean answers() {
    return answers.get();
  }
}
