// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.awaitility.Awaitility.await;

import dev.omnibridge.api.directory.v1.DirectoryServiceGrpc;
import dev.omnibridge.api.directory.v1.ListInstancesRequest;
import dev.omnibridge.embedded.FreePorts;
import dev.omnibridge.runtime.rpc.Peer;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** One service as a process of its own, from the jar that users deploy; to be killed and paused. */
public final class ServiceProcess implements AutoCloseable {
  private static final Duration READY_LIMIT = Duration.ofSeconds(90);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  /** What a test that failed, or was given up, has left running. */
  private static final Set<Process> STARTED = killedWithTheJvm();

  private final Peer peer;
  private final String address;
  private final Process process;
  private final RecordedStart start;
  private final Path log;
  private final ManagedChannel channel;

  private ServiceProcess(
      Peer peer, String address, Process process, RecordedStart start, Path log) {
    this.peer = peer;
    this.address = address;
    this.process = process;
    this.start = start;
    this.log = log;
    this.channel = NettyChannelBuilder.forTarget(address).usePlaintext().build();
  }

  private static Set<Process> killedWithTheJvm() {
    Set<Process> started = ConcurrentHashMap.newKeySet();
    var kill = new Thread(() -> started.forEach(Process::destroyForcibly), "kill-services");
    Runtime.getRuntime().addShutdownHook(kill);
    return started;
  }

  /** Starts it, on a free port unless the environment names one, and does not wait. */
  public static ServiceProcess start(Peer peer, Map<String, String> environment, Path directory)
      throws IOException {
    return start(peer, environment, directory, false);
  }

  /** The same; one that records leaves its start to those that come later, and ends later. */
  static ServiceProcess start(
      Peer peer, Map<String, String> environment, Path directory, boolean records)
      throws IOException {
    String wanted = environment.get(peer.portVariable());
    int port = wanted == null ? FreePorts.next() : Integer.parseInt(wanted);
    Path log = directory.resolve(peer.service() + "-" + port + ".log");
    Path jar = Path.of("..", peer.service(), "target", peer.service() + ".jar");
    if (!Files.exists(jar)) {
      throw new IllegalStateException(jar + " is missing; this test runs after mvn package");
    }
    RecordedStart start = RecordedStart.of(jar, records);
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx192m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:ReservedCodeCacheSize=64m",
            "-XX:SweeperThreshold=60",
            "-XX:MetaspaceSize=128m",
            "--sun-misc-unsafe-memory-access=allow"));
    command.addAll(start.options());
    command.addAll(List.of("-jar", jar.toString()));
    var builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    builder.environment().put(peer.portVariable(), Integer.toString(port));
    Process process = builder.start();
    STARTED.add(process);
    return new ServiceProcess(peer, "127.0.0.1:" + port, process, start, log);
  }

  Peer peer() {
    return peer;
  }

  String address() {
    return address;
  }

  int port() {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  long pid() {
    return process.pid();
  }

  public boolean alive() {
    return process.isAlive();
  }

  public int exitCode() {
    return process.exitValue();
  }

  /** Whether it says that it serves. */
  public boolean ready() {
    if (!process.isAlive()) {
      throw ended();
    }
    try {
      return HealthGrpc.newBlockingStub(channel)
              .withDeadlineAfter(2, TimeUnit.SECONDS)
              .check(HealthCheckRequest.getDefaultInstance())
              .getStatus()
          == ServingStatus.SERVING;
    } catch (StatusRuntimeException notYet) {
      channel.resetConnectBackoff();
      return false;
    }
  }

  /**
   * Waits until it is a member of its cluster. Those that begin at one moment ask each other for
   * five seconds who is the first; those that come to one who is there do not.
   */
  public ServiceProcess awaitClustered() {
    await().atMost(READY_LIMIT).pollInterval(Duration.ofMillis(50)).until(this::clustered);
    return this;
  }

  private boolean clustered() {
    if (!process.isAlive()) {
      throw ended();
    }
    try {
      return DirectoryServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(2, TimeUnit.SECONDS)
          .listInstances(ListInstancesRequest.getDefaultInstance())
          .getClustered();
    } catch (StatusRuntimeException notYet) {
      channel.resetConnectBackoff();
      return false;
    }
  }

  private IllegalStateException ended() {
    return new IllegalStateException(
        "%s ended with %d; see %s".formatted(peer.service(), process.exitValue(), log));
  }

  public ServiceProcess awaitReady() {
    await().atMost(READY_LIMIT).pollInterval(Duration.ofMillis(50)).until(this::ready);
    return this;
  }

  /** SIGKILL. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor(10, TimeUnit.SECONDS);
  }

  /** SIGSTOP: it holds everything it has, and does nothing. */
  public void pause() throws Exception {
    signal("STOP");
  }

  /** SIGCONT. */
  public void wake() throws Exception {
    signal("CONT");
  }

  private void signal(String name) throws Exception {
    int exit =
        new ProcessBuilder("kill", "-s", name, Long.toString(process.pid())).start().waitFor();
    if (exit != 0) {
      throw new IllegalStateException("kill -s %s failed with %d".formatted(name, exit));
    }
  }

  /** SIGTERM, and the time to stop cleanly. */
  @Override
  public void close() throws Exception {
    channel.shutdownNow();
    try {
      if (process.isAlive()) {
        wake();
        process.destroy();
      }
      Duration limit = STOP_LIMIT.plus(start.atTheEnd());
      if (!process.waitFor(limit)) {
        throw new AssertionError(
            "%s did not stop within %s of SIGTERM; see %s".formatted(peer.service(), limit, log));
      }
      start.keep();
    } finally {
      process.destroyForcibly();
    }
  }
}
