// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import dev.omnibridge.dbadapter.log.Lanes;
import dev.omnibridge.dbadapter.log.Reconciled;
import dev.omnibridge.dbadapter.store.Database;
import dev.omnibridge.dbadapter.store.EpochStart;
import dev.omnibridge.dbadapter.store.Schema;
import dev.omnibridge.dbadapter.store.Schema.Identity;
import dev.omnibridge.dbadapter.stream.Reconciler;
import dev.omnibridge.runtime.event.Catalogue;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.SortedMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done with a log after its database was restored and before a service uses it: it
 * begins a new epoch, and gets back what Kafka has of it. A db-adapter that starts does the second
 * by itself, before it serves.
 */
public final class RestoredLog {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final Vertx vertx;
  private final DbAdapterConfig config;
  private final Catalogue catalogue = Catalogue.load();

  public RestoredLog(Vertx vertx, DbAdapterConfig config) {
    this.vertx = vertx;
    this.config = config;
  }

  /** Which log it is, its new epoch, and how far its lanes reach. */
  public record Begun(UUID logId, long epoch, SortedMap<Integer, Long> heads) {}

  /** Brings the schema up to date and begins a new epoch. */
  public Future<Begun> begin(
      String why, boolean fromKafka, @Nullable String lsn, @Nullable Instant reached) {
    Pool pool = new Database(vertx, config.postgres()).pool(1, true);
    var start = new EpochStart(pool);
    return open(pool)
        .compose(identity ->
            start
                .begin(
                    why, fromKafka, lsn, reached == null ? null : reached.atOffset(ZoneOffset.UTC))
                .compose(
                    epoch -> start.heads().map(heads -> new Begun(identity.logId(), epoch, heads))))
        .eventually(pool::close);
  }

  private Future<Identity> open(Pool pool) {
    var retentions =
        catalogue.streams().stream()
            .map(Catalogue.StreamKind::retention)
            .collect(Collectors.toUnmodifiableSet());
    return new Schema(vertx, pool)
        .open(
            config.postgres(),
            START_LIMIT,
            new Lanes(config.lanes(), config.inboxLanes()),
            retentions);
  }

  /**
   * Appends again what Kafka has of the log and the database lacks, however long that takes; it
   * fails when nothing has come from Kafka for longer than a limit.
   */
  public Future<Reconciled> reconcile(UUID logId, Duration standstill) {
    return Reconciler.run(vertx, config, catalogue, logId, standstill);
  }
}
