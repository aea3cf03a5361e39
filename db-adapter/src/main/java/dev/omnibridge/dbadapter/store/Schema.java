// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.dbadapter.DbAdapterConfig.Postgres;
import dev.omnibridge.dbadapter.log.Lanes;
import dev.omnibridge.runtime.LogKeys;
import dev.omnibridge.runtime.event.LogEpochs;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.flywaydb.core.Flyway;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the schema up to date, gives a new log its identity, and makes the partitions of the
 * months to come. Several db-adapters may do so at once.
 */
public final class Schema {
  /** Partitions are made this many months ahead. */
  private static final int MONTHS_AHEAD = 3;

  private static final String MAKE_IDENTITY =
      """
      insert into log_identity (log_id, lanes, inbox_lanes) values (gen_random_uuid(), $1, $2)
          on conflict (only_row) do nothing
      """;

  private static final String READ_IDENTITY = "select log_id, lanes, inbox_lanes from log_identity";

  private static final String MAKE_LANES =
      "insert into lanes select unnest($1::int[]), 1 on conflict (lane) do nothing";

  private static final String MAKE_OUTBOX_LANES =
      "insert into outbox_lanes (lane) select unnest($1::int[]) on conflict (lane) do nothing";

  private static final String MAKE_PARTITIONS = "select ensure_event_partitions($1, $2)";

  /** Asks for no month, so that only the class itself is made, with its default partition. */
  private static final int NO_MONTH = -2;

  /**
   * A month is made or goes while the default partition is looked through for events of it, which
   * takes as long as that is large. A connection that is silent for much longer counts as dead.
   */
  static final String MONTH_LIMIT = "set local statement_timeout = '8s'";

  private static final String READ_EPOCHS =
      """
      select e.epoch, l.lane, l.first_position, e.kafka = 'PENDING' as behind_kafka
        from log_epochs e join log_epoch_lanes l on l.epoch = e.epoch
      """;

  /**
   * Which log this is, its lanes and its epochs; a log that was restored may be behind what Kafka
   * has of it, and then nothing is to be appended before that is in it again.
   */
  public record Identity(UUID logId, Lanes lanes, LogEpochs epochs, boolean behindKafka) {}

  private static final Logger log = LoggerFactory.getLogger(Schema.class);

  private final Vertx vertx;
  private final Pool pool;
  private final Patience patience;

  public Schema(Vertx vertx, Pool pool) {
    this.vertx = vertx;
    this.pool = pool;
    this.patience = new Patience(vertx, Patience.PAUSE, System::nanoTime);
  }

  /**
   * Migrates, in a worker, and gives the log's identity; a new log gets the lanes given here, an
   * existing one keeps its own. Waits for a database that is not there yet: for the limit, or
   * without one as long as it takes. One that is there and refuses is not waited for.
   */
  public Future<Identity> open(
      Postgres postgres, Duration limit, Lanes wanted, Collection<String> retentions) {
    return patience.wait(
        () ->
            vertx
                .executeBlocking(() -> migrate(postgres))
                .compose(_ -> identity(wanted, retentions)),
        limit,
        postgres);
  }

  private static boolean migrate(Postgres postgres) {
    return Flyway.configure(Schema.class.getClassLoader())
        .dataSource(postgres.jdbcUrl(), postgres.user(), postgres.password())
        .locations("classpath:db/migration")
        .load()
        .migrate()
        .success;
  }

  private Future<Identity> identity(Lanes wanted, Collection<String> retentions) {
    return pool.preparedQuery(MAKE_IDENTITY)
        .execute(Tuple.of(wanted.outbox(), wanted.inbox()))
        .compose(_ -> pool.query(READ_IDENTITY).execute())
        .compose(row -> pool.query(READ_EPOCHS).execute().map(epochs -> identity(row, epochs)))
        .compose(identity -> lanes(identity.lanes()).map(identity))
        .compose(identity -> classes(retentions).map(identity))
        .compose(identity ->
            new StampAdoption(pool)
                .all()
                .map(identity)
                .recover(failure -> later("leaves of older stamps", failure, identity)))
        .compose(identity ->
            partitions(retentions)
                .map(identity)
                .recover(failure -> later("partitions of the months to come", failure, identity)));
  }

  private static Identity identity(RowSet<Row> rows, RowSet<Row> epochs) {
    Row row = rows.iterator().next();
    var starts = new ArrayList<LogEpochs.Start>();
    boolean behind = false;
    for (Row epoch : epochs) {
      starts.add(
          new LogEpochs.Start(
              epoch.getLong("epoch"), epoch.getInteger("lane"), epoch.getLong("first_position")));
      behind |= epoch.getBoolean("behind_kafka");
    }
    return new Identity(
        row.getUUID("log_id"),
        new Lanes(row.getInteger("lanes"), row.getInteger("inbox_lanes")),
        new LogEpochs(starts),
        behind);
  }

  private Future<?> lanes(Lanes lanes) {
    Integer[] outbox = IntStream.range(0, lanes.outbox()).boxed().toArray(Integer[]::new);
    Integer[] all =
        IntStream.concat(
                IntStream.range(0, lanes.outbox()),
                IntStream.range(Lanes.INBOX, Lanes.INBOX + lanes.inbox()))
            .boxed()
            .toArray(Integer[]::new);
    Integer[] relays = IntStream.range(-1, outbox.length).boxed().toArray(Integer[]::new);
    return pool.preparedQuery(MAKE_LANES)
        .execute(Tuple.tuple().addArrayOfInteger(all))
        .compose(_ ->
            pool.preparedQuery(MAKE_OUTBOX_LANES).execute(Tuple.tuple().addArrayOfInteger(relays)));
  }

  /** An event has a place in the default partition when its month is not made. */
  private Future<?> classes(Collection<String> retentions) {
    Future<?> made = Future.succeededFuture();
    for (String retention : List.copyOf(retentions)) {
      made =
          made.compose(
              _ -> pool.preparedQuery(MAKE_PARTITIONS).execute(Tuple.of(retention, NO_MONTH)));
    }
    return made;
  }

  /** No start waits for what can be made later. */
  private static Future<Identity> later(String what, Throwable failure, Identity identity) {
    if (Patience.isNotThere(failure)) {
      return Future.failedFuture(failure);
    }
    log.atWarn()
        .addKeyValue("what", what)
        .addKeyValue(LogKeys.REASON, failure.getMessage())
        .log("a part of the start is put off");
    return Future.succeededFuture(identity);
  }

  /** Makes the partitions of these retention classes, as far ahead as they are kept. */
  public Future<?> partitions(Collection<String> retentions) {
    Future<?> made = Future.succeededFuture();
    for (String retention : List.copyOf(retentions)) {
      made = made.compose(_ -> months(retention, 0)).compose(_ -> months(retention, MONTHS_AHEAD));
    }
    return made;
  }

  private Future<?> months(String retention, int ahead) {
    return pool.withTransaction(connection ->
        connection
            .query(MONTH_LIMIT)
            .execute()
            .compose(_ ->
                connection.preparedQuery(MAKE_PARTITIONS).execute(Tuple.of(retention, ahead))));
  }
}
