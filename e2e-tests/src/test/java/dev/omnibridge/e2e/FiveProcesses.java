// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.e2e.infrastructure.Servers;
import dev.omnibridge.runtime.rpc.Peer;
import java.time.Duration;
import java.util.Map;

/** Each service once, as a process of its own. */
record FiveProcesses(Servers servers, Processes processes, Stack stack) implements Deployment {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** All of them ready, and every shard of workflows owned; the servers stay the caller's. */
  static FiveProcesses start(String name, Servers servers, Map<String, String> environment)
      throws Exception {
    var processes = new Processes(name, servers, environment);
    try {
      processes.startEach();
      var orchestrator = processes.first(Peer.ORCHESTRATOR);
      processes.awaitOrchestrators(orchestrator, 1);
      Stack stack = processes.asking(orchestrator);
      awaitNothingMissing(stack);
      return new FiveProcesses(servers, processes, stack);
    } catch (Exception | AssertionError failure) {
      Closing.after(failure, processes);
      throw failure;
    }
  }

  /** An orchestrator serves without stamping and intelligence, and then its first runs retry. */
  static void awaitNothingMissing(Stack stack) {
    Pages orchestrator = Pages.of(stack, Peer.ORCHESTRATOR);
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> assertThat(orchestrator.health().path("status").textValue()).isEqualTo("UP"));
  }

  @Override
  public void stopKafka() {
    servers.stopKafka();
  }

  @Override
  public void startKafka() {
    servers.startKafka();
  }

  @Override
  public void stopPostgres() {
    servers.stopPostgres();
  }

  @Override
  public void startPostgres() {
    servers.startPostgres();
  }

  @Override
  public void close() throws Exception {
    processes.close();
  }
}
