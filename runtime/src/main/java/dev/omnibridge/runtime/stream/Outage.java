// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.LogKeys;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;

/** Something that can be in trouble: logged once when that begins and once when it is over. */
final class Outage {
  private final Logger log;
  private final String what;
  private final String consumer;
  private volatile boolean well;
  private volatile String reason = "";

  Outage(Logger log, String what, String consumer, boolean well) {
    this.log = log;
    this.what = what;
    this.consumer = consumer;
    this.well = well;
  }

  boolean well() {
    return well;
  }

  /** In trouble; another reason is logged again, the same one is not. */
  void began(Throwable reported) {
    Throwable failure =
        reported instanceof CompletionException wrapper && wrapper.getCause() != null
            ? wrapper.getCause()
            : reported;
    String now = failure instanceof Fault fault ? fault.reason() : failure.getClass().getName();
    if (!well && reason.equals(now)) {
      return;
    }
    well = false;
    reason = now;
    (passing(failure) ? log.atWarn() : log.atError().setCause(failure))
        .addKeyValue(LogKeys.SERVICE, consumer)
        .addKeyValue(LogKeys.REASON, now)
        .log("{} is in trouble; the pump keeps trying", what);
  }

  /** Trouble that is waited out; anything else needs a person. */
  private static boolean passing(Throwable failure) {
    return switch (failure) {
      case Fault fault -> fault.kind().worthRetrying();
      case RetriableException _, TimeoutException _ -> true;
      default -> false;
    };
  }

  /** Well again. */
  void ended() {
    if (well) {
      return;
    }
    well = true;
    if (!reason.isEmpty()) {
      log.atInfo().addKeyValue(LogKeys.SERVICE, consumer).log("{} is well again", what);
    }
    reason = "";
  }
}
