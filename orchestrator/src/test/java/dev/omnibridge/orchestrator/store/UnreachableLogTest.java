// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.store;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.omnibridge.orchestrator.run.RunKey;
import dev.omnibridge.runtime.Fault;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls of a log that nobody offers. */
class UnreachableLogTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final ManagedChannel nobody =
      NettyChannelBuilder.forAddress("127.0.0.1", 1).usePlaintext().build();
  private final WorkflowLog log = new WorkflowLog(nobody, LIMIT);

  @AfterEach
  void close() {
    nobody.shutdownNow();
  }

  private Fault refused() {
    var call = log.load(new RunKey("lost", "run")).toCompletableFuture().orTimeout(30, SECONDS);
    var failure = catchThrowableOfType(CompletionException.class, call::join);
    assertThat(failure).hasCauseInstanceOf(Fault.class);
    return (Fault) failure.getCause();
  }

  @Test
  void shouldSayThatACallWasNotSentUntilTheLogIsNotCalledAnyMore() {
    int unsent = 0;
    for (Fault fault = refused(); !fault.is("CIRCUIT_OPEN"); fault = refused()) {
      assertThat(fault.facts()).containsEntry(Fault.SENT, "false");
      unsent++;
    }
    assertThat(unsent).as("the fifth failure in a row opens").isEqualTo(4);
  }

  @Test
  void shouldRefuseWhatFindsOutWhetherTheLogIsBackLikeAllTheOthers() {
    while (log.available()) {
      assertThat(refused()).isNotNull();
    }
    // Long enough for one that finds out, twice a second.
    long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
    while (System.nanoTime() < end) {
      assertThat(refused().is("CIRCUIT_OPEN")).isTrue();
    }
  }
}
