// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import dev.omnibridge.dbadapter.DbAdapterConfig;
import dev.omnibridge.dbadapter.log.OwnRecord;
import dev.omnibridge.dbadapter.log.Reconciled;
import dev.omnibridge.dbadapter.store.Database;
import dev.omnibridge.dbadapter.store.Reconciliation;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.LogKeys;
import dev.omnibridge.runtime.event.Catalogue;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a restored log up to what Kafka has of it, before anything is appended. Waits for Kafka
 * and the database as long as it takes, or until nothing has come for a limit: a log that went on
 * without would decide a second time what it has decided before. A loop, so it runs on a virtual
 * thread and may await.
 */
public final class Reconciler extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(Reconciler.class);
  private static final long PAUSE_MILLIS = 1_000;

  private final DbAdapterConfig config;
  private final Catalogue catalogue;
  private final UUID logId;
  private final long limitNanos;
  private final Promise<Reconciled> outcome = Promise.promise();
  private volatile boolean running = true;
  private boolean told;

  /** When something last came from Kafka; of the one thread. */
  private long progress;

  private Reconciler(DbAdapterConfig config, Catalogue catalogue, UUID logId, Duration limit) {
    this.config = config;
    this.catalogue = catalogue;
    this.logId = logId;
    this.limitNanos = limit.toNanos();
  }

  /**
   * What the log got back; the limit is for a standstill; zero waits for Kafka as long as it takes.
   */
  public static Future<Reconciled> run(
      Vertx vertx, DbAdapterConfig config, Catalogue catalogue, UUID logId, Duration limit) {
    var reconciler = new Reconciler(config, catalogue, logId, limit);
    return vertx
        .deployVerticle(
            reconciler, new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD))
        .compose(id -> reconciler.outcome.future().eventually(() -> vertx.undeploy(id)));
  }

  @Override
  public Future<?> start() {
    context.runOnContext(_ -> reconcile());
    return Future.succeededFuture();
  }

  private void reconcile() {
    progress = System.nanoTime();
    try {
      while (true) {
        try {
          tell(attempt());
          return;
        } catch (Fault fault) {
          boolean over = limitNanos > 0 && System.nanoTime() - progress > limitNanos;
          if (!running || over || !fault.kind().worthRetrying()) {
            throw fault;
          }
          pause(fault);
        }
      }
    } catch (Throwable failure) {
      boolean unused = outcome.tryFail(failure);
    }
  }

  private void pause(Fault fault) {
    if (!told) {
      told = true;
      log.atWarn()
          .addKeyValue(LogKeys.ADDRESS, config.kafka())
          .addKeyValue(LogKeys.REASON, fault.reason())
          .log("the log was restored and has to be compared with Kafka; that has to wait");
    }
    vertx.timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS).await();
  }

  private Reconciled attempt() {
    try (var reconciliation =
        Reconciliation.begin(new Database(vertx, config.postgres())).await()) {
      var task = reconciliation.task().await();
      if (task.isEmpty()) {
        return Reconciled.nothing(0);
      }
      var restoredTo = task.get().restoredTo();
      var records =
          new OwnRecords(
              config.kafka(),
              catalogue.topicsOf(config.environment()).keySet(),
              new OwnRecord.Reader(catalogue, logId.toString()));
      records.read(
          restoredTo == null ? null : restoredTo.toInstant(),
          batch -> {
            reconciliation.keep(batch).await();
            progress = System.nanoTime();
          });
      return reconciliation.finish(task.get(), records.damaged()).await();
    }
  }

  private void tell(Reconciled done) {
    if (done.epoch() > 0) {
      log.atInfo()
          .addKeyValue("epoch", done.epoch())
          .addKeyValue(LogKeys.COUNT, done.recovered())
          .addKeyValue("runs", done.runs())
          .log("the restored log has what Kafka had of it");
    }
    if (!done.whole()) {
      log.atError()
          .addKeyValue("unplaced", done.unplaced())
          .addKeyValue("damaged", done.damaged())
          .addKeyValue("streams", done.unplacedStreams())
          .addKeyValue("definitions", done.lostDefinitions())
          .log("not everything that was lost could be put back into the log");
    }
    boolean unused = outcome.tryComplete(done);
  }

  @Override
  public Future<?> stop() {
    running = false;
    return Future.succeededFuture();
  }
}
