// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.rpc;

import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.workflow.v1.NodeServiceGrpc;
import dev.omnibridge.api.workflow.v1.WatchHereRequest;
import dev.omnibridge.api.workflow.v1.WatchHereResponse;
import dev.omnibridge.api.workflow.v1.WatchWorkflowRequest;
import dev.omnibridge.orchestrator.run.RunKey;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.vertx.core.Context;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The events of a run as its owner sends them, one at a time: the next is asked for when the one
 * before has been used. It may end at any time; then the log has the rest. Used on one context.
 */
final class Following
    implements ClientResponseObserver<WatchHereRequest, WatchHereResponse>, AutoCloseable {
  /** Longer than anybody watches without being asked again. */
  private static final long LIMIT_HOURS = 1;

  private final Context context;
  private final Consumer<RecordedEvent> events;
  private @Nullable ClientCallStreamObserver<WatchHereRequest> call;
  private boolean asked = true;
  private boolean ended;

  private Following(Context context, Consumer<RecordedEvent> events) {
    this.context = context;
    this.events = events;
  }

  static Following start(
      Channel owner, RunKey key, long after, Context context, Consumer<RecordedEvent> events) {
    var following = new Following(context, events);
    var watch =
        WatchWorkflowRequest.newBuilder().setKey(LocalCalls.key(key)).setAfterVersion(after);
    io.grpc.Context.ROOT.run(() ->
        ClientCalls.asyncServerStreamingCall(
            owner.newCall(
                NodeServiceGrpc.getWatchHereMethod(),
                CallOptions.DEFAULT.withDeadlineAfter(LIMIT_HOURS, TimeUnit.HOURS)),
            WatchHereRequest.newBuilder().setCall(watch).build(),
            following));
    return following;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<WatchHereRequest> started) {
    call = started;
    started.disableAutoRequestWithInitial(1);
  }

  @Override
  public void onNext(WatchHereResponse next) {
    context.runOnContext(_ -> {
      asked = false;
      if (!ended) {
        events.accept(next.getAnswer().getEvent());
      }
    });
  }

  /** Asks for the next event, unless that was done. */
  void more() {
    if (call != null && !ended && !asked) {
      asked = true;
      call.request(1);
    }
  }

  /** True once nothing more comes. */
  boolean ended() {
    return ended;
  }

  @Override
  public void onError(Throwable failure) {
    context.runOnContext(_ -> ended = true);
  }

  @Override
  public void onCompleted() {
    context.runOnContext(_ -> ended = true);
  }

  @Override
  public void close() {
    if (call != null && !ended) {
      ended = true;
      call.cancel("no longer watched", null);
    }
  }
}
