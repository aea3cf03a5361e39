// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded;

import static dev.omnibridge.embedded.EmbeddedServerException.Reason.NOT_STARTED;
import static dev.omnibridge.embedded.EmbeddedServerException.Reason.NOT_STOPPED;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.Exit;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.apache.kafka.server.metrics.KafkaYammerMetrics;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Kafka broker (KRaft, one node) inside this process, on a directory that is kept: the next
 * start finds the same cluster with its records. It can be stopped and restarted on the same port,
 * as an outage. A directory with a live owner is refused.
 *
 * <p>The only class that touches the broker's inner classes, which are no public API.
 */
public final class EmbeddedKafka implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedKafka.class);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final int ATTEMPTS = 3;

  /**
   * What a broker is started with.
   *
   * @param directory kept by the caller; made if it is not there
   * @param port 0 for a free one
   * @param proxied a second entrance that stands behind a proxy, or null for none
   * @param settings of Kafka, which go before ours; of this object, not of the directory
   */
  public record Options(
      Path directory,
      int port,
      @Nullable Proxied proxied,
      Duration startLimit,
      Map<String, String> settings) {

    public static Options in(Path directory) {
      return new Options(directory, 0, null, Duration.ofSeconds(60), Map.of());
    }

    public Options withPort(int chosen) {
      return new Options(directory, chosen, proxied, startLimit, settings);
    }

    public Options withProxied(int listen, int advertise) {
      return new Options(directory, port, new Proxied(listen, advertise), startLimit, settings);
    }

    public Options withStartLimit(Duration chosen) {
      return new Options(directory, port, proxied, chosen, settings);
    }

    public Options withSettings(Map<String, String> chosen) {
      return new Options(directory, port, proxied, startLimit, Map.copyOf(chosen));
    }
  }

  /**
   * Clients that come in at the first port are told to go on to the second, where the proxy is;
   * without it they would go round the proxy after their first request.
   */
  public record Proxied(int listen, int advertise) {}

  private final DirectoryLock lock;
  private final Options options;
  private final Path logs;
  private final int port;
  private final int controllerPort;
  private final String clusterId;
  private @Nullable KafkaRaftServer server;

  private EmbeddedKafka(DirectoryLock lock, Options options, Path logs) throws Exception {
    this.lock = lock;
    this.options = options;
    this.logs = logs;
    this.port = options.port() == 0 ? FreePorts.next() : options.port();
    this.controllerPort = FreePorts.nextExcept(Set.of(port));
    this.clusterId = format();
  }

  /**
   * A broker that serves clients.
   *
   * @throws EmbeddedServerException when it does not, with the reason
   */
  public static EmbeddedKafka start(Options options) {
    stayAlive();
    DirectoryLock lock = null;
    EmbeddedKafka started = null;
    try {
      var home = Directories.prepare(options.directory());
      lock = DirectoryLock.acquire(home);
      started = start(options, home.resolve("logs"), lock);
      return started;
    } catch (EmbeddedServerException failure) {
      throw failure;
    } catch (Exception failure) {
      throw new EmbeddedServerException(
          NOT_STARTED,
          "Kafka could not be started on %s: %s".formatted(options.directory(), failure),
          failure);
    } finally {
      if (started == null && lock != null) {
        lock.close();
      }
    }
  }

  /** A free port may be gone by the time it is bound, so other ones are tried. */
  private static EmbeddedKafka start(Options options, Path logs, DirectoryLock lock)
      throws Exception {
    for (var attempt = 1; ; attempt++) {
      var kafka = new EmbeddedKafka(lock, options, logs);
      try {
        kafka.restart();
        return kafka;
      } catch (EmbeddedServerException failure) {
        if (attempt == ATTEMPTS || kafka.portsWereFree()) {
          throw failure;
        }
      }
    }
  }

  private boolean portsWereFree() {
    return options.port() != 0 || (FreePorts.isFree(port) && FreePorts.isFree(controllerPort));
  }

  /**
   * A broker that meets a fatal fault ends its process. This process holds more than the broker, so
   * here the broker's thread ends instead and its clients see a broker that is gone.
   */
  private static void stayAlive() {
    Exit.Procedure end =
        (status, message) -> {
          log.atError()
              .addKeyValue("status", status)
              .addKeyValue("reason", message)
              .log("the embedded Kafka broker failed for good");
          throw new IllegalStateException("The embedded Kafka broker ended: " + message);
        };
    Exit.setExitProcedure(end);
    Exit.setHaltProcedure(end);
  }

  /** Gives a new directory its identity, and reads that of an old one. */
  private String format() throws Exception {
    Files.createDirectories(logs);
    var id = storedClusterId().orElseGet(() -> Uuid.randomUuid().toString());
    new Formatter()
        .setPrintStream(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
        .setClusterId(id)
        .setNodeId(BrokerSettings.NODE_ID)
        .addDirectory(logs.toString())
        .setMetadataLogDirectory(logs.toString())
        .setControllerListenerName(BrokerSettings.CONTROLLER)
        .setReleaseVersion(MetadataVersion.latestProduction())
        .setIgnoreFormatted(true)
        .run();
    return id;
  }

  private Optional<String> storedClusterId() throws IOException {
    var file = logs.resolve("meta.properties");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    var properties = new Properties();
    try (var reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }
    return Optional.ofNullable(properties.getProperty("cluster.id"));
  }

  /** Starts the stopped broker on the same ports and directory; a running one is left running. */
  public synchronized void restart() {
    var began = System.nanoTime();
    for (var attempt = 1; server == null; attempt++) {
      try {
        server = startOnce();
        log.atInfo()
            .addKeyValue("port", port)
            .addKeyValue("millis", Duration.ofNanos(System.nanoTime() - began).toMillis())
            .log("Kafka started");
      } catch (EmbeddedServerException failure) {
        // Seen once in some hundred starts: the broker waits for itself until its limit.
        if (attempt == ATTEMPTS || !timedOut(failure)) {
          throw failure;
        }
        log.atWarn().setCause(failure).log("Kafka hangs in its start, and is started anew");
      }
    }
  }

  private KafkaRaftServer startOnce() {
    var limit = options.startLimit().dividedBy(ATTEMPTS);
    var settings = new BrokerSettings(options, logs, port, controllerPort).within(limit);
    var starting = new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
    try {
      // The broker knows the limit, and clears up after itself when it gives up on its own.
      within(limit.plus(GRACE), "kafka-start", starting::startup);
      return starting;
    } catch (ExecutionException | TimeoutException failure) {
      abandon(starting);
      throw new EmbeddedServerException(
          NOT_STARTED,
          "Kafka did not start on %s, port %d, within %s: %s".formatted(logs, port, limit, failure),
          failure);
    }
  }

  /** Ours, or the broker's own when it waited for a part of itself. */
  private static boolean timedOut(Throwable failure) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof TimeoutException
          || cause instanceof org.apache.kafka.common.errors.TimeoutException) {
        return true;
      }
    }
    return false;
  }

  private static void abandon(KafkaRaftServer starting) {
    try {
      within(STOP_LIMIT, "kafka-abandon", starting::shutdown);
    } catch (ExecutionException | TimeoutException failure) {
      log.atWarn().setCause(failure).log("a Kafka broker that did not start did not stop either");
    }
  }

  /** Ends the broker as an outage would: clients lose it, records and ports stay. */
  public synchronized void stop() {
    var stopping = server;
    if (stopping == null) {
      return;
    }
    server = null;
    try {
      within(STOP_LIMIT, "kafka-stop", () -> shutdown(stopping));
    } catch (ExecutionException | TimeoutException failure) {
      throw new EmbeddedServerException(
          NOT_STOPPED, "Kafka on %s did not stop: %s".formatted(logs, failure), failure);
    }
  }

  private static void shutdown(KafkaRaftServer stopping) {
    stopping.shutdown();
    stopping.awaitShutdown();
    // The gauges of its partitions stay in a registry of the process, and hold the whole broker.
    var gauges = KafkaYammerMetrics.defaultRegistry();
    gauges.allMetrics().keySet().forEach(gauges::removeMetric);
  }

  /** Stops the broker and gives the directory back. */
  @Override
  public void close() {
    try {
      Uninterrupted.run(this::stop);
    } finally {
      lock.close();
    }
  }

  public synchronized boolean isRunning() {
    return server != null;
  }

  public int port() {
    return port;
  }

  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Made when the directory was; the same ever after. */
  public String clusterId() {
    return clusterId;
  }

  private static void within(Duration limit, String name, Runnable work)
      throws ExecutionException, TimeoutException {
    var task = new FutureTask<>(work, true);
    var thread = Thread.ofPlatform().name(name).daemon().start(task);
    try {
      task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException timeout) {
      // Where it hangs is the one thing that tells why.
      timeout.setStackTrace(thread.getStackTrace());
      throw timeout;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new ExecutionException("Interrupted", interrupted);
    }
  }
}
