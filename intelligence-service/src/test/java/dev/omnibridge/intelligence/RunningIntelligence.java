// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence;

import static java.util.concurrent.TimeUnit.SECONDS;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.omnibridge.api.content.v1.ContentServiceGrpc;
import dev.omnibridge.api.content.v1.PutContentRequest;
import dev.omnibridge.api.content.v1.PutContentResponse;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.intelligence.v1.IntelligenceServiceGrpc;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.NewEvent;
import dev.omnibridge.api.log.v1.StreamAppend;
import dev.omnibridge.dbadapter.DbAdapterConfig;
import dev.omnibridge.dbadapter.DbAdapterVerticle;
import dev.omnibridge.runtime.Env;
import dev.omnibridge.runtime.Ids;
import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.event.Envelope;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.testkit.TestKafka;
import dev.omnibridge.testkit.TestPostgres;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/** The intelligence service and db-adapter on a real PostgreSQL and Kafka, in one process. */
final class RunningIntelligence implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final Edge storing = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));
  private final Map<String, String> environment = new HashMap<>();
  private final TestPostgres.Database database;
  private final String store;
  private Edge edge = storing;
  private String deployment = "";

  /** Db-adapter runs when this returns, intelligence with {@link #start}. */
  RunningIntelligence(Map<String, String> more) throws Exception {
    database = TestPostgres.freshDatabase();
    environment.put("PGHOST", database.host());
    environment.put("PGPORT", Integer.toString(database.port()));
    environment.put("PGUSER", database.user());
    environment.put("PGPASSWORD", database.password());
    environment.put("PGDATABASE", database.name());
    environment.put("KAFKA_BOOTSTRAP_SERVERS", TestKafka.bootstrapServers());
    environment.put("OMNIBRIDGE_ENVIRONMENT", TestKafka.uniquePrefix() + "e");
    environment.put("DB_ADAPTER_INBOX", "false");
    environment.putAll(more);
    vertx
        .deployVerticle(new DbAdapterVerticle(DbAdapterConfig.from(Env.of(environment)), storing))
        .await(60, SECONDS);
    store = "127.0.0.1:" + storing.listen().await(30, SECONDS);
  }

  void start() throws Exception {
    var config = IntelligenceConfig.from(Env.of(environment));
    edge = Edge.open(vertx, new EdgeConfig("127.0.0.1", 0, Map.of(Peer.DB_ADAPTER, store)));
    deployment = vertx.deployVerticle(new IntelligenceVerticle(config, edge)).await(60, SECONDS);
  }

  /** Ends the intelligence service. */
  void stop() throws Exception {
    vertx.undeploy(deployment).await(60, SECONDS);
    edge.close().await(60, SECONDS);
  }

  IntelligenceServiceGrpc.IntelligenceServiceBlockingStub intelligence() {
    return IntelligenceServiceGrpc.newBlockingStub(edge.peer(Peer.INTELLIGENCE))
        .withDeadlineAfter(60, SECONDS);
  }

  IntelligenceServiceGrpc.IntelligenceServiceStub streaming() {
    return IntelligenceServiceGrpc.newStub(edge.peer(Peer.INTELLIGENCE))
        .withDeadlineAfter(60, SECONDS);
  }

  LogServiceGrpc.LogServiceBlockingStub log() {
    return LogServiceGrpc.newBlockingStub(edge.peer(Peer.DB_ADAPTER))
        .withDeadlineAfter(60, SECONDS);
  }

  Channel dbAdapter() {
    return edge.peer(Peer.DB_ADAPTER);
  }

  Context context() {
    return vertx.getOrCreateContext();
  }

  TestPostgres.Database database() {
    return database;
  }

  String topic(String name) {
    return environment.get("OMNIBRIDGE_ENVIRONMENT") + ".omninode-bridge." + name;
  }

  /** Stores a text in the content store and gives its hash. */
  String put(String text) throws Exception {
    var answer = new CompletableFuture<String>();
    var upload =
        ContentServiceGrpc.newStub(edge.peer(Peer.DB_ADAPTER))
            .withDeadlineAfter(60, SECONDS)
            .putContent(
                new StreamObserver<PutContentResponse>() {
                  @Override
                  public void onNext(PutContentResponse stored) {
                    answer.complete(stored.getContentHash());
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answer.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    upload.onNext(PutContentRequest.newBuilder().setChunk(ByteString.copyFromUtf8(text)).build());
    upload.onCompleted();
    return answer.get(60, SECONDS);
  }

  /** Appends the event by which stamping tells of a stamp. */
  void stamp(String namespace, String path, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    String hash = Blake3.hash(bytes).hex();
    Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    var payload =
        com.fasterxml.jackson.databind.node.JsonNodeFactory.instance
            .objectNode()
            .put("stamp_id", UUID.randomUUID().toString())
            .put("file_hash", hash)
            .put("content_hash", hash)
            .put("file_path", path)
            .put("file_size_bytes", bytes.length)
            .put("op_id", UUID.randomUUID().toString())
            .put("execution_time_ms", 0.1)
            .put("hash_algorithm", "BLAKE3")
            .put("created_at", now.toString());
    payload.putObject("metadata");
    UUID id = Ids.uuid7(now, ThreadLocalRandom.current());
    var envelope =
        new Envelope(
            id,
            "dev.omnibridge.metadata.stamp-created.v1",
            now,
            "stamping-service",
            namespace,
            null,
            null,
            null,
            "stamp/" + namespace + "/" + hash,
            payload);
    var event =
        NewEvent.newBuilder()
            .setEventId(id.toString())
            .setType(envelope.eventType())
            .setOccurredAt(
                com.google.protobuf.Timestamp.newBuilder()
                    .setSeconds(now.getEpochSecond())
                    .setNanos(now.getNano()))
            .setBody(UnsafeByteOperations.unsafeWrap(envelope.toJson()));
    var stream = StreamName.newBuilder().setKind("stamp").setNamespace(namespace).setId(hash);
    var unused =
        log()
            .append(
                AppendRequest.newBuilder()
                    .setAppendId(UUID.randomUUID().toString())
                    .addAppends(
                        StreamAppend.newBuilder()
                            .setStream(stream)
                            .setExpectAny(true)
                            .addEvents(event))
                    .build());
  }

  /** One after the other: a future of a context of a closed Vertx never completes. */
  @Override
  public void close() throws Exception {
    edge.close().await(60, SECONDS);
    storing.close().await(60, SECONDS);
    vertx.close().await(60, SECONDS);
  }
}
