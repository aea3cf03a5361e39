// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.log.v1.GetDefinitionRequest;
import dev.omnibridge.api.log.v1.GetWorkflowRowRequest;
import dev.omnibridge.api.log.v1.IndexServiceGrpc;
import dev.omnibridge.api.log.v1.ListDueRequest;
import dev.omnibridge.api.log.v1.ListUnfinishedRequest;
import dev.omnibridge.api.log.v1.ListWorkflowRowsRequest;
import dev.omnibridge.api.log.v1.ListWorkflowRowsResponse;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.ReadStreamRequest;
import dev.omnibridge.api.log.v1.ReadStreamResponse;
import dev.omnibridge.api.log.v1.StoredWorkflow;
import dev.omnibridge.orchestrator.run.EventLog;
import dev.omnibridge.orchestrator.run.RunKey;
import dev.omnibridge.orchestrator.workflow.Workflow;
import dev.omnibridge.orchestrator.workflow.WorkflowEventCodec;
import dev.omnibridge.orchestrator.workflow.WorkflowRules;
import dev.omnibridge.orchestrator.workflow.WorkflowSnapshotCodec;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.event.Envelope;
import dev.omnibridge.runtime.resilience.Breaker;
import dev.omnibridge.runtime.rpc.Calls;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** The log and its index, over gRPC: every call has a deadline and goes through one breaker. */
public final class WorkflowLog implements EventLog {
  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(200)
                      .maxStringLength(4 * 1024 * 1024)
                      .build())
              .build());

  private final Channel log;
  private final Duration limit;
  private final Breaker breaker;

  public WorkflowLog(Channel log, Duration limit) {
    this.log = log;
    this.limit = limit;
    this.breaker = new Breaker("db-adapter", Breaker.Settings.forStore());
  }

  /** False while the log has failed again and again, and is not or hardly called. */
  public boolean available() {
    return breaker.closed();
  }

  /** Asks the log how it is, as a call like any other: so a log that is back is noticed. */
  public Future<Void> probe() {
    var request = HealthCheckRequest.newBuilder().setService(LogServiceGrpc.SERVICE_NAME).build();
    return call(HealthGrpc.getCheckMethod(), request, limit).mapEmpty();
  }

  @Override
  public CompletionStage<Void> append(Append append) {
    return Future.succeededFuture(append)
        .map(Appends::request)
        .recover(unwritable -> Future.failedFuture(Fault.broken(unwritable)))
        .compose(request -> call(LogServiceGrpc.getAppendMethod(), request, limit))
        .<Void>mapEmpty()
        .toCompletionStage();
  }

  @Override
  public CompletionStage<Loaded> load(RunKey key) {
    return read(key, 0, true).compose(page -> rest(key, page, start(page))).toCompletionStage();
  }

  private static Loaded start(ReadStreamResponse page) {
    if (!page.hasSnapshot()) {
      return new Loaded(new Workflow.Absent(), 0, 0);
    }
    String text = page.getSnapshot().getState().toStringUtf8();
    Workflow state = WorkflowSnapshotCodec.decode(page.getSnapshot().getSchema(), json(text));
    return new Loaded(state, page.getSnapshotVersion(), page.getSnapshotVersion());
  }

  private Future<Loaded> rest(RunKey key, ReadStreamResponse page, Loaded before) {
    Workflow state = before.workflow();
    long version = before.version();
    for (RecordedEvent event : page.getEventsList()) {
      JsonNode payload = Envelope.parse(event.getBody().toByteArray()).payload();
      state = WorkflowRules.evolve(state, WorkflowEventCodec.decode(event.getType(), payload));
      version = event.getVersion();
    }
    Loaded loaded = new Loaded(state, version, before.snapshotVersion());
    return version >= page.getHeadVersion()
        ? Future.succeededFuture(loaded)
        : read(key, version, false).compose(next -> rest(key, next, loaded));
  }

  /** Events of a run with a greater version. */
  public Future<ReadStreamResponse> events(RunKey key, long afterVersion) {
    return read(key, afterVersion, false);
  }

  private Future<ReadStreamResponse> read(RunKey key, long afterVersion, boolean fromSnapshot) {
    ReadStreamRequest request =
        ReadStreamRequest.newBuilder()
            .setStream(Appends.stream(key.namespace(), key.runId()))
            .setAfterVersion(afterVersion)
            .setFromSnapshot(fromSnapshot)
            .build();
    return call(LogServiceGrpc.getReadStreamMethod(), request, limit);
  }

  @Override
  public CompletionStage<String> definition(String hash) {
    GetDefinitionRequest request =
        GetDefinitionRequest.newBuilder().setDefinitionHash(hash).build();
    return call(IndexServiceGrpc.getGetDefinitionMethod(), request, limit)
        .map(found -> found.getDefinition().getDocument().toString(StandardCharsets.UTF_8))
        .toCompletionStage();
  }

  @Override
  public CompletionStage<List<Pointer>> unfinished(
      Set<Integer> shards, String afterRunId, int pageSize) {
    ListUnfinishedRequest request =
        ListUnfinishedRequest.newBuilder()
            .addAllShards(shards)
            .setAfterRunId(afterRunId)
            .setPageSize(pageSize)
            .build();
    return call(IndexServiceGrpc.getListUnfinishedMethod(), request, limit)
        .map(page -> pointers(page.getWorkflowsList()))
        .toCompletionStage();
  }

  @Override
  public CompletionStage<Page> due(Set<Integer> shards, String token, int pageSize) {
    ListDueRequest request =
        ListDueRequest.newBuilder()
            .addAllShards(shards)
            .setPageSize(pageSize)
            .setPageToken(token)
            .build();
    return call(IndexServiceGrpc.getListDueMethod(), request, limit)
        .map(page -> new Page(pointers(page.getWorkflowsList()), page.getNextPageToken()))
        .toCompletionStage();
  }

  private static List<Pointer> pointers(List<StoredWorkflow> rows) {
    return rows.stream()
        .map(StoredWorkflow::getRow)
        .map(row ->
            new Pointer(
                new RunKey(row.getNamespace(), row.getRunId()),
                row.getVersion(),
                row.getState(),
                row.hasDueIn()
                    ? Duration.ofSeconds(row.getDueIn().getSeconds(), row.getDueIn().getNanos())
                    : null))
        .toList();
  }

  /** A run by its id. NOT_FOUND otherwise. */
  public Future<StoredWorkflow> byRunId(String namespace, String runId, Duration within) {
    return row(GetWorkflowRowRequest.newBuilder().setNamespace(namespace).setRunId(runId), within);
  }

  /** The current run of a workflow. NOT_FOUND otherwise. */
  public Future<StoredWorkflow> byWorkflowId(String namespace, String workflowId, Duration within) {
    return row(
        GetWorkflowRowRequest.newBuilder().setNamespace(namespace).setWorkflowId(workflowId),
        within);
  }

  private Future<StoredWorkflow> row(GetWorkflowRowRequest.Builder request, Duration within) {
    return call(IndexServiceGrpc.getGetWorkflowRowMethod(), request.build(), within)
        .map(found -> found.getWorkflow());
  }

  /** A page of runs. */
  public Future<ListWorkflowRowsResponse> list(ListWorkflowRowsRequest request, Duration within) {
    return call(IndexServiceGrpc.getListWorkflowRowsMethod(), request, within);
  }

  private <Q, R> Future<R> call(MethodDescriptor<Q, R> method, Q request, Duration within) {
    Duration deadline = within.compareTo(limit) < 0 ? within : limit;
    return breaker
        .call(() -> Calls.unary(log, method, request, deadline), Statuses::faultOf)
        .recover(failure -> Future.failedFuture(judged(Statuses.faultOf(failure))));
  }

  /** What finds out whether the log is back, and cannot be sent, fares like all the others. */
  private Fault judged(Fault fault) {
    boolean unsent = "false".equals(fault.facts().get(Fault.SENT));
    return unsent && !breaker.closed() ? breaker.refusal() : fault;
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException damaged) {
      throw Fault.broken(damaged);
    }
  }
}
