// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.content.v1.ContentServiceGrpc;
import dev.omnibridge.api.content.v1.PutContentRequest;
import dev.omnibridge.api.content.v1.PutContentResponse;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.intelligence.v1.IntelligenceServiceGrpc;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.ReadStreamRequest;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc;
import dev.omnibridge.api.state.v1.StateServiceGrpc;
import dev.omnibridge.api.workflow.v1.WorkflowServiceGrpc;
import dev.omnibridge.bridge.suite.Endpoints;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.testkit.RecordReader;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** What a user has of a running suite: its gRPC services, its Kafka topics and its database. */
final class Stack implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(60);

  private final Endpoints endpoints;
  private final Map<Peer, String> apart;
  private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();

  /** Everything at one address. */
  Stack(Endpoints endpoints) {
    this(endpoints, Map.of());
  }

  /** The services that are elsewhere, by their addresses. */
  Stack(Endpoints endpoints, Map<Peer, String> apart) {
    this.endpoints = endpoints;
    this.apart = apart;
  }

  /** The channel to a service. */
  Channel channel(Peer peer) {
    return channels.computeIfAbsent(
        apart.getOrDefault(peer, endpoints.address()),
        address -> NettyChannelBuilder.forTarget(address).usePlaintext().build());
  }

  WorkflowServiceGrpc.WorkflowServiceBlockingStub workflows() {
    return WorkflowServiceGrpc.newBlockingStub(channel(Peer.ORCHESTRATOR))
        .withDeadlineAfter(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  StampingServiceGrpc.StampingServiceBlockingStub stamping() {
    return StampingServiceGrpc.newBlockingStub(channel(Peer.STAMPING))
        .withDeadlineAfter(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  IntelligenceServiceGrpc.IntelligenceServiceBlockingStub intelligence() {
    return IntelligenceServiceGrpc.newBlockingStub(channel(Peer.INTELLIGENCE))
        .withDeadlineAfter(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  StateServiceGrpc.StateServiceBlockingStub state() {
    return StateServiceGrpc.newBlockingStub(channel(Peer.REDUCER))
        .withDeadlineAfter(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  LogServiceGrpc.LogServiceBlockingStub log() {
    return LogServiceGrpc.newBlockingStub(channel(Peer.DB_ADAPTER))
        .withDeadlineAfter(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Stores bytes in the content store and gives their hash. */
  String put(byte[] bytes) throws Exception {
    var stored = new CompletableFuture<PutContentResponse>();
    var upload =
        ContentServiceGrpc.newStub(channel(Peer.DB_ADAPTER))
            .withDeadlineAfter(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
            .putContent(
                new StreamObserver<>() {
                  @Override
                  public void onNext(PutContentResponse response) {
                    stored.complete(response);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    stored.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    upload.onNext(PutContentRequest.newBuilder().setChunk(ByteString.copyFrom(bytes)).build());
    upload.onCompleted();
    return stored.get(LIMIT.toSeconds(), TimeUnit.SECONDS).getContentHash();
  }

  /** All events of a run, as the log holds them. */
  List<RecordedEvent> journal(String namespace, String runId) {
    return stream("workflow", namespace, runId);
  }

  /** All events of a stream, as the log holds them. */
  List<RecordedEvent> stream(String kind, String namespace, String id) {
    var name = StreamName.newBuilder().setKind(kind).setNamespace(namespace).setId(id).build();
    var events = new ArrayList<RecordedEvent>();
    long head;
    do {
      var page =
          log()
              .readStream(
                  ReadStreamRequest.newBuilder()
                      .setStream(name)
                      .setAfterVersion(events.isEmpty() ? 0 : events.getLast().getVersion())
                      .build());
      events.addAll(page.getEventsList());
      head = page.getHeadVersion();
    } while (!events.isEmpty() && events.getLast().getVersion() < head);
    return events;
  }

  /** A connection to the database, for questions in SQL, each of which may take a minute. */
  Connection sql() throws SQLException {
    var settings = new Properties();
    settings.setProperty("user", endpoints.databaseUser());
    settings.setProperty("password", endpoints.databasePassword());
    settings.setProperty("socketTimeout", Long.toString(LIMIT.toSeconds()));
    return DriverManager.getConnection(endpoints.jdbcUrl(), settings);
  }

  /** One number, asked in SQL. */
  long count(String query, Object... arguments) throws SQLException {
    try (var connection = sql();
        var statement = connection.prepareStatement(query)) {
      for (int i = 0; i < arguments.length; i++) {
        statement.setObject(i + 1, arguments[i]);
      }
      try (var rows = statement.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  /** Reads the topics from their beginning. */
  RecordReader kafka() {
    return new RecordReader(endpoints.kafka(), LIMIT);
  }

  /** The full name of a topic. */
  String topic(String name) {
    return endpoints.topicPrefix() + ".omninode-bridge." + name;
  }

  @Override
  public void close() {
    channels.values().forEach(ManagedChannel::shutdownNow);
  }
}
