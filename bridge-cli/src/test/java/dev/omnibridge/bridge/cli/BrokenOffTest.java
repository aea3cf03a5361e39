// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.TestSetting;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BrokenOffTest {
  private final TestSetting command = new TestSetting(Path.of(""));
  private final BrokenOff work = new BrokenOff(command.setting(), "./bridge mend");

  @AfterEach
  void forget() {
    boolean unused = Thread.interrupted();
  }

  @Test
  void shouldLetTheProcessEndOnlyWhenTheWorkHasPutThingsBack() {
    var began = new CountDownLatch(1);
    var putBack = new AtomicBoolean();
    var signal =
        CompletableFuture.supplyAsync(
            () -> {
              await(began);
              work.breakOff();
              return putBack.get();
            },
            task -> Thread.ofVirtual().start(task));

    int code =
        work.run(() -> {
          try {
            began.countDown();
            await(new CountDownLatch(1));
            return 0;
          } finally {
            putBack.set(true);
          }
        });

    assertThat(code).isEqualTo(1);
    assertThat(signal.join()).isTrue();
    assertThat(command.err()).contains("Stopping", "bridge: It was broken off.");
  }

  @Test
  void shouldLeaveTheFailureAsItIsWhenThereWasNoSignal() {
    assertThatThrownBy(() ->
            work.run(() -> {
              throw new CliFailure(ExitCode.REFUSED, "Not now.");
            }))
        .isInstanceOf(CliFailure.class)
        .hasMessage("Not now.");
    assertThat(command.err()).isEmpty();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException("It was broken off.", interrupted);
    }
  }
}
