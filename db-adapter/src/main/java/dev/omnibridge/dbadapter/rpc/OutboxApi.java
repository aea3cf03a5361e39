// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.rpc;

import dev.omnibridge.api.log.v1.BreakerState;
import dev.omnibridge.api.log.v1.DependencyState;
import dev.omnibridge.api.log.v1.GetOutboxRequest;
import dev.omnibridge.api.log.v1.GetOutboxResponse;
import dev.omnibridge.api.log.v1.OutboxLane;
import dev.omnibridge.api.log.v1.OutboxServiceGrpc.OutboxServiceImplBase;
import dev.omnibridge.api.log.v1.RepublishRequest;
import dev.omnibridge.api.log.v1.RepublishResponse;
import dev.omnibridge.dbadapter.log.Selection;
import dev.omnibridge.dbadapter.store.ChosenEvents;
import dev.omnibridge.dbadapter.store.LaneState;
import dev.omnibridge.dbadapter.stream.Outbox;
import dev.omnibridge.runtime.resilience.Breaker;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.runtime.rpc.Replies;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** The outbox over gRPC. */
public final class OutboxApi extends OutboxServiceImplBase {
  private static final int NANOS = 1_000_000_000;

  private final Context context;
  private final Outbox outbox;
  private final Supplier<Future<List<LaneState>>> lanes;
  private final ChosenEvents events;
  private final Breaker database;
  private final UUID owner;

  /** Owner is who holds the leases of this process. */
  public OutboxApi(
      Context context,
      Outbox outbox,
      Supplier<Future<List<LaneState>>> lanes,
      ChosenEvents events,
      Breaker database,
      UUID owner) {
    this.context = context;
    this.outbox = outbox;
    this.lanes = lanes;
    this.events = events;
    this.database = database;
    this.owner = owner;
  }

  @Override
  public void getOutbox(GetOutboxRequest request, StreamObserver<GetOutboxResponse> out) {
    Replies.unary(context, out, _ -> lanes.get().map(this::answer));
  }

  private GetOutboxResponse answer(List<LaneState> states) {
    return GetOutboxResponse.newBuilder()
        .addAllLanes(states.stream().map(OutboxApi::lane).toList())
        .addDependencies(dependency(outbox.breaker()))
        .addDependencies(dependency(database))
        .setOwner(owner.toString())
        .build();
  }

  private static OutboxLane lane(LaneState state) {
    long nanos = state.lag().toNanos();
    return OutboxLane.newBuilder()
        .setLane(state.lane())
        .setOwner(state.owner())
        .setHeld(state.held())
        .setRelayedPosition(state.relayed())
        .setHeadPosition(state.head())
        .setBacklog(state.backlog())
        .setLag(
            com.google.protobuf.Duration.newBuilder()
                .setSeconds(nanos / NANOS)
                .setNanos((int) (nanos % NANOS)))
        .build();
  }

  private static DependencyState dependency(Breaker breaker) {
    BreakerState state =
        switch (breaker.state()) {
          case CLOSED -> BreakerState.BREAKER_STATE_CLOSED;
          case HALF_OPEN -> BreakerState.BREAKER_STATE_HALF_OPEN;
          case OPEN -> BreakerState.BREAKER_STATE_OPEN;
        };
    return DependencyState.newBuilder().setName(breaker.dependency()).setState(state).build();
  }

  @Override
  public void republish(RepublishRequest request, StreamObserver<RepublishResponse> out) {
    Selection.check(request);
    var gone = new AtomicBoolean();
    ((ServerCallStreamObserver<RepublishResponse>) out).setOnCancelHandler(() -> gone.set(true));
    CallScope scope = CallScope.current();
    context.runOnContext(_ ->
        outbox
            .republish(
                events,
                request,
                progress -> context.runOnContext(_ -> tell(out, progress, gone)),
                () -> gone.get() || scope.cancelled())
            .onComplete(done -> context.runOnContext(_ -> end(out, done, gone))));
  }

  private static void tell(
      StreamObserver<RepublishResponse> out, RepublishResponse progress, AtomicBoolean gone) {
    if (!gone.get()) {
      out.onNext(progress);
    }
  }

  private static void end(
      StreamObserver<RepublishResponse> out, AsyncResult<Void> done, AtomicBoolean gone) {
    if (gone.get()) {
      return;
    }
    if (done.succeeded()) {
      out.onCompleted();
    } else {
      Replies.fail(out, done.cause());
    }
  }
}
