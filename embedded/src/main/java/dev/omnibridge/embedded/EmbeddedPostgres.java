// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded;

import static dev.omnibridge.embedded.EmbeddedServerException.Reason.NOT_STARTED;
import static dev.omnibridge.embedded.EmbeddedServerException.Reason.NOT_STOPPED;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL server on a directory that is kept: the next start finds data, role and
 * password again, also after a kill of this process, of the server, or of both. A server that a
 * killed owner left running on the directory is stopped first; every other server is left alone. A
 * directory with a live owner is refused.
 */
public final class EmbeddedPostgres implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedPostgres.class);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
  private static final int ATTEMPTS = 5;
  private static final int TAIL_LINES = 20;

  /**
   * What a server is started with.
   *
   * @param directory kept by the caller; made if it is not there
   * @param port 0 for a free one
   * @param fsync false only where losing the data in a crash of the machine does not matter
   * @param startLimit how long the start may take, making the data directory included
   * @param binaries where the bundled programs are unpacked, once per version
   * @param settings of PostgreSQL, for this start only
   * @param restoring whether it may start on data whose restore is not finished
   */
  public record Options(
      Path directory,
      int port,
      boolean fsync,
      Duration startLimit,
      Path binaries,
      Map<String, String> settings,
      boolean restoring) {

    public Options(Path directory, int port, boolean fsync, Duration startLimit, Path binaries) {
      this(directory, port, fsync, startLimit, binaries, Map.of(), false);
    }

    public static Options in(Path directory) {
      return new Options(directory, 0, true, Duration.ofSeconds(30), userCache());
    }

    public Options withPort(int chosen) {
      return new Options(directory, chosen, fsync, startLimit, binaries, settings, restoring);
    }

    public Options withFsync(boolean chosen) {
      return new Options(directory, port, chosen, startLimit, binaries, settings, restoring);
    }

    public Options withStartLimit(Duration chosen) {
      return new Options(directory, port, fsync, chosen, binaries, settings, restoring);
    }

    public Options withSettings(Map<String, String> chosen) {
      return new Options(
          directory, port, fsync, startLimit, binaries, Map.copyOf(chosen), restoring);
    }

    /** For who restores: data whose restore is not finished is refused to everybody else. */
    public Options asRestore() {
      return new Options(directory, port, fsync, startLimit, binaries, settings, true);
    }

    private static Path userCache() {
      return Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
          .filter(home -> home.startsWith("/"))
          .map(Path::of)
          .orElseGet(() -> Path.of(System.getProperty("user.home", "/tmp"), ".cache"))
          .resolve("omnibridge");
    }
  }

  private final PostgresBinaries binaries;
  private final PostgresCluster cluster;
  private final DirectoryLock lock;
  private final Options options;
  private final int port;
  private final String password;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile Postmaster postmaster;

  private EmbeddedPostgres(Launch launch, Postmaster postmaster, int port, String password) {
    this.binaries = launch.binaries;
    this.cluster = launch.cluster;
    this.lock = launch.lock;
    this.options = launch.options;
    this.postmaster = postmaster;
    this.port = port;
    this.password = password;
  }

  /**
   * A server that accepts connections. An interrupt has no effect before it does: half started, it
   * would be left running.
   *
   * @throws EmbeddedServerException when it does not, with the reason and the end of its log
   */
  public static EmbeddedPostgres start(Options options) {
    return Uninterrupted.ask(() -> started(options));
  }

  private static EmbeddedPostgres started(Options options) {
    DirectoryLock lock = null;
    EmbeddedPostgres started = null;
    try {
      var cluster = new PostgresCluster(Directories.prepare(options.directory()));
      lock = DirectoryLock.acquire(cluster.home());
      refuseUnfinished(options, cluster);
      started = start(options, cluster, lock);
      return started;
    } catch (IOException failure) {
      throw new EmbeddedServerException(
          NOT_STARTED, "PostgreSQL could not be started: " + failure, failure);
    } finally {
      if (started == null && lock != null) {
        lock.close();
      }
    }
  }

  /** Its log would go on in the epoch of before, or an empty database would be made. */
  private static void refuseUnfinished(Options options, PostgresCluster cluster) {
    if (!options.restoring()
        && Files.exists(new PostgresDirectory(cluster.home()).unfinishedRestore())) {
      throw new EmbeddedServerException(
          NOT_STARTED,
          "A restore into %s was begun and not finished; restore again before anything starts on it"
              .formatted(cluster.home()));
    }
  }

  /**
   * Stops the server that a killed owner left running on a directory, if there is one.
   *
   * @throws EmbeddedServerException when the directory has a live owner, or the server does not end
   */
  public static void stopOrphan(Path directory) throws IOException {
    var cluster = new PostgresCluster(Directories.prepare(directory));
    var options = Options.in(cluster.home());
    try (var lock = DirectoryLock.acquire(cluster.home())) {
      if (Postmaster.of(cluster.data()).isPresent()) {
        var binaries = PostgresBinaries.find(options.binaries(), _ -> true);
        new Launch(options, binaries, cluster, lock, Deadline.in(options.startLimit()))
            .stopOrphan();
      }
    }
  }

  private static EmbeddedPostgres start(
      Options options, PostgresCluster cluster, DirectoryLock lock) throws IOException {
    var began = System.nanoTime();
    var deadline = Deadline.in(options.startLimit());
    var binaries = PostgresBinaries.find(options.binaries(), found -> cluster.fits(found.major()));
    var launch = new Launch(options, binaries, cluster, lock, deadline);
    launch.stopOrphan();
    if (cluster.exists()) {
      cluster.own(cluster.data(), binaries, deadline);
    } else {
      cluster.create(binaries, options.fsync(), deadline);
    }
    var server = launch.run();
    log.atInfo()
        .addKeyValue("port", server.port)
        .addKeyValue("pid", server.pid())
        .addKeyValue("millis", Duration.ofNanos(System.nanoTime() - began).toMillis())
        .log("PostgreSQL started");
    return server;
  }

  /** One start: what it works with, and the steps that need the same things. */
  private record Launch(
      Options options,
      PostgresBinaries binaries,
      PostgresCluster cluster,
      DirectoryLock lock,
      Deadline deadline) {

    void stopOrphan() throws IOException {
      var orphan = Postmaster.of(cluster.data());
      if (orphan.isPresent()) {
        log.atInfo()
            .addKeyValue("pid", orphan.get().pid())
            .log("stopping the PostgreSQL that a killed predecessor left");
        if (!orphan.get().stop(binaries, STOP_LIMIT)) {
          throw new EmbeddedServerException(
              NOT_STOPPED,
              "The PostgreSQL server %d, left on %s by a killed predecessor, does not end"
                  .formatted(orphan.get().pid(), cluster.home()));
        }
      }
      Postmaster.removeStalePidFile(cluster.data());
    }

    /**
     * Tries again where trying again helps: a free port that is no longer free, and children of a
     * killed server that are not gone yet.
     */
    EmbeddedPostgres run() throws IOException {
      cluster.rotateLog();
      for (var attempt = 1; ; attempt++) {
        var port = options.port() == 0 ? FreePorts.next() : options.port();
        var logged = Files.exists(cluster.log()) ? Files.size(cluster.log()) : 0;
        cluster.configure(new PostgresSettings(port, options.fsync()), options.settings());
        var outcome = startCommand().run(deadline.left());
        var postmaster = Postmaster.of(cluster.data());
        if (outcome.succeeded() && postmaster.isPresent()) {
          return new EmbeddedPostgres(this, postmaster.get(), port, cluster.password());
        }
        postmaster.ifPresent(late -> late.stop(binaries, STOP_LIMIT));
        var tail = tail(logged);
        if (attempt == ATTEMPTS || deadline.isOver() || !isPassing(tail)) {
          throw notStarted(port, outcome, tail);
        }
        LockSupport.parkNanos(Duration.ofMillis(100L * attempt).toNanos());
      }
    }

    private Command startCommand() {
      var seconds = Long.toString(Math.max(1, deadline.left().toSeconds()));
      return binaries.tool(
          "pg_ctl",
          "start",
          "-D",
          cluster.data().toString(),
          "-l",
          cluster.log().toString(),
          "-w",
          "-t",
          seconds);
    }

    private boolean isPassing(String tail) {
      return tail.contains("shared memory block")
          || (options.port() == 0 && tail.contains("Address already in use"));
    }

    private String tail(long from) throws IOException {
      if (!Files.exists(cluster.log())) {
        return "(no log)";
      }
      try (var written = Files.newInputStream(cluster.log())) {
        written.skipNBytes(Math.min(from, Files.size(cluster.log())));
        var lines = new String(written.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        return String.join(
            "\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
      }
    }

    private EmbeddedServerException notStarted(int port, Command.Outcome outcome, String tail) {
      var lastWords = outcome.output().lines().reduce((_, last) -> last).orElse("");
      return new EmbeddedServerException(
          NOT_STARTED,
          "PostgreSQL did not start on %s, port %d, within %s: %s\nThe end of %s:\n%s"
              .formatted(
                  cluster.home(), port, options.startLimit(), lastWords, cluster.log(), tail));
    }
  }

  public String host() {
    return "127.0.0.1";
  }

  public int port() {
    return port;
  }

  public String user() {
    return PostgresCluster.NAME;
  }

  /** Made when the directory was; the same ever after. */
  public String password() {
    return password;
  }

  public String database() {
    return PostgresCluster.NAME;
  }

  /** Without user and password, which are given to the driver separately. */
  public String jdbcUrl() {
    return "jdbc:postgresql://%s:%d/%s".formatted(host(), port, database());
  }

  /** Of the server's first process. */
  public long pid() {
    return postmaster.pid();
  }

  public boolean isRunning() {
    return postmaster.isRunning();
  }

  /** Kills the server with its children as a crash would; {@link #close} is still to be called. */
  public synchronized void kill() {
    postmaster.kill();
    if (!postmaster.awaitEnd(Deadline.in(STOP_LIMIT))) {
      throw notStopped();
    }
  }

  /**
   * Starts the killed server again on its port and directory; a running one is left running.
   *
   * @throws EmbeddedServerException when it does not start, or is closed
   */
  public synchronized void restart() {
    if (closed.get()) {
      throw new EmbeddedServerException(
          NOT_STARTED, "The PostgreSQL server on %s is closed".formatted(cluster.home()));
    }
    if (isRunning()) {
      return;
    }
    var deadline = Deadline.in(options.startLimit());
    var launch = new Launch(options.withPort(port), binaries, cluster, lock, deadline);
    try {
      launch.stopOrphan();
      postmaster = launch.run().postmaster;
    } catch (IOException failure) {
      throw new EmbeddedServerException(
          NOT_STARTED, "PostgreSQL could not be started again: " + failure, failure);
    }
  }

  /** Stops the server; open transactions are rolled back. Does nothing the second time. */
  @Override
  public synchronized void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      Uninterrupted.run(this::stop);
    } finally {
      lock.close();
    }
  }

  private void stop() {
    if (!postmaster.stop(binaries, STOP_LIMIT)) {
      throw notStopped();
    }
  }

  private EmbeddedServerException notStopped() {
    return new EmbeddedServerException(
        NOT_STOPPED,
        "The PostgreSQL server %d on %s does not end".formatted(pid(), cluster.home()));
  }
}
