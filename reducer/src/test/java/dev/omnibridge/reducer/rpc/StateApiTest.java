// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.rpc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import dev.omnibridge.api.log.v1.BridgeStateRow;
import dev.omnibridge.api.log.v1.WorkflowStateRow;
import dev.omnibridge.api.state.v1.GetBridgeStateRequest;
import dev.omnibridge.api.state.v1.GetWorkflowStateRequest;
import dev.omnibridge.api.state.v1.GetWorkflowStateResponse;
import dev.omnibridge.api.state.v1.ListBridgeStatesRequest;
import dev.omnibridge.api.state.v1.ListBridgeStatesResponse;
import dev.omnibridge.api.state.v1.StateServiceGrpc;
import dev.omnibridge.api.state.v1.StateSource;
import dev.omnibridge.reducer.fold.BridgeJson;
import dev.omnibridge.reducer.fold.BridgeState;
import dev.omnibridge.reducer.fold.Change;
import dev.omnibridge.reducer.fold.Fact;
import dev.omnibridge.reducer.fold.Heard;
import dev.omnibridge.reducer.fold.Phase;
import dev.omnibridge.reducer.fold.StreamKey;
import dev.omnibridge.reducer.fold.StreamView.Workflow;
import dev.omnibridge.reducer.fold.Tally;
import dev.omnibridge.reducer.fold.ViewJson;
import dev.omnibridge.reducer.fold.Windows;
import dev.omnibridge.reducer.store.StateStore;
import dev.omnibridge.reducer.store.ViewKey;
import dev.omnibridge.reducer.stream.Activity;
import dev.omnibridge.reducer.stream.LogModel;
import dev.omnibridge.reducer.stream.Progress;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Calls;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import io.grpc.MethodDescriptor;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StateApiTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final String RUN = "00000000-0000-7000-8000-000000000001";
  private static final StreamKey STREAM = new StreamKey("workflow", "default", RUN);

  private static final ViewKey KEY = new ViewKey("default", RUN);

  private final LogModel model = new LogModel();
  private final Progress progress = new Progress();
  private Vertx vertx;
  private Edge edge;

  @BeforeEach
  void setUp() {
    vertx = Vertx.vertx();
    edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));
    edge.offer(model.logService());
    edge.offer(model.indexService());
    var store = new StateStore(edge.peer(Peer.DB_ADAPTER), Windows.Shape.STANDARD);
    edge.offer(
        new StateApi(
            vertx.getOrCreateContext(), store, progress, new Activity(), Duration.ofMillis(100)));
  }

  @AfterEach
  void tearDown() throws Exception {
    edge.close().await(10, SECONDS);
    vertx.close().await(10, SECONDS);
  }

  @Test
  void shouldAnswerFromTheProjectionWhenItHasTheVersion() throws Exception {
    project(3, Phase.RUNNING);
    var answer = workflow(3);

    assertThat(answer.getSource()).isEqualTo(StateSource.STATE_SOURCE_PROJECTION);
    assertThat(answer.getState()).isEqualTo("RUNNING");
    assertThat(answer.getVersion()).isEqualTo(3);
    assertThat(answer.getStepsCompleted()).isEqualTo(2);
    assertThat(answer.getStepsDegraded()).isEqualTo(1);
  }

  @Test
  void shouldWaitForTheVersionThatIsDemanded() throws Exception {
    project(1, Phase.PENDING);
    vertx.setTimer(30, _ -> project(4, Phase.COMPLETED));
    var patient =
        GetWorkflowStateRequest.newBuilder()
            .setRunId(RUN)
            .setRequiredVersion(4)
            .setMaxWait(Durations.fromSeconds(10));
    var answer = call(StateServiceGrpc.getGetWorkflowStateMethod(), patient.build());

    assertThat(answer.getSource()).isEqualTo(StateSource.STATE_SOURCE_PROJECTION);
    assertThat(answer.getState()).isEqualTo("COMPLETED");
  }

  @Test
  void shouldFallBackToTheLogAndSaySoWhenTheProjectionIsLate() throws Exception {
    project(1, Phase.PENDING);
    record(new Fact.Started(), new Fact.Moved("PENDING", "RUNNING"), new Fact.StepEnded(true));
    record(new Fact.Moved("RUNNING", "FAILED"), new Fact.Ended(Phase.FAILED));
    var answer = workflow(5);

    assertThat(answer.getSource()).isEqualTo(StateSource.STATE_SOURCE_CANONICAL);
    assertThat(answer.getVersion()).isEqualTo(5);
    assertThat(answer.getState()).isEqualTo("FAILED");
    assertThat(answer.getStepsDegraded()).isEqualTo(1);
    assertThat(answer.getTransitionsList())
        .extracting(t -> t.getFromState() + ">" + t.getToState())
        .containsExactly(">PENDING", "PENDING>RUNNING", "RUNNING>FAILED");
  }

  @Test
  void shouldAnswerFromTheLogAtOnceWhenNothingIsProjectedAndNoVersionIsDemanded() throws Exception {
    record(new Fact.Started());
    var answer = workflow(0);
    assertThat(answer.getSource()).isEqualTo(StateSource.STATE_SOURCE_CANONICAL);
    assertThat(answer.getState()).isEqualTo("PENDING");
  }

  @Test
  void shouldGiveNoStaleAnswerForAVersionThatDoesNotExist() {
    record(new Fact.Started());
    assertThatThrownBy(() -> workflow(9))
        .isInstanceOfSatisfying(
            Fault.class,
            fault -> {
              assertThat(fault.reason()).isEqualTo("VERSION_NOT_REACHED");
              assertThat(fault.facts()).containsEntry("actual_version", "1");
            });
  }

  @Test
  void shouldSayThatThereIsNoSuchWorkflow() {
    assertThatThrownBy(() -> workflow(0))
        .isInstanceOfSatisfying(
            Fault.class, fault -> assertThat(fault.reason()).isEqualTo("WORKFLOW_NOT_FOUND"));
  }

  @Test
  void shouldGiveTheVersionOfTheProjectionWhenTheFirstEventsAreGone() {
    project(3, Phase.RUNNING);
    model.expired = true;
    assertThatThrownBy(() -> workflow(9))
        .isInstanceOfSatisfying(
            Fault.class,
            fault -> {
              assertThat(fault.reason()).isEqualTo("VERSION_NOT_REACHED");
              assertThat(fault.facts()).containsEntry("actual_version", "3");
            });
  }

  @Test
  void shouldNotTakeARunForMissingWhoseFirstEventsAreGone() {
    model.expired = true;
    assertThatThrownBy(() -> workflow(0))
        .isInstanceOfSatisfying(
            Fault.class, fault -> assertThat(fault.reason()).isEqualTo("EVENTS_EXPIRED"));
  }

  @Test
  void shouldForgetWhoWaitedHoweverTheReadEnded() throws Exception {
    var before = progress.next(KEY);
    model.unreadable = true;
    assertThatThrownBy(() -> workflow(3)).isInstanceOf(Fault.class);
    var afterFailure = progress.next(KEY);
    assertThat(afterFailure).isNotSameAs(before);

    model.unreadable = false;
    project(3, Phase.RUNNING);
    assertThat(workflow(3).getVersion()).isEqualTo(3);
    var afterAnswer = progress.next(KEY);
    assertThat(afterAnswer).isNotSameAs(afterFailure);

    assertThatThrownBy(() -> workflow(9)).isInstanceOf(Fault.class);
    assertThat(progress.next(KEY)).isNotSameAs(afterAnswer);
  }

  @Test
  void shouldTellWhatANamespaceAddsUpTo() throws Exception {
    bridge("default");
    var state =
        call(StateServiceGrpc.getGetBridgeStateMethod(), GetBridgeStateRequest.getDefaultInstance())
            .getState();

    assertThat(state.getNamespace()).isEqualTo("default");
    assertThat(state.getFsmState()).isEqualTo("idle");
    assertThat(state.getVersion()).isEqualTo(1);
    assertThat(state.getWorkflowsActive()).isEqualTo(1);
    assertThat(state.getTotalStamps()).isEqualTo(1);
    assertThat(state.getTotalSizeBytes()).isEqualTo(12);
    assertThat(state.getFileTypesMap()).containsEntry("txt", 1L);
    assertThat(state.getWindowsList()).hasSize(2);
    assertThat(Durations.toMillis(state.getMeanWorkflowDuration())).isEqualTo(250);
  }

  @Test
  void shouldSayThatNothingWasFoldedForANamespace() {
    var request = GetBridgeStateRequest.newBuilder().setNamespace("other").build();
    assertThatThrownBy(() -> call(StateServiceGrpc.getGetBridgeStateMethod(), request))
        .isInstanceOfSatisfying(
            Fault.class, fault -> assertThat(fault.reason()).isEqualTo("BRIDGE_STATE_NOT_FOUND"));
  }

  @Test
  void shouldPageThroughAllNamespaces() throws Exception {
    List.of("a", "b", "c").forEach(this::bridge);
    var first = list(ListBridgeStatesRequest.newBuilder().setPageSize(2).build());
    var rest =
        list(
            ListBridgeStatesRequest.newBuilder()
                .setPageSize(2)
                .setPageToken(first.getNextPageToken())
                .build());

    assertThat(first.getStatesList()).extracting("namespace").containsExactly("a", "b");
    assertThat(rest.getStatesList()).extracting("namespace").containsExactly("c");
    assertThat(rest.getNextPageToken()).isEmpty();
  }

  private ListBridgeStatesResponse list(ListBridgeStatesRequest request) throws Exception {
    return call(StateServiceGrpc.getListBridgeStatesMethod(), request);
  }

  private GetWorkflowStateResponse workflow(long version) throws Exception {
    return call(
        StateServiceGrpc.getGetWorkflowStateMethod(),
        GetWorkflowStateRequest.newBuilder().setRunId(RUN).setRequiredVersion(version).build());
  }

  private <Q, R> R call(MethodDescriptor<Q, R> method, Q request) throws Exception {
    return Calls.unary(edge.peer(Peer.REDUCER), method, request, Duration.ofSeconds(40))
        .await(45, SECONDS);
  }

  private void project(long version, Phase phase) {
    var view = new Workflow(version, phase, NOON, null, 2, 1, 0);
    model.views.put(
        RUN,
        WorkflowStateRow.newBuilder()
            .setNamespace("default")
            .setRunId(RUN)
            .setVersion(version)
            .setState(ViewJson.state(view))
            .setData(ByteString.copyFromUtf8(ViewJson.write(view).toString()))
            .build());
  }

  private void record(Fact... facts) {
    for (Fact fact : facts) {
      model.record(new Heard(STREAM, model.recorded(STREAM) + 1, NOON, fact));
    }
  }

  private void bridge(String namespace) {
    var state =
        BridgeState.none(namespace, Windows.Shape.STANDARD)
            .after(
                List.of(
                    new Tally(NOON, new Change.Began()),
                    new Tally(NOON, new Change.Added(12, "txt")),
                    new Tally(NOON, new Change.Lasted(Duration.ofMillis(250)))));
    model.bridges.put(
        namespace,
        BridgeStateRow.newBuilder()
            .setNamespace(namespace)
            .setVersion(1)
            .setFsmState("idle")
            .setState(ByteString.copyFromUtf8(BridgeJson.write(state).toString()))
            .build());
  }
}
