// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.api.content.v1.ContentServiceGrpc;
import dev.omnibridge.api.content.v1.StatContentRequest;
import dev.omnibridge.api.content.v1.StatContentResponse;
import dev.omnibridge.api.content.v1.StoredContent;
import dev.omnibridge.api.directory.v1.DirectoryServiceGrpc;
import dev.omnibridge.api.directory.v1.Instance;
import dev.omnibridge.api.directory.v1.ListInstancesRequest;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.embedded.FreePorts;
import dev.omnibridge.runtime.Env;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.cluster.Cluster;
import dev.omnibridge.runtime.cluster.ClusterConfig;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Processes that find each other in a real Hazelcast cluster on loopback. */
class DiscoveryIT {
  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final long TEN_MILLIS = 10_000_000;

  /** What a call asks for that nobody answers. */
  private static final String LASTS = "f".repeat(64);

  private final Vertx vertx = Vertx.vertx();
  private final String name = "discovery-" + UUID.randomUUID();
  private final List<Process> processes = new ArrayList<>();

  /** One process of the suite, with a service that tells its own name. */
  private final class Process extends ContentServiceGrpc.ContentServiceImplBase {
    final Edge edge;
    final Cluster cluster;
    private final String name;
    private boolean open = true;

    Process(Peer peer, String name, Map<Peer, String> named) throws Exception {
      this(peer, name, named, true);
    }

    /** One that is not to serve does not serve when the others hear of it. */
    Process(Peer peer, String name, Map<Peer, String> named, boolean serving) throws Exception {
      this.name = name;
      edge = Edge.open(vertx, new EdgeConfig("127.0.0.1", 0, named, Set.of(peer)));
      edge.offer(this);
      edge.offer(new LogServiceGrpc.LogServiceImplBase() {});
      int unused = edge.listen().await(30, SECONDS);
      edge.health(LogServiceGrpc.SERVICE_NAME, serving);
      cluster = edge.join(config(), UUID.randomUUID().toString());
      processes.add(this);
    }

    @Override
    public void statContent(StatContentRequest request, StreamObserver<StatContentResponse> out) {
      if (request.getContentHashes(0).equals(LASTS)) {
        return;
      }
      out.onNext(
          StatContentResponse.newBuilder()
              .addContents(StoredContent.newBuilder().setContentHash(name))
              .build());
      out.onCompleted();
    }

    String ask(Peer peer) throws Exception {
      return Calls.unary(
              edge.peer(peer),
              ContentServiceGrpc.getStatContentMethod(),
              StatContentRequest.newBuilder().addContentHashes("0".repeat(64)).build(),
              Duration.ofSeconds(20))
          .await(25, SECONDS)
          .getContents(0)
          .getContentHash();
    }

    void close() throws Exception {
      if (open) {
        open = false;
        cluster.leave();
        edge.close().await(30, SECONDS);
      }
    }
  }

  private ClusterConfig config() {
    return ClusterConfig.from(
        Env.of(Map.of("CLUSTER_NAME", name, "CLUSTER_PORT", Integer.toString(PORT))));
  }

  /** Members look for each other on so many ports. */
  private static final int PORT = FreePorts.run(20);

  /** There is a cluster to join; those who all come at once have to agree on the first for long. */
  private static void awaitJoined(Process first) {
    await().atMost(LIMIT).until(() -> first.cluster.joined());
  }

  @AfterEach
  void close() throws Exception {
    for (Process process : processes) {
      process.close();
    }
    vertx.close().await(30, SECONDS);
  }

  @Test
  void shouldFindEveryInstanceAndSpreadCallsAndForgetWhoLeaves() throws Exception {
    var asking = new Process(Peer.ORCHESTRATOR, "asking", Map.of());
    var first = new Process(Peer.DB_ADAPTER, "first", Map.of());
    new Process(Peer.DB_ADAPTER, "second", Map.of());
    Set<String> answered = new HashSet<>();
    await()
        .atMost(LIMIT)
        .ignoreExceptions()
        .untilAsserted(() -> {
          answered.add(asking.ask(Peer.DB_ADAPTER));
          assertThat(answered).containsExactlyInAnyOrder("first", "second");
        });
    assertThat(asking.cluster.joined()).isTrue();
    // In one of five rounds at least nobody else has taken the processors meanwhile.
    long slowest =
        LongStream.range(0, 5)
            .map(_ -> slowestOf(1000, asking.edge.directory()))
            .min()
            .orElseThrow();
    assertThat(slowest).isLessThan(TEN_MILLIS);
    assertThat(instances(asking)).extracting(Instance::getService).contains("db-adapter");

    first.close();
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> assertThat(asking.edge.directory().find(Peer.DB_ADAPTER).addresses()).hasSize(1));
    for (int i = 0; i < 20; i++) {
      assertThat(asking.ask(Peer.DB_ADAPTER)).isEqualTo("second");
    }
  }

  /** One that only starts, or waits for what it needs, is there and gets no calls. */
  @Test
  void shouldCallOnlyInstancesThatServe() throws Exception {
    var asking = new Process(Peer.ORCHESTRATOR, "asking", Map.of());
    awaitJoined(asking);
    new Process(Peer.DB_ADAPTER, "serving", Map.of());
    var other = new Process(Peer.DB_ADAPTER, "other", Map.of(), false);
    await()
        .atMost(LIMIT)
        .until(() -> asking.edge.directory().find(Peer.DB_ADAPTER).addresses().size() == 2);
    await().atMost(LIMIT).ignoreExceptions().until(() -> !asking.ask(Peer.DB_ADAPTER).isEmpty());
    for (int i = 0; i < 20; i++) {
      assertThat(asking.ask(Peer.DB_ADAPTER)).isEqualTo("serving");
    }
    other.edge.health(LogServiceGrpc.SERVICE_NAME, true);
    Set<String> answered = new HashSet<>();
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> {
          answered.add(asking.ask(Peer.DB_ADAPTER));
          assertThat(answered).hasSize(2);
        });
  }

  /** At the address of one that was killed another may have started. */
  @Test
  void shouldAnswerForNobodyElseWhenAMemberIsAskedForByItsId() throws Exception {
    var one = new Process(Peer.DB_ADAPTER, "one", Map.of(), false);
    assertThat(health(one, Readiness.ofMember(one.cluster.self().id())).await(25, SECONDS))
        .isEqualTo(ServingStatus.NOT_SERVING);
    one.edge.health(LogServiceGrpc.SERVICE_NAME, true);
    assertThat(health(one, Readiness.ofMember(one.cluster.self().id())).await(25, SECONDS))
        .isEqualTo(ServingStatus.SERVING);
    assertThatThrownBy(() -> health(one, Readiness.ofMember("before")).await(25, SECONDS))
        .isInstanceOfSatisfying(
            Fault.class, fault -> assertThat(fault.kind()).isEqualTo(Fault.Kind.NOT_FOUND));
  }

  private static Future<ServingStatus> health(Process process, String name) {
    return Calls.unary(
            process.edge.at(process.cluster.self().address()),
            HealthGrpc.getCheckMethod(),
            HealthCheckRequest.newBuilder().setService(name).build(),
            Duration.ofSeconds(20))
        .map(HealthCheckResponse::getStatus);
  }

  /** A hundred are all that a connection takes; those beyond wait for one to end. */
  @Test
  void shouldNotTakeAMemberForDeadBecauseManyCallsToItLast() throws Exception {
    var asking = new Process(Peer.ORCHESTRATOR, "asking", Map.of());
    awaitJoined(asking);
    var busy = new Process(Peer.ORCHESTRATOR, "busy", Map.of());
    await().atMost(LIMIT).until(() -> asking.cluster.alive().size() == 2);
    for (int i = 0; i < 150; i++) {
      var unused =
          Calls.unary(
              asking.edge.at(busy.cluster.self().address()),
              ContentServiceGrpc.getStatContentMethod(),
              StatContentRequest.newBuilder().addContentHashes(LASTS).build(),
              Duration.ofSeconds(60));
    }
    await()
        .atMost(LIMIT)
        .during(Duration.ofSeconds(3))
        .until(() -> asking.cluster.alive().size() == 2);
  }

  private static long slowestOf(int times, Directory directory) {
    long slowest = 0;
    for (int i = 0; i < times; i++) {
      long began = System.nanoTime();
      assertThat(directory.find(Peer.DB_ADAPTER).addresses()).hasSize(2);
      slowest = Math.max(slowest, System.nanoTime() - began);
    }
    return slowest;
  }

  private static List<Instance> instances(Process process) throws Exception {
    return Calls.unary(
            process.edge.peer(Peer.ORCHESTRATOR),
            DirectoryServiceGrpc.getListInstancesMethod(),
            ListInstancesRequest.getDefaultInstance(),
            Duration.ofSeconds(20))
        .await(25, SECONDS)
        .getInstancesList();
  }

  @Test
  void shouldPreferTheAddressThatIsConfigured() throws Exception {
    var there = new Process(Peer.DB_ADAPTER, "there", Map.of());
    awaitJoined(there);
    var elsewhere = new Process(Peer.DB_ADAPTER, "elsewhere", Map.of());
    String named = elsewhere.cluster.self().address();
    var asking = new Process(Peer.ORCHESTRATOR, "asking", Map.of(Peer.DB_ADAPTER, named));
    await().atMost(LIMIT).until(() -> asking.cluster.alive().size() == 3);
    for (int i = 0; i < 10; i++) {
      assertThat(asking.ask(Peer.DB_ADAPTER)).isEqualTo("elsewhere");
    }
    await().atMost(LIMIT).until(() -> there.cluster.alive("db-adapter").size() == 2);
  }
}
