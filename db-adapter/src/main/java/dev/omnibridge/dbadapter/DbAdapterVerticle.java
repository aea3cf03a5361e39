// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import dev.omnibridge.api.content.v1.ContentServiceGrpc;
import dev.omnibridge.api.log.v1.IndexServiceGrpc;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.dbadapter.log.Appends;
import dev.omnibridge.dbadapter.log.ForeignEvents;
import dev.omnibridge.dbadapter.log.Lanes;
import dev.omnibridge.dbadapter.query.PageTokens;
import dev.omnibridge.dbadapter.rpc.ContentApi;
import dev.omnibridge.dbadapter.rpc.IndexApi;
import dev.omnibridge.dbadapter.rpc.LogApi;
import dev.omnibridge.dbadapter.store.Backlog;
import dev.omnibridge.dbadapter.store.ContentStore;
import dev.omnibridge.dbadapter.store.Database;
import dev.omnibridge.dbadapter.store.DeadLetterLane;
import dev.omnibridge.dbadapter.store.EventLane;
import dev.omnibridge.dbadapter.store.EventLog;
import dev.omnibridge.dbadapter.store.Housekeeping;
import dev.omnibridge.dbadapter.store.IndexQueries;
import dev.omnibridge.dbadapter.store.LogQueries;
import dev.omnibridge.dbadapter.store.OutboxLane;
import dev.omnibridge.dbadapter.store.Schema;
import dev.omnibridge.dbadapter.store.Schema.Identity;
import dev.omnibridge.dbadapter.store.WorkflowQueries;
import dev.omnibridge.dbadapter.stream.Inbox;
import dev.omnibridge.dbadapter.stream.Outbox;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.stream.Pump;
import dev.omnibridge.runtime.stream.PumpConfig;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.sqlclient.Pool;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Wires db-adapter together; started means that appends are durably accepted. */
public final class DbAdapterVerticle extends VerticleBase {
  private static final int RELAXED_CONNECTIONS = 4;
  private static final int INBOX_RECORDS = 2_000;
  private static final long HEALTH_MILLIS = 500;
  private static final List<String> SERVICES =
      List.of(
          LogServiceGrpc.SERVICE_NAME,
          IndexServiceGrpc.SERVICE_NAME,
          ContentServiceGrpc.SERVICE_NAME);

  /**
   * The ways to the database; what is written through the relaxed one is on disk a little later.
   */
  private record Doors(Database database, Pool durable, Pool relaxed) {}

  private final DbAdapterConfig config;
  private final Edge edge;
  private final Catalogue catalogue = Catalogue.load();
  private final Deque<Supplier<Future<?>>> closing = new ArrayDeque<>();
  private @Nullable Pool pool;
  private @Nullable Outbox outbox;
  private boolean stopped;
  private boolean healthy = true;

  public DbAdapterVerticle(DbAdapterConfig config, Edge edge) {
    this.config = config;
    this.edge = edge;
  }

  @Override
  public Future<?> start() {
    var doors = open(new Database(vertx, config.postgres()));
    pool = doors.durable();
    var schema = new Schema(vertx, doors.durable());
    var retentions =
        catalogue.streams().stream()
            .map(Catalogue.StreamKind::retention)
            .collect(Collectors.toUnmodifiableSet());
    var content = new ContentStore(doors.durable(), doors.relaxed());
    return schema
        .open(
            config.postgres(),
            config.startLimit(),
            new Lanes(config.lanes(), config.inboxLanes()),
            retentions)
        .compose(identity -> offer(doors, content, identity))
        .onSuccess(_ ->
            tidy(
                new Housekeeping(
                    vertx, doors.durable(), schema, content, retentions, config.contentKept())));
  }

  private Doors open(Database database) {
    return new Doors(
        database,
        closed(database.pool(config.readers(), true)),
        closed(database.pool(RELAXED_CONNECTIONS, false)));
  }

  private Future<?> offer(Doors doors, ContentStore content, Identity identity) {
    Pool opened = doors.durable();
    var relays = outbox(doors.relaxed(), identity);
    outbox = relays;
    var appends = new Appends(catalogue, config.environment(), identity.lanes());
    var log =
        new EventLog(vertx, doors.database(), opened, appends, config.writers(), relays::wake);
    closing.push(log::close);
    var tokens = new PageTokens(identity.logId());
    var queries = new LogQueries(opened, catalogue, tokens, identity.logId());
    edge.offer(new LogApi(context, log, queries));
    edge.offer(
        new IndexApi(
            context, new WorkflowQueries(opened, tokens), new IndexQueries(opened, tokens)));
    edge.offer(new ContentApi(context, content, config.maxContentBytes(), UUID::randomUUID));
    closing.push(relays::stop);
    watchHealth(log);
    if (config.inbox()) {
      Pump inbox = inbox(log, queries, identity);
      var unused = relays.topics().compose(_ -> stopped ? ready() : deploy(inbox));
    }
    return relays.start();
  }

  private void watchHealth(EventLog log) {
    long timer = vertx.setPeriodic(HEALTH_MILLIS, _ -> tellHealth(log));
    closing.push(() -> {
      vertx.cancelTimer(timer);
      return ready();
    });
  }

  /** Only the database decides: while Kafka is away, appends are durable, and follow later. */
  private void tellHealth(EventLog log) {
    if (healthy != log.available()) {
      healthy = log.available();
      SERVICES.forEach(service -> edge.health(service, healthy));
    }
  }

  private Pump inbox(EventLog log, LogQueries queries, Identity identity) {
    var topics =
        catalogue.streams().stream()
            .map(kind -> catalogue.topic(config.environment(), kind.kind()))
            .toList();
    return new Pump(
        PumpConfig.of(config.kafka(), config.environment(), Inbox.CONSUMER, topics)
            .withMaxRecords(INBOX_RECORDS),
        (consumer, cluster) -> here(() -> queries.positions(consumer, cluster)),
        new Inbox(
            new ForeignEvents(catalogue, config.environment(), identity.logId()),
            identity.lanes(),
            UUID::randomUUID,
            append -> here(() -> log.take(append))));
  }

  private Future<Void> deploy(Pump inbox) {
    return inbox.deploy(vertx).onSuccess(id -> closing.push(() -> vertx.undeploy(id))).mapEmpty();
  }

  private static Future<Void> ready() {
    return Future.succeededFuture();
  }

  /** Calls from the pump's thread come over to ours. */
  private <T> Future<T> here(Supplier<Future<T>> call) {
    return Future.future(answer -> context.runOnContext(_ -> call.get().onComplete(answer)));
  }

  /**
   * Marks need not be on disk at once: a lost one repeats records, which a takeover may do, too.
   */
  private Outbox outbox(Pool relaxed, Identity identity) {
    UUID owner = UUID.randomUUID();
    List<OutboxLane> lanes = new ArrayList<>();
    lanes.add(new DeadLetterLane(relaxed, owner));
    for (int lane = 0; lane < identity.lanes().outbox(); lane++) {
      lanes.add(new EventLane(relaxed, catalogue, identity.logId(), lane, owner));
    }
    return new Outbox(vertx, catalogue, config.environment(), config.kafka(), lanes);
  }

  private void tidy(Housekeeping housekeeping) {
    housekeeping.start();
    closing.push(() -> {
      housekeeping.stop();
      return Future.succeededFuture();
    });
  }

  private Pool closed(Pool opened) {
    closing.push(opened::close);
    return opened;
  }

  /** How much waits for Kafka. From any thread. */
  public Future<Backlog> backlog() {
    Pool opened = pool;
    return opened == null ? Future.succeededFuture(new Backlog(0, 0)) : Backlog.read(opened);
  }

  /** False while Kafka takes nothing: then the suite is DEGRADED, and works. From any thread. */
  public boolean kafkaAnswers() {
    Outbox relays = outbox;
    return relays != null && relays.kafkaAnswers();
  }

  /** In reverse of the start; one that does not close keeps no other from closing. */
  @Override
  public Future<?> stop() {
    stopped = true;
    Future<?> closed = Future.succeededFuture();
    for (Supplier<Future<?>> close : closing) {
      closed = closed.compose(_ -> close.get().otherwiseEmpty());
    }
    return closed;
  }
}
