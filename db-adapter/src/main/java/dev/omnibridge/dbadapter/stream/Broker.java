// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.LogKeys;
import dev.omnibridge.runtime.resilience.Breaker;
import io.vertx.core.Future;
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

  private final Breaker breaker;
  private final Runnable gone;
  private final AtomicBoolean answers = new AtomicBoolean(true);

  /** Gone is run whenever Kafka goes, by whoever finds out. */
  Broker(Breaker breaker, Runnable gone) {
    this.breaker = breaker;
    this.gone = gone;
  }

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
          .addKeyValue(LogKeys.REASON, reason(failure))
          .log("Kafka takes no records; they wait in the log and follow in order");
      gone.run();
    }
  }

  /** What Kafka's client says, where it says anything. */
  private static String reason(Throwable failure) {
    Throwable cause = failure.getCause();
    return String.valueOf(cause == null ? failure.getMessage() : cause);
  }

  Breaker breaker() {
    return breaker;
  }

  /** False from the moment the breaker opens until a record is taken. */
  boolean answers() {
    return answers.get();
  }
}
