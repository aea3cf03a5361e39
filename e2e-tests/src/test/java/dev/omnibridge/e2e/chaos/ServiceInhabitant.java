// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import dev.omnibridge.e2e.ServiceProcess;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.testkit.FaultProxy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A service at a fixed port, its entrance before it; its starts share one log file. */
final class ServiceInhabitant implements Inhabitant {
  private final Peer peer;
  private final Map<String, String> environment;
  private final Path directory;
  private final FaultProxy entrance;
  private final List<String> ends = new ArrayList<>();
  private ServiceProcess process;

  ServiceInhabitant(
      Peer peer, int port, FaultProxy entrance, Map<String, String> common, Path directory)
      throws IOException {
    this.peer = peer;
    this.environment = new HashMap<>(common);
    this.environment.put(peer.portVariable(), Integer.toString(port));
    this.directory = directory;
    this.entrance = entrance;
    this.process = ServiceProcess.start(peer, environment, directory);
  }

  /** Waits until the others find it at once. */
  void awaitClustered() {
    var unused = process.awaitClustered();
  }

  @Override
  public void kill() throws Exception {
    note();
    process.kill();
    process.close();
  }

  @Override
  public void terminate() throws Exception {
    note();
    process.close();
  }

  @Override
  public void start() throws IOException {
    process = ServiceProcess.start(peer, environment, directory);
  }

  @Override
  public void pause() throws Exception {
    note();
    if (process.alive()) {
      process.pause();
    }
  }

  @Override
  public void wake() throws Exception {
    if (process.alive()) {
      process.wake();
    }
  }

  @Override
  public boolean serves() {
    note();
    return process.alive() && process.ready();
  }

  /** One that has ended by itself stays so until it is struck or the run is over. */
  private void note() {
    if (!process.alive() && ends.isEmpty()) {
      ends.add(
          "%s ended by itself with %d, seen at %s"
              .formatted(peer.service(), process.exitCode(), Instant.now()));
    }
  }

  @Override
  public FaultProxy entrance() {
    return entrance;
  }

  @Override
  public List<String> endedByItself() {
    note();
    return List.copyOf(ends);
  }

  @Override
  public void close() throws Exception {
    process.close();
    entrance.close();
  }
}
