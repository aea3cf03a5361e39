// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.runtime.Fault;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** The model that the simulation stands on. */
class ModelLogTest extends EventLogContract {
  private final SimulatedTime time = new SimulatedTime();
  private final ModelLog model = new ModelLog(time);
  private final EventLog log = new NearLog(time, model, new Random(1)).seenBy(time.new Life());

  @Override
  protected EventLog log() {
    return log;
  }

  @Override
  protected <T> T await(CompletionStage<T> call) {
    var answer = call.toCompletableFuture();
    time.after(Duration.ofSeconds(1), () -> {});
    while (time.step(time.now().plusSeconds(1))) {}
    try {
      return answer.getNow(null);
    } catch (CompletionException failure) {
      throw failure.getCause() instanceof Fault fault ? fault : failure;
    }
  }
}
