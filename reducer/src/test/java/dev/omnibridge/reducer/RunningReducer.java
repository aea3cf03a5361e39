// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.StreamAppend;
import dev.omnibridge.api.state.v1.BridgeState;
import dev.omnibridge.api.state.v1.GetBridgeStateRequest;
import dev.omnibridge.api.state.v1.GetWorkflowStateRequest;
import dev.omnibridge.api.state.v1.GetWorkflowStateResponse;
import dev.omnibridge.api.state.v1.StateServiceGrpc;
import dev.omnibridge.dbadapter.DbAdapterConfig;
import dev.omnibridge.dbadapter.DbAdapterVerticle;
import dev.omnibridge.reducer.fold.Heard;
import dev.omnibridge.reducer.fold.StreamKey;
import dev.omnibridge.reducer.stream.Records;
import dev.omnibridge.runtime.Env;
import dev.omnibridge.runtime.rpc.Calls;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.testkit.TestKafka;
import dev.omnibridge.testkit.TestPostgres;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A real db-adapter on a database of its own, with as many real reducers as the test deploys. */
final class RunningReducer {
  private static final int LIMIT_SECONDS = 60;

  private final Map<String, String> variables = new HashMap<>();
  private final Vertx vertx = Vertx.vertx();
  private final Edge edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));
  private final int port;
  private final List<Node> nodes = new ArrayList<>();
  private Node asked = new Node(vertx, edge);

  RunningReducer(Map<String, String> differing) throws Exception {
    var database = TestPostgres.freshDatabase();
    variables.put("PGHOST", database.host());
    variables.put("PGPORT", Integer.toString(database.port()));
    variables.put("PGUSER", database.user());
    variables.put("PGPASSWORD", database.password());
    variables.put("PGDATABASE", database.name());
    variables.put("KAFKA_BOOTSTRAP_SERVERS", TestKafka.bootstrapServers());
    variables.put("OMNIBRIDGE_ENVIRONMENT", TestKafka.uniquePrefix() + "env");
    variables.put("REDUCER_SOLE", "true");
    variables.putAll(differing);
    var config = DbAdapterConfig.from(Env.of(variables));
    vertx.deployVerticle(new DbAdapterVerticle(config, edge)).await(60, SECONDS);
    port = edge.listen().await(LIMIT_SECONDS, SECONDS);
  }

  String topic(String name) {
    return variables.get("OMNIBRIDGE_ENVIRONMENT") + ".omninode-bridge." + name;
  }

  /** The reducer that {@link #bridge} and {@link #workflow} ask. */
  void start() throws Exception {
    asked = startAnother(Map.of());
  }

  void stop() throws Exception {
    asked.stop();
  }

  /** Where the pages of the reducer that is asked are, from now on. */
  URI pages() throws Exception {
    return URI.create("http://127.0.0.1:" + asked.edge().listen().await(LIMIT_SECONDS, SECONDS));
  }

  /** One more reducer, as in another process: it reaches db-adapter over the network. */
  Node startAnother(Map<String, String> differing) throws Exception {
    var all = new HashMap<>(variables);
    all.putAll(differing);
    var own = Vertx.vertx();
    var peers = Map.of(Peer.DB_ADAPTER, "127.0.0.1:" + port);
    var node = new Node(own, Edge.open(own, new EdgeConfig("127.0.0.1", 0, peers)));
    nodes.add(node);
    own.deployVerticle(new ReducerVerticle(ReducerConfig.from(Env.of(all)), node.edge()))
        .await(LIMIT_SECONDS, SECONDS);
    return node;
  }

  /** A reducer's process, as far as one can be had within this one. */
  record Node(Vertx vertx, Edge edge) {
    void stop() throws Exception {
      edge.close().await(20, SECONDS);
      vertx.close().await(30, SECONDS);
    }
  }

  /** Appends a whole stream's events at once, as its owner would. */
  void append(List<Heard> events) throws Exception {
    StreamKey stream = events.getFirst().stream();
    var append =
        StreamAppend.newBuilder()
            .setStream(
                StreamName.newBuilder()
                    .setKind(stream.kind())
                    .setNamespace(stream.namespace())
                    .setId(stream.id()));
    if (events.getFirst().version() == 1) {
      append.setExpectNone(true);
    } else {
      append.setExpectedVersion(events.getFirst().version() - 1);
    }
    events.forEach(event -> append.addEvents(Records.event(event)));
    call(
        edge.peer(Peer.DB_ADAPTER),
        LogServiceGrpc.getAppendMethod(),
        AppendRequest.newBuilder()
            .setAppendId(UUID.randomUUID().toString())
            .addAppends(append)
            .build());
  }

  GetWorkflowStateResponse workflow(StreamKey run, long version) throws Exception {
    return call(
        asked.edge().peer(Peer.REDUCER),
        StateServiceGrpc.getGetWorkflowStateMethod(),
        GetWorkflowStateRequest.newBuilder()
            .setNamespace(run.namespace())
            .setRunId(run.id())
            .setRequiredVersion(version)
            .setMaxWait(com.google.protobuf.Duration.newBuilder().setSeconds(10))
            .build());
  }

  BridgeState bridge(String namespace) throws Exception {
    return call(
            asked.edge().peer(Peer.REDUCER),
            StateServiceGrpc.getGetBridgeStateMethod(),
            GetBridgeStateRequest.newBuilder().setNamespace(namespace).build())
        .getState();
  }

  private <Q, R> R call(Channel peer, MethodDescriptor<Q, R> method, Q request) throws Exception {
    return Calls.unary(peer, method, request, Duration.ofSeconds(LIMIT_SECONDS + 1))
        .await(LIMIT_SECONDS + 2, SECONDS);
  }

  /** Ends every reducer; db-adapter goes on. */
  void stopAll() throws Exception {
    for (Node node : nodes) {
      node.stop();
    }
    nodes.clear();
  }

  void close() throws Exception {
    stopAll();
    edge.close().await(20, SECONDS);
    vertx.close().await(30, SECONDS);
  }
}
