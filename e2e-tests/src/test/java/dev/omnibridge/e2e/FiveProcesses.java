// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import dev.omnibridge.e2e.infrastructure.Servers;
import dev.omnibridge.runtime.rpc.Peer;
import java.util.Map;

/** Each service once, as a process of its own. */
record FiveProcesses(Servers servers, Processes processes, Stack stack) implements Deployment {

  /** All of them ready, and every shard of workflows owned; it closes the servers it is given. */
  static FiveProcesses start(String name, Servers servers, Map<String, String> environment)
      throws Exception {
    try {
      return start(servers, new Processes(name, servers, environment));
    } catch (Exception | AssertionError failure) {
      Closing.after(failure, servers);
      throw failure;
    }
  }

  private static FiveProcesses start(Servers servers, Processes processes) throws Exception {
    try {
      processes.startEach();
      var orchestrator = processes.first(Peer.ORCHESTRATOR);
      processes.awaitOrchestrators(orchestrator, 1);
      return new FiveProcesses(servers, processes, processes.asking(orchestrator));
    } catch (Exception | AssertionError failure) {
      Closing.after(failure, processes);
      throw failure;
    }
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
    Closing.all(processes, servers);
  }
}
