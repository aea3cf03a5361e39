// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import dev.omnibridge.api.content.v1.ContentServiceGrpc;
import dev.omnibridge.api.log.v1.DeadLetterServiceGrpc;
import dev.omnibridge.api.log.v1.IndexServiceGrpc;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.OutboxServiceGrpc;
import dev.omnibridge.api.log.v1.StampLeafServiceGrpc;
import dev.omnibridge.dbadapter.log.Appends;
import dev.omnibridge.dbadapter.log.ForeignEvents;
import dev.omnibridge.dbadapter.log.Intake;
import dev.omnibridge.dbadapter.log.Lanes;
import dev.omnibridge.dbadapter.query.PageTokens;
import dev.omnibridge.dbadapter.rpc.ContentApi;
import dev.omnibridge.dbadapter.rpc.IndexApi;
import dev.omnibridge.dbadapter.rpc.LogApi;
import dev.omnibridge.dbadapter.rpc.OutboxApi;
import dev.omnibridge.dbadapter.rpc.StampLeafApi;
import dev.omnibridge.dbadapter.store.Backlog;
import dev.omnibridge.dbadapter.store.ChosenEvents;
import dev.omnibridge.dbadapter.store.ContentStore;
import dev.omnibridge.dbadapter.store.Database;
import dev.omnibridge.dbadapter.store.DeadLetterLane;
import dev.omnibridge.dbadapter.store.DeadLetterWatch;
import dev.omnibridge.dbadapter.store.EventLane;
import dev.omnibridge.dbadapter.store.EventLog;
import dev.omnibridge.dbadapter.store.EventQueries;
import dev.omnibridge.dbadapter.store.GuardedLane;
import dev.omnibridge.dbadapter.store.Housekeeping;
import dev.omnibridge.dbadapter.store.IndexQueries;
import dev.omnibridge.dbadapter.store.Intakes;
import dev.omnibridge.dbadapter.store.LaneState;
import dev.omnibridge.dbadapter.store.LogQueries;
import dev.omnibridge.dbadapter.store.OutboxLane;
import dev.omnibridge.dbadapter.store.RedriveLane;
import dev.omnibridge.dbadapter.store.Retirement;
import dev.omnibridge.dbadapter.store.Schema;
import dev.omnibridge.dbadapter.store.Schema.Identity;
import dev.omnibridge.dbadapter.store.StampCheckpoints;
import dev.omnibridge.dbadapter.store.StampLeaves;
import dev.omnibridge.dbadapter.store.TimeSummaries;
import dev.omnibridge.dbadapter.store.WorkflowQueries;
import dev.omnibridge.dbadapter.stream.Inbox;
import dev.omnibridge.dbadapter.stream.Outbox;
import dev.omnibridge.dbadapter.stream.OutboxWatch;
import dev.omnibridge.dbadapter.stream.Reconciler;
import dev.omnibridge.dbadapter.stream.TopicRanges;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.stream.Pump;
import dev.omnibridge.runtime.stream.PumpConfig;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Wires db-adapter together; started means that appends are durably accepted. */
public final class DbAdapterVerticle extends VerticleBase {
  private static final int UPLOAD_CONNECTIONS = 4;
  private static final int RELAY_CONNECTIONS = 4;
  private static final int INBOX_RECORDS = 8_000;
  private static final int INBOX_IN_FLIGHT = 2;
  private static final long HEALTH_MILLIS = 500;
  private static final List<String> SERVICES =
      List.of(
          LogServiceGrpc.SERVICE_NAME,
          IndexServiceGrpc.SERVICE_NAME,
          ContentServiceGrpc.SERVICE_NAME,
          OutboxServiceGrpc.SERVICE_NAME,
          DeadLetterServiceGrpc.SERVICE_NAME,
          StampLeafServiceGrpc.SERVICE_NAME);

  /**
   * The ways to the database; what is written through the last two is on disk a little later.
   * Uploads and relays have one each: a lease must not wait until somebody's content is stored.
   */
  private record Doors(Database database, Pool durable, Pool uploads, Pool relays) {}

  private final DbAdapterConfig config;
  private final Edge edge;
  private final Catalogue catalogue = Catalogue.load();
  private final Deque<Supplier<Future<?>>> closing = new ArrayDeque<>();
  private @Nullable Pool pool;
  private @Nullable Outbox outbox;
  private @Nullable DeadLetterWatch deadLetters;
  private boolean stopped;
  private volatile boolean comparing;
  private boolean healthy = true;

  public DbAdapterVerticle(DbAdapterConfig config, Edge edge) {
    this.config = config;
    this.edge = edge;
  }

  /** Whether its log was restored and is still compared with Kafka, however long that takes. */
  public boolean isComparing() {
    return comparing;
  }

  @Override
  public Future<?> start() {
    var doors = open(new Database(vertx, config.postgres(), config.outbox().postgres()));
    pool = doors.durable();
    var schema = new Schema(vertx, doors.durable());
    var retentions =
        catalogue.streams().stream()
            .map(Catalogue.StreamKind::retention)
            .collect(Collectors.toUnmodifiableSet());
    var content = new ContentStore(doors.durable(), doors.uploads());
    return schema
        .open(
            config.postgres(),
            config.startLimit(),
            new Lanes(config.lanes(), config.inboxLanes()),
            retentions)
        .compose(this::upToKafka)
        .compose(identity -> offer(doors, content, identity))
        .onSuccess(_ ->
            tidy(
                new Housekeeping(
                    vertx,
                    doors.durable(),
                    schema,
                    retirement(doors.durable()),
                    content,
                    retentions,
                    config.contentKept()),
                new TimeSummaries(vertx, doors.durable())));
  }

  /** A restored log first gets back what Kafka has of it; nothing is appended before. */
  private Future<Identity> upToKafka(Identity identity) {
    if (!identity.behindKafka()) {
      return Future.succeededFuture(identity);
    }
    comparing = true;
    var done = Reconciler.run(vertx, config, catalogue, identity.logId(), Duration.ZERO);
    return Future.future(answer ->
        done.map(identity)
            .onComplete(_ -> comparing = false)
            .onComplete(
                (found, failure) -> context.runOnContext(_ -> answer.complete(found, failure))));
  }

  private Doors open(Database database) {
    return new Doors(
        database,
        closed(database.pool(config.readers(), true)),
        closed(database.pool(UPLOAD_CONNECTIONS, false)),
        closed(database.pool(RELAY_CONNECTIONS, false)));
  }

  private Future<?> offer(Doors doors, ContentStore content, Identity identity) {
    Pool opened = doors.durable();
    UUID owner = UUID.randomUUID();
    var relays = outbox(doors, identity, owner);
    outbox = relays;
    var appends = new Appends(catalogue, config.environment(), identity.lanes());
    var log =
        new EventLog(vertx, doors.database(), opened, appends, config.writers(), relays::wake);
    closing.push(log::close);
    var tokens = PageTokens.of(identity.logId(), identity.epochs().current());
    var queries = new LogQueries(opened, catalogue, identity.logId());
    edge.offer(
        new LogApi(
            context, log, queries, new EventQueries(opened, catalogue, tokens), identity.epochs()));
    edge.offer(
        new IndexApi(
            context, new WorkflowQueries(opened, tokens), new IndexQueries(opened, tokens)));
    edge.offer(new ContentApi(context, content, config.maxContentBytes(), UUID::randomUUID));
    edge.offer(
        new StampLeafApi(
            context, doors.database(), new StampLeaves(opened), new StampCheckpoints(opened)));
    var chosen = new ChosenEvents(opened, catalogue, identity.logId(), identity.epochs());
    edge.offer(
        new OutboxApi(
            context,
            relays,
            () -> LaneState.read(opened),
            chosen,
            doors.database().breaker(),
            owner));
    edge.offer(
        new DeadLetterDesk(config, catalogue, identity.logId())
            .api(context, opened, tokens, () -> relays.wake(List.of(RedriveLane.LANE))));
    closing.push(relays::stop);
    watch(relays, doors.database(), opened);
    watchHealth(log);
    watchDeadLetters(opened);
    if (config.inbox()) {
      Pump inbox = inbox(log, doors.database(), queries, identity);
      watch(inbox);
      var unused = relays.topics().compose(_ -> stopped ? ready() : deploy(inbox));
    }
    return relays.start();
  }

  private void watch(Outbox relays, Database database, Pool opened) {
    relays.measured(edge.metrics());
    var unused = database.breaker().measured(edge.metrics(), "db-adapter");
    var watch =
        new OutboxWatch(vertx, relays, () -> LaneState.read(opened), edge.metrics(), edge::trouble);
    watch.start();
    closing.push(() -> {
      watch.stop();
      return ready();
    });
  }

  private void watchHealth(EventLog log) {
    long timer = vertx.setPeriodic(HEALTH_MILLIS, _ -> tellHealth(log));
    closing.push(() -> {
      vertx.cancelTimer(timer);
      return ready();
    });
  }

  private void watchDeadLetters(Pool opened) {
    var watch =
        new DeadLetterWatch(
            vertx,
            opened,
            config.deadLetters().alertAbove(),
            topics(),
            what -> edge.trouble("dead letters", what));
    deadLetters = watch;
    watch.tell(edge.metrics());
    watch.start();
    closing.push(watch::stop);
  }

  /** Only the database decides: while Kafka is away, appends are durable, and follow later. */
  private void tellHealth(EventLog log) {
    if (healthy != log.available()) {
      healthy = log.available();
      SERVICES.forEach(service -> edge.health(service, healthy));
    }
  }

  private Retirement retirement(Pool opened) {
    var kafka = new TopicRanges(vertx, config.kafka(), topics());
    return new Retirement(opened, config.eventsKept(), kafka::read);
  }

  private List<String> topics() {
    return List.copyOf(catalogue.topicsOf(config.environment()).keySet());
  }

  private Pump inbox(EventLog log, Database database, LogQueries queries, Identity identity) {
    return new Pump(
        PumpConfig.of(config.kafka(), config.environment(), Inbox.CONSUMER, topics())
            .withMaxRecords(INBOX_RECORDS)
            .withInFlight(INBOX_IN_FLIGHT),
        (consumer, cluster) -> here(() -> queries.positions(consumer, cluster)),
        new Inbox(
            new ForeignEvents(catalogue, config.environment(), identity.logId()),
            identity.lanes(),
            _ -> way(log, database)));
  }

  /** Events by connections of their own, letters by the common one. */
  private Function<Intake, Future<?>> way(EventLog log, Database database) {
    var intakes = new Intakes(database, UUID::randomUUID, append -> here(() -> log.take(append)));
    closing.push(intakes::close);
    return intakes::store;
  }

  private void watch(Pump inbox) {
    var lag =
        edge.metrics()
            .gauge("omnibridge_inbox_lag", "Records on Kafka, not in the log yet.", inbox::lag);
    var stuck =
        edge.metrics()
            .gauge(
                "omnibridge_inbox_stuck",
                "1 while batches of the inbox fail.",
                () -> inbox.healthy() ? 0 : 1);
    closing.push(() -> {
      lag.close();
      stuck.close();
      return ready();
    });
  }

  private Future<Void> deploy(Pump inbox) {
    return inbox.deploy(vertx).onSuccess(id -> closing.push(() -> vertx.undeploy(id))).mapEmpty();
  }

  private static Future<Void> ready() {
    return Future.succeededFuture();
  }

  /** Calls from other threads come over to ours; one that throws has failed like any other. */
  private <T> Future<T> here(Supplier<Future<T>> call) {
    Future<Void> called = Future.succeededFuture();
    return Future.future(
        answer -> context.runOnContext(_ -> called.compose(_ -> call.get()).onComplete(answer)));
  }

  /**
   * Marks need not be on disk at once: a lost one repeats records, which a takeover may do, too.
   */
  private Outbox outbox(Doors doors, Identity identity, UUID owner) {
    Pool relaxed = doors.relays();
    List<OutboxLane> lanes = new ArrayList<>();
    lanes.add(new DeadLetterLane(relaxed, owner));
    lanes.add(new RedriveLane(vertx, relaxed, owner, System::nanoTime));
    for (int lane = 0; lane < identity.lanes().outbox(); lane++) {
      lanes.add(
          new EventLane(relaxed, catalogue, identity.logId(), identity.epochs(), lane, owner));
    }
    lanes.replaceAll(lane -> new GuardedLane(lane, doors.database().breaker()));
    return new Outbox(
        vertx, catalogue, config.environment(), config.kafka(), config.outbox(), lanes);
  }

  private void tidy(Housekeeping housekeeping, TimeSummaries summaries) {
    housekeeping.start();
    summaries.start();
    closing.push(() -> {
      housekeeping.stop();
      summaries.stop();
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

  /** How many dead letters are open, by topic, as counted last. From any thread. */
  public Map<String, Long> openDeadLetters() {
    DeadLetterWatch watch = deadLetters;
    return watch == null ? Map.of() : watch.open();
  }

  /**
   * In reverse of the start, and each on our own context, wherever the one before has ended; one
   * that does not close keeps no other from closing.
   */
  @Override
  public Future<?> stop() {
    stopped = true;
    Future<?> closed = Future.succeededFuture();
    for (Supplier<Future<?>> close : closing) {
      closed = closed.compose(_ -> here(() -> close.get().mapEmpty()).otherwiseEmpty());
    }
    return closed;
  }
}
