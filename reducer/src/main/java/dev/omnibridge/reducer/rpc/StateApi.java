// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.rpc;

import dev.omnibridge.api.log.v1.GetWorkflowStatesResponse;
import dev.omnibridge.api.state.v1.GetBridgeStateRequest;
import dev.omnibridge.api.state.v1.GetBridgeStateResponse;
import dev.omnibridge.api.state.v1.GetWorkflowStateRequest;
import dev.omnibridge.api.state.v1.GetWorkflowStateResponse;
import dev.omnibridge.api.state.v1.ListBridgeStatesRequest;
import dev.omnibridge.api.state.v1.ListBridgeStatesResponse;
import dev.omnibridge.api.state.v1.StateServiceGrpc;
import dev.omnibridge.reducer.fold.BridgeState;
import dev.omnibridge.reducer.fold.StreamView.Workflow;
import dev.omnibridge.reducer.store.CanonicalState;
import dev.omnibridge.reducer.store.StateStore;
import dev.omnibridge.reducer.store.ViewKey;
import dev.omnibridge.reducer.stream.Activity;
import dev.omnibridge.reducer.stream.Progress;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.runtime.rpc.Replies;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Answers what the stream adds up to. An answer shows at least the version that was demanded and
 * says where it came from: the projection, or after a wait the log itself.
 */
public final class StateApi extends StateServiceGrpc.StateServiceImplBase {
  private static final String DEFAULT_NAMESPACE = "default";
  private static final long LOOK_AGAIN_MILLIS = 20;

  private final Context context;
  private final StateStore store;
  private final Progress progress;
  private final Activity activity;
  private final Duration maxWait;

  public StateApi(
      Context context, StateStore store, Progress progress, Activity activity, Duration maxWait) {
    this.context = context;
    this.store = store;
    this.progress = progress;
    this.activity = activity;
    this.maxWait = maxWait;
  }

  /** A question for a workflow: which one, at which version, and until when it may wait. */
  private record Wanted(ViewKey key, long version, long deadlineNanos) {
    long leftMillis() {
      return TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
    }
  }

  @Override
  public void getWorkflowState(
      GetWorkflowStateRequest request, StreamObserver<GetWorkflowStateResponse> out) {
    Replies.unary(context, out, scope -> answerOnce(wanted(request, scope)));
  }

  /** However it ends, nobody waits for the view any more then. */
  private Future<GetWorkflowStateResponse> answerOnce(Wanted wanted) {
    return answer(wanted).onComplete(_ -> progress.forget(wanted.key()));
  }

  private Wanted wanted(GetWorkflowStateRequest request, CallScope scope) {
    Duration asked =
        request.hasMaxWait()
            ? Duration.ofSeconds(request.getMaxWait().getSeconds(), request.getMaxWait().getNanos())
            : maxWait;
    return new Wanted(
        new ViewKey(namespace(request.getNamespace()), request.getRunId()),
        request.getRequiredVersion(),
        System.nanoTime() + scope.within(asked).toNanos());
  }

  private static String namespace(String asked) {
    return asked.isEmpty() ? DEFAULT_NAMESPACE : asked;
  }

  /** Asks to be told of progress before it looks, so that no commit falls in between. */
  private Future<GetWorkflowStateResponse> answer(Wanted wanted) {
    Promise<Void> moved = ((ContextInternal) context).promise();
    progress.next(wanted.key()).onComplete(moved);
    return store
        .states(wanted.key().namespace(), List.of(wanted.key().id()))
        .compose(found -> answer(wanted, found, moved.future()));
  }

  private Future<GetWorkflowStateResponse> answer(
      Wanted wanted, GetWorkflowStatesResponse found, Future<Void> moved) {
    Optional<GetWorkflowStateResponse> projected = projected(wanted, found);
    if (projected.isPresent()) {
      return Future.succeededFuture(projected.get());
    }
    long left = wanted.leftMillis();
    if (wanted.version() == 0 || left <= 0) {
      return canonical(wanted, found);
    }
    // Another reducer may own the partition; only looking again tells of its commits.
    var timer = context.owner().timer(Math.min(left, LOOK_AGAIN_MILLIS), TimeUnit.MILLISECONDS);
    return Future.any(moved, timer)
        .transform(_ -> Future.succeededFuture(timer.cancel()))
        .compose(_ -> answer(wanted));
  }

  /** Empty unless the projection has the workflow at the version, or at a later one. */
  private static Optional<GetWorkflowStateResponse> projected(
      Wanted wanted, GetWorkflowStatesResponse found) {
    return found.getStatesList().stream()
        .filter(row -> row.getVersion() >= wanted.version())
        .filter(row -> StateStore.view(row) instanceof Workflow)
        .findFirst()
        .map(row ->
            Answers.projection(row, (Workflow) StateStore.view(row), found.getTransitionsList()));
  }

  private Future<GetWorkflowStateResponse> canonical(
      Wanted wanted, GetWorkflowStatesResponse projection) {
    return CanonicalState.read(store, ViewKey.run(wanted.key().namespace(), wanted.key().id()))
        .recover(failure -> Future.failedFuture(told(failure, wanted, projection)))
        .compose(state -> reached(state, wanted))
        .map(state -> Answers.canonical(wanted.key().id(), state));
  }

  /** Of a run whose first events are gone the projection is all that is left. */
  private static Throwable told(
      Throwable failure, Wanted wanted, GetWorkflowStatesResponse projection) {
    if (!(failure instanceof Fault fault)) {
      return failure;
    }
    if (fault.is("EVENTS_EXPIRED") && projection.getStatesCount() > 0) {
      return notReached(wanted, projection.getStates(0).getVersion());
    }
    return fault.is("STREAM_NOT_FOUND") ? notFound(wanted) : fault;
  }

  private static Fault notFound(Wanted wanted) {
    return Fault.notFound(
            "WORKFLOW_NOT_FOUND",
            "There is no workflow run %s in namespace %s."
                .formatted(wanted.key().id(), wanted.key().namespace()))
        .with("run_id", wanted.key().id())
        .with("namespace", wanted.key().namespace());
  }

  /** Even the log may be short of a version that somebody made up: then there is no true answer. */
  private static Future<CanonicalState> reached(CanonicalState state, Wanted wanted) {
    return state.view().version() >= wanted.version()
        ? Future.succeededFuture(state)
        : Future.failedFuture(notReached(wanted, state.view().version()));
  }

  private static Fault notReached(Wanted wanted, long actual) {
    return Fault.of(
            Kind.OUT_OF_RANGE,
            "VERSION_NOT_REACHED",
            "The run is at version %d; version %d does not exist yet."
                .formatted(actual, wanted.version()))
        .with("run_id", wanted.key().id())
        .with("required_version", wanted.version())
        .with("actual_version", actual);
  }

  @Override
  public void getBridgeState(
      GetBridgeStateRequest request, StreamObserver<GetBridgeStateResponse> out) {
    String namespace = namespace(request.getNamespace());
    Replies.unary(
        context,
        out,
        _ ->
            store
                .bridge(namespace)
                .map(found -> found.orElseThrow(() -> nothingFolded(namespace)))
                .map(state -> GetBridgeStateResponse.newBuilder().setState(told(state)).build()));
  }

  private static Fault nothingFolded(String namespace) {
    return Fault.notFound(
            "BRIDGE_STATE_NOT_FOUND", "Nothing was folded for namespace " + namespace + " yet.")
        .with("namespace", namespace);
  }

  @Override
  public void listBridgeStates(
      ListBridgeStatesRequest request, StreamObserver<ListBridgeStatesResponse> out) {
    Replies.unary(
        context,
        out,
        _ -> store.bridges(request.getPageSize(), request.getPageToken()).map(this::told));
  }

  private ListBridgeStatesResponse told(dev.omnibridge.api.log.v1.ListBridgeStatesResponse page) {
    var answer = ListBridgeStatesResponse.newBuilder().setNextPageToken(page.getNextPageToken());
    page.getStatesList().forEach(row -> answer.addStates(told(store.bridge(row))));
    return answer.build();
  }

  private dev.omnibridge.api.state.v1.BridgeState told(BridgeState state) {
    return Answers.bridge(state, activity.phase(state.namespace()));
  }
}
