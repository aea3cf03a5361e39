// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.AuditNamespaceRequest;
import dev.omnibridge.api.stamping.v1.AuditNamespaceResponse;
import dev.omnibridge.api.stamping.v1.AuditVerdict;
import dev.omnibridge.api.stamping.v1.Checkpoint;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.GetCheckpointRequest;
import dev.omnibridge.api.stamping.v1.Stamp;
import dev.omnibridge.api.stamping.v1.StampLogServiceGrpc;
import dev.omnibridge.api.stamping.v1.StampLogServiceGrpc.StampLogServiceBlockingStub;
import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc;
import dev.omnibridge.dbadapter.DbAdapterConfig;
import dev.omnibridge.dbadapter.DbAdapterVerticle;
import dev.omnibridge.runtime.Env;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.stamping.StampingConfig;
import dev.omnibridge.stamping.StampingVerticle;
import dev.omnibridge.testkit.TestPostgres;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** A db-adapter on a real PostgreSQL and stamping services over the network, and ways to ask. */
final class StampLogRig implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final Deque<Edge> edges = new ArrayDeque<>();
  private final TestPostgres.Database database;
  private final String store;

  /** All of it at one edge, without a network. */
  static Edge inProcess(Vertx vertx, TestPostgres.Database database, Path keys) throws Exception {
    Edge edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));
    var adapter = new DbAdapterVerticle(DbAdapterConfig.from(databaseEnv(database)), edge);
    vertx.deployVerticle(adapter).await(30, SECONDS);
    vertx.deployVerticle(new StampingVerticle(config(keys, ""), edge)).await(30, SECONDS);
    edge.serve();
    return edge;
  }

  StampLogRig(TestPostgres.Database database) throws Exception {
    this.database = database;
    Edge storing = open(Map.of());
    vertx
        .deployVerticle(new DbAdapterVerticle(DbAdapterConfig.from(databaseEnv(database)), storing))
        .await(30, SECONDS);
    store = "127.0.0.1:" + storing.listen().await(30, SECONDS);
  }

  /** The way to a stamping service with the keys of this file, and to the store. */
  Edge service(Path keys) throws Exception {
    return service(keys, "");
  }

  /** One that trusts some verifier keys besides. */
  Edge service(Path keys, String trusted) throws Exception {
    Edge edge = open(Map.of(Peer.DB_ADAPTER, store));
    vertx.deployVerticle(new StampingVerticle(config(keys, trusted), edge)).await(30, SECONDS);
    String service = "127.0.0.1:" + edge.listen().await(30, SECONDS);
    return open(Map.of(Peer.DB_ADAPTER, store, Peer.STAMPING, service));
  }

  private static StampingConfig config(Path keys, String trusted) {
    return StampingConfig.from(
        Env.of(
            Map.of(
                "STAMPING_SIGNING_KEY_FILE",
                keys.toString(),
                "STAMPING_TRUSTED_KEYS",
                trusted,
                "STAMPING_CHECKPOINT_EVERY",
                "0s",
                "STAMPING_STORE_TIMEOUT",
                "60s")));
  }

  private Edge open(Map<Peer, String> peers) {
    Edge edge = Edge.open(vertx, new EdgeConfig("127.0.0.1", 0, peers));
    edges.add(edge);
    return edge;
  }

  private static Env databaseEnv(TestPostgres.Database database) {
    return Env.of(
        Map.of(
            "PGHOST", database.host(),
            "PGPORT", Integer.toString(database.port()),
            "PGUSER", database.user(),
            "PGPASSWORD", database.password(),
            "PGDATABASE", database.name(),
            "KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1",
            "DB_ADAPTER_INBOX", "false"));
  }

  static StampLogServiceBlockingStub log(Edge service) {
    return StampLogServiceGrpc.newBlockingStub(service.peer(Peer.STAMPING))
        .withWaitForReady()
        .withDeadlineAfter(60, SECONDS);
  }

  static Stamp stamp(Edge service, String namespace, String content) {
    return StampingServiceGrpc.newBlockingStub(service.peer(Peer.STAMPING))
        .withWaitForReady()
        .withDeadlineAfter(60, SECONDS)
        .createStamp(
            CreateStampRequest.newBuilder()
                .setContent(ByteString.copyFrom(content, UTF_8))
                .setOptions(
                    StampOptions.newBuilder()
                        .setNamespace(namespace)
                        .setFilePath("dir/" + content.strip().length() + ".txt")
                        .setContentType("text/plain")
                        .setMetadata("{\"size\": " + content.length() + ", \"n\": 1.50}"))
                .build())
        .getStamp();
  }

  static Checkpoint checkpoint(Edge service, String namespace, long size) {
    return log(service)
        .getCheckpoint(
            GetCheckpointRequest.newBuilder().setNamespace(namespace).setSize(size).build())
        .getCheckpoint();
  }

  static AuditVerdict audit(Edge service, AuditNamespaceRequest.Builder request) {
    var steps = new ArrayList<AuditNamespaceResponse>();
    log(service).auditNamespace(request.build()).forEachRemaining(steps::add);
    return steps.getLast().getVerdict();
  }

  static AuditVerdict audit(Edge service, String namespace) {
    return audit(service, AuditNamespaceRequest.newBuilder().setNamespace(namespace));
  }

  /** Runs statements as somebody who has the database. */
  void tamper(String sql) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  List<String> ask(String sql) throws SQLException {
    try (var connection = database.connect();
        var rows = connection.createStatement().executeQuery(sql)) {
      var answers = new ArrayList<String>();
      while (rows.next()) {
        answers.add(String.valueOf(rows.getString(1)));
      }
      return answers;
    }
  }

  /** The servers before those who ask them, whom they tell that they go. */
  @Override
  public void close() throws Exception {
    for (Edge edge : edges) {
      edge.close().await(30, SECONDS);
    }
    vertx.close().await(60, SECONDS);
  }
}
