// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.client;

import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.ReadStreamRequest;
import dev.omnibridge.api.workflow.v1.GetWorkflowRequest;
import dev.omnibridge.api.workflow.v1.SubmitWorkflowRequest;
import dev.omnibridge.api.workflow.v1.SubmitWorkflowResponse;
import dev.omnibridge.api.workflow.v1.WaitWorkflowRequest;
import dev.omnibridge.api.workflow.v1.WaitWorkflowResponse;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.api.workflow.v1.WorkflowKey;
import dev.omnibridge.api.workflow.v1.WorkflowServiceGrpc;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Peer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What the command asks of the orchestrator, and of the log about its runs. */
public final class Workflows {
  private static final Duration WAIT_SLICE = Duration.ofSeconds(2);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);

  private final Client client;

  public Workflows(Client client) {
    this.client = client;
  }

  /** The name of a workflow, or of a run, in a namespace. */
  public static WorkflowKey key(String namespace, String id) {
    return WorkflowKey.newBuilder().setNamespace(namespace).setId(id).build();
  }

  /** The stream that holds a run's events. */
  public static StreamName stream(Workflow workflow) {
    return StreamName.newBuilder()
        .setKind("workflow")
        .setNamespace(workflow.getNamespace())
        .setId(workflow.getRunId())
        .build();
  }

  /** True once no further event can follow. */
  public static boolean isFinished(Workflow workflow) {
    return switch (workflow.getState()) {
      case WORKFLOW_STATE_COMPLETED,
          WORKFLOW_STATE_FAILED,
          WORKFLOW_STATE_CANCELLED,
          WORKFLOW_STATE_TERMINATED ->
          true;
      case WORKFLOW_STATE_UNSPECIFIED,
          WORKFLOW_STATE_PENDING,
          WORKFLOW_STATE_RUNNING,
          WORKFLOW_STATE_WAITING,
          WORKFLOW_STATE_PAUSED,
          UNRECOGNIZED ->
          false;
    };
  }

  public SubmitWorkflowResponse submit(SubmitWorkflowRequest request) {
    return client.call(Peer.ORCHESTRATOR, WorkflowServiceGrpc.getSubmitWorkflowMethod(), request);
  }

  public Workflow get(WorkflowKey key) {
    var request = GetWorkflowRequest.newBuilder().setKey(key).build();
    return client
        .call(Peer.ORCHESTRATOR, WorkflowServiceGrpc.getGetWorkflowMethod(), request)
        .getWorkflow();
  }

  /**
   * The finished workflow; TIMEOUT (NOT_FINISHED) when the limit is over first. Meanwhile it is
   * shown.
   */
  public Workflow await(WorkflowKey key, Duration limit, Consumer<Workflow> meanwhile) {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      long left = Math.max(0, end - System.nanoTime());
      Duration slice = Duration.ofNanos(Math.min(left, WAIT_SLICE.toNanos()));
      WaitWorkflowResponse answer = awaitAnywhere(key, slice, left > 0);
      if (answer.getFinished()) {
        return answer.getWorkflow();
      }
      if (left == 0) {
        throw Fault.of(
            Fault.Kind.TIMEOUT,
            "NOT_FINISHED",
            "%s has not ended within %d s and goes on; follow it with ./bridge watch %s."
                .formatted(key.getId(), limit.toSeconds(), key.getId()));
      }
      if (answer.hasWorkflow()) {
        meanwhile.accept(answer.getWorkflow());
      }
    }
  }

  /** A process that falls silent is passed over by the next question, if there is to be one. */
  private WaitWorkflowResponse awaitAnywhere(WorkflowKey key, Duration slice, boolean again) {
    try {
      return await(key, slice);
    } catch (Fault fault) {
      if (again && fault.is("GRPC_DEADLINE_EXCEEDED")) {
        return WaitWorkflowResponse.getDefaultInstance();
      }
      throw fault;
    }
  }

  private WaitWorkflowResponse await(WorkflowKey key, Duration slice) {
    var request =
        WaitWorkflowRequest.newBuilder()
            .setKey(key)
            .setMaxWait(com.google.protobuf.util.Durations.fromNanos(slice.toNanos()))
            .build();
    return client.call(
        Peer.ORCHESTRATOR,
        WorkflowServiceGrpc.getWaitWorkflowMethod(),
        request,
        slice.plus(ANSWER_LIMIT));
  }

  /** All events of a stream with a greater version, in order. */
  public List<RecordedEvent> events(StreamName stream, long afterVersion) {
    var events = new ArrayList<RecordedEvent>();
    long after = afterVersion;
    while (true) {
      var request = ReadStreamRequest.newBuilder().setStream(stream).setAfterVersion(after).build();
      var page = client.call(Peer.DB_ADAPTER, LogServiceGrpc.getReadStreamMethod(), request);
      events.addAll(page.getEventsList());
      if (page.getEventsCount() == 0
          || page.getEventsList().getLast().getVersion() >= page.getHeadVersion()) {
        return events;
      }
      after = page.getEventsList().getLast().getVersion();
    }
  }
}
