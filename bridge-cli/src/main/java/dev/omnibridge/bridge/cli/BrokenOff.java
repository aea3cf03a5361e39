// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * Work on backups that a signal breaks off: it is interrupted, and the process ends when it has put
 * back what it had changed.
 */
final class BrokenOff {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Setting setting;
  private final String mend;
  private final Thread worker = Thread.currentThread();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean signalled;

  /** On the thread that works; says what puts right the work that has not ended in time. */
  BrokenOff(Setting setting, String mend) {
    this.setting = setting;
    this.mend = mend;
  }

  /** Does it, and gives its exit code; a failure becomes a sentence and an exit code. */
  int run(IntSupplier work) {
    var onSignal = new Thread(this::breakOff, "stop");
    Runtime.getRuntime().addShutdownHook(onSignal);
    try {
      return BackupOptions.told(work::getAsInt);
    } catch (Exception failure) {
      if (!signalled) {
        throw failure;
      }
      // Told here: the process ends as soon as this has ended.
      remark("bridge: " + Objects.requireNonNullElse(failure.getMessage(), "It was interrupted."));
      return ExitCode.FAILED.code();
    } finally {
      ended.countDown();
      forget(onSignal);
    }
  }

  private static void forget(Thread onSignal) {
    try {
      boolean unused = Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException processEnds) {
      return;
    }
  }

  /** Runs while the process ends. */
  void breakOff() {
    signalled = true;
    remark("Stopping ...");
    worker.interrupt();
    try {
      if (!ended.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        remark(
            "Not stopped within %d s, and left half done; a PostgreSQL that was started for it may still run. It is put right by the next %s."
                .formatted(LIMIT.toSeconds(), mend));
      }
    } catch (InterruptedException atOnce) {
      Thread.currentThread().interrupt();
    }
  }

  private void remark(String text) {
    setting.err().println(setting.errorPalette().dim(text));
  }
}
