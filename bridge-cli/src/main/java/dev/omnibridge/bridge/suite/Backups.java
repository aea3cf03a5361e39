// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.suite;

import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.dbadapter.DbAdapterConfig;
import dev.omnibridge.dbadapter.RestoredLog;
import dev.omnibridge.dbadapter.log.Reconciled;
import dev.omnibridge.embedded.EmbeddedKafka;
import dev.omnibridge.embedded.EmbeddedPostgres;
import dev.omnibridge.embedded.PostgresDirectory;
import dev.omnibridge.embedded.backup.BackupArea;
import dev.omnibridge.embedded.backup.BaseBackup;
import dev.omnibridge.embedded.backup.Recovery;
import dev.omnibridge.embedded.backup.Recovery.Order;
import dev.omnibridge.embedded.backup.Recovery.Restored;
import dev.omnibridge.embedded.backup.SavedBackup;
import dev.omnibridge.runtime.Env;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Backups of the database of a suite, and the way back: the database first, then a new epoch of the
 * log in it, then what Kafka still has of that log. Blocks, so it is for plain threads.
 */
public final class Backups {
  /** How long Kafka may be away or give nothing. */
  private static final Duration STANDSTILL_LIMIT = Duration.ofMinutes(10);

  /** How long it may take while it goes on, however much Kafka has. */
  private static final Duration KAFKA_LIMIT = Duration.ofDays(2);

  private static final Duration STEP_LIMIT = Duration.ofMinutes(2);

  private final Path data;
  private final PostgresDirectory postgres;

  /** Of the suite with its data in this directory. */
  public Backups(Path data) {
    this.data = data;
    this.postgres = new PostgresDirectory(trueName(data).resolve("postgres"));
  }

  private static Path trueName(Path data) {
    try {
      return Files.createDirectories(data).toRealPath();
    } catch (IOException failure) {
      throw new UncheckedIOException("Cannot use " + data, failure);
    }
  }

  /** Saves the database, through its server if one runs, else through one started for that. */
  public SavedBackup make(BackupArea area, Duration archiveEvery, BaseBackup.Progress progress) {
    var backup = new BaseBackup(area, postgres, archiveEvery, progress);
    try {
      Optional<PostgresDirectory.Address> running = postgres.running();
      if (running.isPresent()) {
        return backup.make(running.get());
      }
    } catch (IOException failure) {
      throw new UncheckedIOException("Cannot read " + postgres.home(), failure);
    }
    if (!postgres.hasData()) {
      throw new CliFailure(ExitCode.NOT_FOUND, "There is no database in %s.".formatted(data));
    }
    try (var server = EmbeddedPostgres.start(EmbeddedPostgres.Options.in(postgres.home()))) {
      return backup.make(address(server));
    }
  }

  private static PostgresDirectory.Address address(EmbeddedPostgres server) {
    return new PostgresDirectory.Address(server.port(), server.user(), server.password());
  }

  /**
   * What a restore led to.
   *
   * @param postgres what became of the database
   * @param log the new epoch and the restored head, before anything came back from Kafka
   * @param kafka what came back from Kafka; null when it was left out
   * @param withoutKafka why Kafka was left out; empty when it was not
   */
  public record Outcome(
      Restored postgres, RestoredLog.Begun log, @Nullable Reconciled kafka, String withoutKafka) {}

  /** Restores; nothing of the suite runs, before or afterwards. Stage hears what begins. */
  public Outcome restore(
      BackupArea area,
      Order order,
      boolean leaveKafkaOut,
      Map<String, String> environment,
      BaseBackup.Progress progress,
      Consumer<String> stage) {
    stage.accept("Copying the backup " + order.backup().id());
    var recovery =
        new Recovery(area, postgres, progress, lsn -> stage.accept("Replaying the log, at " + lsn));
    Restored restored = recovery.run(order);
    try (EmbeddedPostgres server = restored.server()) {
      String withoutKafka = whyWithoutKafka(order, leaveKafkaOut);
      Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(false));
      try {
        return withLog(vertx, recovery, restored, withoutKafka, environment, stage);
      } finally {
        var unused = await(vertx.close(), STEP_LIMIT);
      }
    }
  }

  private String whyWithoutKafka(Order order, boolean leaveOut) {
    if (leaveOut) {
      return "as was asked for";
    }
    if (order.to().isPresent()) {
      return "because a restore to a time takes back what came later";
    }
    return Files.isDirectory(kafka()) ? "" : "because it is gone, too";
  }

  private Path kafka() {
    return data.resolve("kafka");
  }

  private Outcome withLog(
      Vertx vertx,
      Recovery recovery,
      Restored restored,
      String withoutKafka,
      Map<String, String> environment,
      Consumer<String> stage) {
    boolean fromKafka = withoutKafka.isEmpty();
    EmbeddedPostgres server = restored.server();
    var begun = begin(vertx, server, restored, fromKafka, environment);
    recovery.finish(restored);
    if (!fromKafka) {
      return new Outcome(restored, begun, null, withoutKafka);
    }
    stage.accept("Looking in Kafka for what is missing");
    try (var broker = EmbeddedKafka.start(EmbeddedKafka.Options.in(kafka()))) {
      var log = new RestoredLog(vertx, config(server, broker.bootstrapServers(), environment));
      Reconciled reconciled = await(log.reconcile(begun.logId(), STANDSTILL_LIMIT), KAFKA_LIMIT);
      return new Outcome(restored, begun, reconciled, "");
    } catch (RuntimeException failure) {
      throw new CliFailure(
          ExitCode.FAILED,
          "The database is restored, but what only Kafka has of the log is not in it yet (%s); ./bridge up does that before it serves."
              .formatted(failure.getMessage()),
          failure);
    }
  }

  private static RestoredLog.Begun begin(
      Vertx vertx,
      EmbeddedPostgres server,
      Restored restored,
      boolean fromKafka,
      Map<String, String> environment) {
    try {
      return await(
          new RestoredLog(vertx, config(server, "127.0.0.1:1", environment))
              .begin(
                  "restored from " + restored.backup().id(),
                  fromKafka,
                  restored.lsn(),
                  since(restored)),
          STEP_LIMIT);
    } catch (RuntimeException failure) {
      throw new CliFailure(
          ExitCode.FAILED,
          "The database is restored, but its log has begun no new epoch (%s), so nothing starts on it; restore again."
              .formatted(failure.getMessage()),
          failure);
    }
  }

  /** From when on Kafka may have what the database lacks: at the latest since the backup. */
  private static Instant since(Restored restored) {
    Instant last = restored.lastCommit();
    return last == null ? Instant.ofEpochMilli(restored.backup().startedAt()) : last;
  }

  private static DbAdapterConfig config(
      EmbeddedPostgres server, String kafka, Map<String, String> environment) {
    var variables = new HashMap<>(environment);
    variables.put("KAFKA_BOOTSTRAP_SERVERS", kafka);
    variables.put("PGHOST", server.host());
    variables.put("PGPORT", Integer.toString(server.port()));
    variables.put("PGUSER", server.user());
    variables.put("PGPASSWORD", server.password());
    variables.put("PGDATABASE", server.database());
    return DbAdapterConfig.from(Env.of(variables));
  }

  private static <T> T await(Future<T> future, Duration limit) {
    try {
      return future.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (java.util.concurrent.TimeoutException late) {
      throw new IllegalStateException("Not done within " + limit, late);
    }
  }
}
