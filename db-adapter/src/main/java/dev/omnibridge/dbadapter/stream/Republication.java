// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import dev.omnibridge.api.log.v1.LanePlace;
import dev.omnibridge.api.log.v1.RepublishRequest;
import dev.omnibridge.api.log.v1.RepublishResponse;
import dev.omnibridge.dbadapter.log.Outgoing;
import dev.omnibridge.dbadapter.log.Selection;
import dev.omnibridge.dbadapter.store.ChosenEvents;
import dev.omnibridge.dbadapter.store.ChosenEvents.Span;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Timeouts;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends again what a request chooses, lane by lane and in order, no faster than it says; waits for
 * a while when Kafka is away. A loop, so it runs on a virtual thread and may await.
 */
final class Republication extends VerticleBase {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final long PAUSE_MILLIS = 250;
  private static final int USUAL_PER_SECOND = 1_000;
  private static final long USUAL_EVENTS = 1_000_000;
  private static final long TELL_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** Who asked: hears how far it is, and may have gone. */
  record Asker(Consumer<RepublishResponse> told, BooleanSupplier gone) {}

  private final ChosenEvents events;
  private final OrderedSender sender;
  private final Broker broker;
  private final RepublishRequest request;
  private final Selection selection;
  private final Asker asker;
  private final Allowance allowance;
  private final long most;
  private final RepublishResponse.Builder progress = RepublishResponse.newBuilder();
  private final Promise<Void> ended = Promise.promise();
  private long toldAt = System.nanoTime();
  private volatile boolean running = true;

  Republication(
      ChosenEvents events,
      OrderedSender sender,
      Broker broker,
      RepublishRequest request,
      Asker asker) {
    this.events = events;
    this.sender = sender;
    this.broker = broker;
    this.request = request;
    this.selection = Selection.of(request);
    this.asker = asker;
    int perSecond = request.getPerSecond() == 0 ? USUAL_PER_SECOND : request.getPerSecond();
    this.allowance = new Allowance(perSecond, System::nanoTime);
    this.most = request.getMaxEvents() == 0 ? USUAL_EVENTS : request.getMaxEvents();
    if (request.hasAfter()) {
      progress.setPlace(request.getAfter());
    }
  }

  @Override
  public Future<?> start() {
    context.runOnContext(_ -> run());
    return Future.succeededFuture();
  }

  /** Succeeds when everything was sent; fails with the place up to which it was. */
  Future<Void> ended() {
    return ended.future();
  }

  private void run() {
    try (sender) {
      lanes();
      asker.told().accept(progress.setDone(true).build());
      ended.complete();
    } catch (Throwable failure) {
      ended.fail(failure instanceof Fault fault ? at(fault) : failure);
    }
  }

  private Fault at(Fault fault) {
    LanePlace place = progress.getPlace();
    return progress.hasPlace()
        ? fault.with("lane", place.getLane()).with("position", place.getPosition())
        : fault;
  }

  private void lanes() {
    for (var lane : bounded(events.relayed()).entrySet()) {
      boolean before = request.hasAfter() && lane.getKey() < request.getAfter().getLane();
      if (!before && !progress.getLimited() && selection.includes(lane.getKey())) {
        lane(bounded(events.span(selection, lane.getKey(), lane.getValue())));
      }
    }
  }

  private void lane(Span span) {
    long at = Math.max(span.first() - 1, begin(span.lane()));
    while (at < span.last() && !progress.getLimited()) {
      long next = request.getDryRun() ? count(span, at) : send(span, at);
      progress.setScanned(progress.getScanned() + next - at);
      at = next;
      passed(span.lane(), at);
    }
  }

  private long begin(int lane) {
    boolean within = request.hasAfter() && request.getAfter().getLane() == lane;
    return within ? request.getAfter().getPosition() : 0;
  }

  private void passed(int lane, long position) {
    progress.setPlace(LanePlace.newBuilder().setLane(lane).setPosition(position));
    if (!running || asker.gone().getAsBoolean()) {
      throw Fault.of(Fault.Kind.CANCELLED, "REPUBLISH_BROKEN_OFF", "It was broken off.");
    }
    long now = System.nanoTime();
    if (now - toldAt >= TELL_NANOS) {
      toldAt = now;
      asker.told().accept(progress.build());
    }
  }

  private long count(Span span, long at) {
    var counted = bounded(events.count(selection, span, at));
    counted.topics().forEach(this::add);
    return counted.place();
  }

  private void add(String topic, long found) {
    progress.setEvents(progress.getEvents() + found);
    progress.putByTopic(topic, progress.getByTopicOrDefault(topic, 0) + found);
  }

  /** Ends within what was read when that is as much as there may be. */
  private long send(Span span, long at) {
    var part = bounded(events.read(selection, span, at));
    long left = most - progress.getEvents();
    List<Outgoing> records = part.events();
    if (records.size() < left) {
      publish(span.lane(), records);
      return part.place();
    }
    List<Outgoing> last = records.subList(0, (int) left);
    publish(span.lane(), last);
    progress.setLimited(true);
    return last.isEmpty() ? at : last.getLast().position();
  }

  private void publish(int lane, List<Outgoing> records) {
    long heard = System.nanoTime();
    int next = 0;
    while (next < records.size()) {
      int granted = allowance.take(records.size() - next);
      if (granted == 0) {
        pause(allowance.pauseMillis());
        continue;
      }
      int sent = handOver(records.subList(next, next + granted));
      for (Outgoing record : records.subList(next, next + sent)) {
        add(record.topic(), 1);
      }
      next += sent;
      if (sent > 0) {
        heard = System.nanoTime();
        passed(lane, records.get(next - 1).position());
      } else if (System.nanoTime() - heard > PATIENCE_NANOS) {
        throw Fault.unavailable("KAFKA_AWAY", "Kafka takes no records.", null);
      } else {
        passed(lane, records.get(next).position() - 1);
        pause(PAUSE_MILLIS);
      }
    }
  }

  /** How many Kafka has taken; fails at a record that it will never take. */
  private int handOver(List<Outgoing> records) {
    var sent = new OrderedSender.Sent[1];
    var unused =
        broker.call(() -> {
          sent[0] = sender.send(records, () -> running);
          @Nullable Fault failure = sent[0].failure();
          return failure == null ? Future.succeededFuture() : Future.failedFuture(failure);
        });
    if (sent[0] == null) {
      return 0;
    }
    @Nullable Fault failure = sent[0].failure();
    if (failure != null && sent[0].refused() == 0) {
      throw failure;
    }
    return sent[0].acknowledged();
  }

  private void pause(long millis) {
    vertx.timer(millis, TimeUnit.MILLISECONDS).await();
  }

  private static <T> T bounded(Future<T> future) {
    return Timeouts.within(LIMIT, future).await();
  }

  /** Ends at the next place. */
  @Override
  public Future<?> stop() {
    running = false;
    return ended.future().otherwiseEmpty();
  }
}
