// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import dev.omnibridge.api.log.v1.RepublishRequest;
import dev.omnibridge.api.log.v1.RepublishResponse;
import dev.omnibridge.dbadapter.OutboxConfig;
import dev.omnibridge.dbadapter.store.ChosenEvents;
import dev.omnibridge.dbadapter.store.OutboxLane;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.metrics.Metrics;
import dev.omnibridge.runtime.resilience.Breaker;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The way of the log to Kafka: one relay per lane, and the broker that they share. */
public final class Outbox {
  private static final DeploymentOptions VIRTUAL =
      new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD);

  private static final Duration TOPICS_EVERY = Duration.ofSeconds(30);

  private final Vertx vertx;
  private final Context context;
  private final Topics topics;
  private final Broker broker;
  private final Supplier<OrderedSender> senders;
  private final Map<Integer, LaneRelay> relays = new HashMap<>();
  private final List<String> deployments = new CopyOnWriteArrayList<>();
  private final AtomicBoolean republishing = new AtomicBoolean();

  /** Lives on the context of the caller. */
  public Outbox(
      Vertx vertx,
      Catalogue catalogue,
      String environment,
      String bootstrapServers,
      OutboxConfig config,
      List<OutboxLane> lanes) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.topics =
        new Topics(vertx, catalogue, environment, new Administration(vertx, bootstrapServers));
    this.broker = new Broker(new Breaker("kafka", config.kafka()), this::gone);
    this.senders =
        () -> new OrderedSender(bootstrapServers, "omnibridge-republish", config.deliveryLimit());
    var replay = new Allowance(config.replayPerSecond(), System::nanoTime);
    for (OutboxLane lane : lanes) {
      var sender =
          new OrderedSender(
              bootstrapServers, "omnibridge-relay-" + lane.lane(), config.deliveryLimit());
      relays.put(
          lane.lane(),
          new LaneRelay(lane, sender, broker, replay, config.gather(), System::nanoTime));
    }
  }

  /** Makes the catalogue's topics; succeeds when they are there, however long that takes. */
  public Future<Void> topics() {
    return topics.ensure();
  }

  /** What comes back may be another broker, without the topics; only with them it takes records. */
  private void gone() {
    context.runOnContext(_ -> {
      var unused = topics.ensure();
    });
  }

  /** Starts the relays; does not wait for Kafka. */
  public Future<?> start() {
    var unused = topics();
    topics.keep(TOPICS_EVERY);
    return Future.all(
        relays.values().stream()
            .map(relay -> vertx.deployVerticle(relay, VIRTUAL).onSuccess(deployments::add))
            .toList());
  }

  /** Tells as metrics what the relays do and how Kafka is. */
  public void measured(Metrics metrics) {
    var unused = broker.breaker().measured(metrics, "outbox");
    relays.forEach((lane, relay) ->
        metrics.count(
            "omnibridge_outbox_relayed",
            "Records that Kafka has taken from the relay of a lane.",
            relay.relayed(),
            "lane",
            Integer.toString(lane)));
  }

  /** These lanes have moved. */
  public void wake(Collection<Integer> lanes) {
    for (Integer lane : lanes) {
      LaneRelay relay = relays.get(lane);
      if (relay != null) {
        relay.wake();
      }
    }
  }

  /** False while Kafka does not take records. */
  public boolean kafkaAnswers() {
    return broker.answers();
  }

  /** Whether Kafka is called. */
  public Breaker breaker() {
    return broker.breaker();
  }

  /**
   * Sends again what the request chooses; the answers come from another thread. Only one at a time,
   * REFUSED (REPUBLISH_RUNNING) otherwise. Ends early when whoever asked has gone.
   */
  public Future<Void> republish(
      ChosenEvents events,
      RepublishRequest request,
      Consumer<RepublishResponse> told,
      BooleanSupplier gone) {
    if (!republishing.compareAndSet(false, true)) {
      return Future.failedFuture(
          Fault.of(
              Fault.Kind.REFUSED, "REPUBLISH_RUNNING", "Events are being sent again already."));
    }
    var asker = new Republication.Asker(told, gone);
    return Future.succeededFuture()
        .map(_ -> new Republication(events, senders.get(), broker, request, asker))
        .compose(sending ->
            vertx
                .deployVerticle(sending, VIRTUAL)
                .compose(id -> whileDeployed(id, sending.ended())))
        .onComplete(_ -> republishing.set(false));
  }

  private Future<Void> whileDeployed(String id, Future<Void> work) {
    deployments.add(id);
    return work.eventually(
        () -> deployments.remove(id) ? vertx.undeploy(id) : Future.<Void>succeededFuture());
  }

  /** Ends the relays; they give their leases back. */
  public Future<?> stop() {
    topics.stop();
    List<String> open = List.copyOf(deployments);
    deployments.clear();
    return Future.join(open.stream().map(vertx::undeploy).toList());
  }
}
