// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.workflow.v1.GetWorkflowRequest;
import dev.omnibridge.api.workflow.v1.GetWorkflowResponse;
import dev.omnibridge.api.workflow.v1.ListWorkflowsRequest;
import dev.omnibridge.api.workflow.v1.ListWorkflowsResponse;
import dev.omnibridge.api.workflow.v1.SubmitWorkflowRequest;
import dev.omnibridge.api.workflow.v1.SubmitWorkflowResponse;
import dev.omnibridge.api.workflow.v1.WaitWorkflowRequest;
import dev.omnibridge.api.workflow.v1.WaitWorkflowResponse;
import dev.omnibridge.api.workflow.v1.WatchWorkflowRequest;
import dev.omnibridge.api.workflow.v1.WatchWorkflowResponse;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.api.workflow.v1.WorkflowError;
import dev.omnibridge.api.workflow.v1.WorkflowServiceGrpc.WorkflowServiceImplBase;
import dev.omnibridge.api.workflow.v1.WorkflowState;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** The other side of the wire, which fails exactly when and how a test wants it to. */
public final class FakeOrchestrator extends WorkflowServiceImplBase implements AutoCloseable {
  public static final String RUN = "01931b2e-0000-7000-8000-000000000001";

  public final List<SubmitWorkflowRequest> submitted = new CopyOnWriteArrayList<>();
  public final List<ListWorkflowsRequest> listed = new CopyOnWriteArrayList<>();
  public final List<WatchWorkflowRequest> watched = new CopyOnWriteArrayList<>();
  public final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
  public final Queue<ListWorkflowsResponse> pages = new ConcurrentLinkedQueue<>();
  public volatile WorkflowState state = WorkflowState.WORKFLOW_STATE_COMPLETED;

  /** Versions after which a watch breaks with UNAVAILABLE, once each. */
  public final Queue<Long> breaks = new ConcurrentLinkedQueue<>();

  private final Server server;

  /** One with more services in its process. */
  public FakeOrchestrator(BindableService... others) throws IOException {
    var builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(this);
    for (BindableService other : others) {
      builder.addService(other);
    }
    server = builder.build().start();
  }

  public String address() {
    return "127.0.0.1:" + server.getPort();
  }

  public static Workflow workflow(String id, WorkflowState state) {
    var workflow =
        Workflow.newBuilder()
            .setNamespace("default")
            .setWorkflowId(id)
            .setRunId(RUN)
            .setWorkflowType("examples/hello")
            .setState(state)
            .setVersion(3)
            .setCreateTime(Amounts.timestamp(TestSetting.NOON))
            .setEndTime(Amounts.timestamp(TestSetting.NOON.plusMillis(1_234)))
            .setStepsExecuted(2);
    if (state == WorkflowState.WORKFLOW_STATE_COMPLETED) {
      workflow.setOutput("{\"greeting\":\"Hello\"}");
    }
    if (state == WorkflowState.WORKFLOW_STATE_FAILED) {
      workflow.setError(
          WorkflowError.newBuilder()
              .setTitle("Expression")
              .setStatus(400)
              .setInstance("/do/0/greet")
              .setDetail("null has no name"));
    }
    return workflow.build();
  }

  @Override
  public void submitWorkflow(
      SubmitWorkflowRequest request, StreamObserver<SubmitWorkflowResponse> out) {
    submitted.add(request);
    if (!failed(out)) {
      answer(
          out,
          SubmitWorkflowResponse.newBuilder()
              .setWorkflow(workflow("w-1", WorkflowState.WORKFLOW_STATE_RUNNING))
              .build());
    }
  }

  @Override
  public void getWorkflow(GetWorkflowRequest request, StreamObserver<GetWorkflowResponse> out) {
    if (!failed(out)) {
      answer(
          out,
          GetWorkflowResponse.newBuilder()
              .setWorkflow(workflow(request.getKey().getId(), state))
              .build());
    }
  }

  @Override
  public void waitWorkflow(WaitWorkflowRequest request, StreamObserver<WaitWorkflowResponse> out) {
    boolean finished = state != WorkflowState.WORKFLOW_STATE_RUNNING;
    answer(
        out,
        WaitWorkflowResponse.newBuilder()
            .setWorkflow(workflow("w-1", state))
            .setFinished(finished)
            .build());
  }

  @Override
  public void listWorkflows(
      ListWorkflowsRequest request, StreamObserver<ListWorkflowsResponse> out) {
    listed.add(request);
    if (!failed(out)) {
      var page = pages.poll();
      answer(out, page == null ? ListWorkflowsResponse.getDefaultInstance() : page);
    }
  }

  @Override
  public void watchWorkflow(
      WatchWorkflowRequest request, StreamObserver<WatchWorkflowResponse> out) {
    watched.add(request);
    Long last = breaks.poll();
    for (long version = request.getAfterVersion() + 1; version <= 4; version++) {
      out.onNext(WatchWorkflowResponse.newBuilder().setEvent(event(version)).build());
      if (last != null && version == last) {
        out.onError(Statuses.toException(Fault.unavailable("GONE", "The node goes down.", null)));
        return;
      }
    }
    out.onCompleted();
  }

  public static RecordedEvent event(long version) {
    return RecordedEvent.newBuilder()
        .setEventId("01931b2e-0000-7000-8000-00000000000" + version)
        .setStream(StreamName.newBuilder().setKind("workflow").setNamespace("default").setId(RUN))
        .setVersion(version)
        .setType("dev.omnibridge.workflow.step-completed.v1")
        .setOccurredAt(Amounts.timestamp(TestSetting.NOON))
        .setBody(
            ByteString.copyFromUtf8(
                "{\"payload\":{\"step_id\":\"/do/%d/greet\",\"status\":\"completed\"}}"
                    .formatted(version)))
        .build();
  }

  private boolean failed(StreamObserver<?> out) {
    Fault fault = faults.poll();
    if (fault != null) {
      out.onError(Statuses.toException(fault));
    }
    return fault != null;
  }

  private static <R> void answer(StreamObserver<R> out, R response) {
    out.onNext(response);
    out.onCompleted();
  }

  /** It answers nobody any more when this returns. */
  @Override
  public void close() {
    try {
      if (!server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the server has not ended after 10 s");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }
}
