// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import dev.omnibridge.dbadapter.store.OutboxLane;
import dev.omnibridge.runtime.event.Catalogue;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The way of the log to Kafka: one relay per lane, and the broker that they share. */
public final class Outbox {
  private final Vertx vertx;
  private final Topics topics;
  private final Broker broker = new Broker();
  private final Map<Integer, LaneRelay> relays = new HashMap<>();
  private final List<String> deployments = new CopyOnWriteArrayList<>();
  private @Nullable Future<Void> made;

  public Outbox(
      Vertx vertx,
      Catalogue catalogue,
      String environment,
      String bootstrapServers,
      List<OutboxLane> lanes) {
    this.vertx = vertx;
    this.topics = new Topics(vertx, catalogue, environment, bootstrapServers);
    for (OutboxLane lane : lanes) {
      var sender = new OrderedSender(bootstrapServers, "omnibridge-relay-" + lane.lane());
      relays.put(lane.lane(), new LaneRelay(lane, sender, broker, System::nanoTime));
    }
  }

  /** Makes the catalogue's topics; succeeds when they are there, however long that takes. */
  public Future<Void> topics() {
    Future<Void> begun = made;
    if (begun == null) {
      begun = topics.ensure();
      made = begun;
    }
    return begun;
  }

  /** Starts the relays; does not wait for Kafka. */
  public Future<?> start() {
    var unused = topics();
    var options = new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD);
    return Future.all(
        relays.values().stream()
            .map(relay -> vertx.deployVerticle(relay, options).onSuccess(deployments::add))
            .toList());
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

  /** Ends the relays; they give their leases back. */
  public Future<?> stop() {
    topics.stop();
    return Future.join(deployments.stream().map(vertx::undeploy).toList());
  }
}
