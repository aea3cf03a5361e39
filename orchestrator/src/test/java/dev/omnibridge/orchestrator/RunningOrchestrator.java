// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator;

import dev.omnibridge.api.workflow.v1.GetWorkflowRequest;
import dev.omnibridge.api.workflow.v1.SubmitWorkflowRequest;
import dev.omnibridge.api.workflow.v1.SubmitWorkflowResponse;
import dev.omnibridge.api.workflow.v1.WaitWorkflowRequest;
import dev.omnibridge.api.workflow.v1.WaitWorkflowResponse;
import dev.omnibridge.api.workflow.v1.WatchWorkflowRequest;
import dev.omnibridge.api.workflow.v1.WatchWorkflowResponse;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.api.workflow.v1.WorkflowKey;
import dev.omnibridge.api.workflow.v1.WorkflowServiceGrpc;
import dev.omnibridge.api.workflow.v1.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import dev.omnibridge.dbadapter.DbAdapterConfig;
import dev.omnibridge.dbadapter.DbAdapterVerticle;
import dev.omnibridge.runtime.Env;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.testkit.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** An orchestrator with the real log on a database, and scripted services to call. */
final class RunningOrchestrator implements AutoCloseable {
  private static final int LIMIT_SECONDS = 60;

  /** A call that is late on a busy machine is an event more; what is not about that has time. */
  private static final Map<String, String> PATIENT =
      Map.of(
          "ORCHESTRATOR_STAMPING_TIMEOUT", "60s",
          "ORCHESTRATOR_INTELLIGENCE_TIMEOUT", "60s");

  static final String HEAD =
      "document: {dsl: '1.0.0', namespace: tests, name: sample, version: '1.0.0'}\n";

  final ScriptedServices services = new ScriptedServices();
  private final Vertx vertx = Vertx.vertx();
  private final Edge edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));

  private RunningOrchestrator() {}

  /** The variables are set besides those of a patient orchestrator. */
  static RunningOrchestrator start(TestPostgres.Database database, Map<String, String> variables) {
    var running = new RunningOrchestrator();
    var all = new HashMap<>(PATIENT);
    all.putAll(variables);
    running.services.offerTo(running.edge);
    running.deploy(new DbAdapterVerticle(logConfig(database), running.edge));
    running.deploy(new OrchestratorVerticle(OrchestratorConfig.from(Env.of(all)), running.edge));
    return running;
  }

  private void deploy(io.vertx.core.Deployable verticle) {
    var unused = vertx.deployVerticle(verticle).timeout(LIMIT_SECONDS, TimeUnit.SECONDS).await();
  }

  private static DbAdapterConfig logConfig(TestPostgres.Database database) {
    return DbAdapterConfig.from(
        Env.of(
            Map.of(
                "OMNIBRIDGE_ENVIRONMENT", "test",
                "KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1",
                "DB_ADAPTER_INBOX", "false",
                "PGHOST", database.host(),
                "PGPORT", Integer.toString(database.port()),
                "PGUSER", database.user(),
                "PGPASSWORD", database.password(),
                "PGDATABASE", database.name())));
  }

  WorkflowServiceBlockingStub client() {
    return WorkflowServiceGrpc.newBlockingStub(edge.peer(Peer.ORCHESTRATOR))
        .withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  io.grpc.Channel channel() {
    return edge.peer(Peer.ORCHESTRATOR);
  }

  SubmitWorkflowResponse submit(String id, String tasks, String input) {
    return client()
        .submitWorkflow(
            SubmitWorkflowRequest.newBuilder()
                .setWorkflowId(id)
                .setDefinition(HEAD + tasks)
                .setInput(input)
                .build());
  }

  static WorkflowKey key(String id) {
    return WorkflowKey.newBuilder().setId(id).build();
  }

  Workflow await(String id) {
    return client()
        .waitWorkflow(WaitWorkflowRequest.newBuilder().setKey(key(id)).build())
        .getWorkflow();
  }

  /** Not longer than 1.5 s, and what is known then. */
  WaitWorkflowResponse waitAWhile(String id) {
    return client()
        .waitWorkflow(
            WaitWorkflowRequest.newBuilder()
                .setKey(key(id))
                .setMaxWait(
                    com.google.protobuf.Duration.newBuilder().setSeconds(1).setNanos(500_000_000))
                .build());
  }

  Workflow get(String id) {
    return client()
        .getWorkflow(GetWorkflowRequest.newBuilder().setKey(key(id)).build())
        .getWorkflow();
  }

  /** All events of a finished run; of an unfinished one, until it has ended. */
  List<WatchWorkflowResponse> watch(String id, long afterVersion) {
    List<WatchWorkflowResponse> events = new ArrayList<>();
    client()
        .watchWorkflow(
            WatchWorkflowRequest.newBuilder().setKey(key(id)).setAfterVersion(afterVersion).build())
        .forEachRemaining(events::add);
    return events;
  }

  List<String> types(String id) {
    return watch(id, 0).stream()
        .map(event -> event.getEvent().getType().replace("dev.omnibridge.workflow.", ""))
        .toList();
  }

  /** Takes the way to the log away, for good: what this process knows is of no use any more. */
  void abandon() {
    ended(edge.close());
  }

  @Override
  public void close() {
    ended(edge.close());
    ended(vertx.close());
  }

  private static void ended(Future<?> future) {
    CompletableFuture<?> end = future.toCompletionStage().toCompletableFuture();
    var unused = end.orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
  }
}
