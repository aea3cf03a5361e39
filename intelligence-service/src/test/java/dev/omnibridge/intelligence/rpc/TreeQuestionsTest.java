// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.content.v1.GetContentRequest;
import dev.omnibridge.api.intelligence.v1.FindSimilarRequest;
import dev.omnibridge.api.intelligence.v1.IntelligenceServiceGrpc;
import dev.omnibridge.api.intelligence.v1.QueryTreeRequest;
import dev.omnibridge.api.intelligence.v1.QueryTreeResponse;
import dev.omnibridge.intelligence.IntelligenceConfig;
import dev.omnibridge.intelligence.IntelligenceVerticle;
import dev.omnibridge.intelligence.store.TreeJson;
import dev.omnibridge.intelligence.tree.FileFacts;
import dev.omnibridge.intelligence.tree.TreeBuilder;
import dev.omnibridge.intelligence.tree.TreeFile;
import dev.omnibridge.runtime.rpc.Calls;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.runtime.rpc.Statuses;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Questions to stored trees, which are read from the store when they are asked. */
class TreeQuestionsTest {
  private static final int WORKERS = 8;

  private final Vertx vertx = Vertx.vertx();
  private final StoredContents contents = new StoredContents();
  private Edge edge;

  @BeforeEach
  void start() throws Exception {
    var alone = new IntelligenceConfig.Similar(false, "", 100, false, "127.0.0.1:1", "test");
    var config = new IntelligenceConfig(4096, WORKERS, 64, Duration.ofSeconds(30), 100, alone);
    edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));
    edge.offer(contents);
    vertx.deployVerticle(new IntelligenceVerticle(config, edge)).await(30, SECONDS);
  }

  @AfterEach
  void stop() throws Exception {
    contents.release();
    edge.close().await(30, SECONDS);
    vertx.close().await(30, SECONDS);
  }

  private Future<QueryTreeResponse> ask(String tree, String question, Duration deadline) {
    return Calls.unary(
        edge.peer(Peer.INTELLIGENCE),
        IntelligenceServiceGrpc.getQueryTreeMethod(),
        QueryTreeRequest.newBuilder().setTreeId(tree).setQuery(question).build(),
        deadline);
  }

  private Future<QueryTreeResponse> ask(String tree, String question) {
    return ask(tree, question, Duration.ofSeconds(30));
  }

  private String stored(String... paths) {
    var builder = new TreeBuilder();
    for (String path : paths) {
      builder.add(new TreeFile(path, 1, 1_000, FileFacts.NONE));
    }
    return contents.put(TreeJson.write(builder.build("p"), Instant.EPOCH));
  }

  @Test
  void shouldReadATreeOnceForAllWhoAskForItAtOnceAndAfterThem() throws Exception {
    String tree = stored("basket.txt", "orders.txt");
    List<Future<QueryTreeResponse>> asked =
        Stream.of("basket", "orders", "basket", "orders").map(text -> ask(tree, text)).toList();

    Future.all(asked).await(30, SECONDS);
    assertThat(asked.get(1).result().getNodes(0).getNode().getPath()).isEqualTo("orders.txt");
    assertThat(ask(tree, "basket").await(30, SECONDS).getNodesCount()).isEqualTo(1);
    assertThat(contents.asked).hasSize(1);
  }

  @Test
  void shouldReadOneTreeAfterTheOther() throws Exception {
    String kept = stored("kept.txt");
    ask(kept, "kept").await(30, SECONDS);
    contents.asked.clear();
    contents.holding = true;
    Future<QueryTreeResponse> first = ask(stored("a.txt"), "text");
    await().until(() -> contents.held() == 1);
    String later = stored("b.txt");
    Future<QueryTreeResponse> second = ask(later, "text");
    Future<QueryTreeResponse> known = ask("0".repeat(64), "text");
    // Questions come in their order, so the ones before these have been asked by now.
    for (int i = 0; i < 10; i++) {
      ask(kept, "kept").await(30, SECONDS);
    }
    assertThat(contents.asked).hasSize(1);
    contents.release();

    assertThat(catchThrowable(() -> first.await(30, SECONDS))).isNotNull();
    assertThat(second.await(30, SECONDS).getNodesSearched()).isEqualTo(2);
    assertThat(catchThrowable(() -> known.await(30, SECONDS))).isNotNull();
    assertThat(contents.asked)
        .extracting(GetContentRequest::getContentHash)
        .endsWith(later, "0".repeat(64));
  }

  @Test
  void shouldReadATreeToItsEndForOthersWhenTheFirstToAskHasGone() throws Exception {
    String tree = stored("basket.txt");
    contents.holding = true;
    Future<QueryTreeResponse> gone = ask(tree, "basket", Duration.ofSeconds(2));
    await().until(() -> contents.held() == 1);
    Future<QueryTreeResponse> other = ask(tree, "basket");
    assertThat(catchThrowable(() -> gone.await(30, SECONDS))).isNotNull();
    contents.release();

    assertThat(Statuses.faultOf(catchThrowable(() -> other.await(30, SECONDS))).reason())
        .isEqualTo("TREE_NOT_FOUND");
    assertThat(contents.asked).hasSize(1);
  }

  @Test
  void shouldCompareTextsWhileManyWaitForTreesThatAreReadSlowly() throws Exception {
    contents.holding = true;
    List<Future<QueryTreeResponse>> slow =
        IntStream.range(0, WORKERS).mapToObj(i -> ask(stored(i + ".txt"), "text")).toList();
    await().until(() -> contents.held() == 1);

    var similar =
        Calls.unary(
            edge.peer(Peer.INTELLIGENCE),
            IntelligenceServiceGrpc.getFindSimilarMethod(),
            FindSimilarRequest.newBuilder()
                .setContent(ByteString.copyFromUtf8("a text to be compared"))
                .build(),
            Duration.ofSeconds(10));
    assertThat(similar.await(30, SECONDS).getNeighborsList()).isEmpty();
    assertThat(slow).noneMatch(Future::isComplete);
  }

  @Test
  void shouldSayThatContentIsNoTree() {
    for (String none : List.of("[" + "[],".repeat(100_000), "{\"version\":\"1.0.0\"}", "hello")) {
      String id = contents.put(none.getBytes(UTF_8));
      assertThat(Statuses.faultOf(catchThrowable(() -> ask(id, "x").await(30, SECONDS))).reason())
          .isEqualTo("TREE_NOT_FOUND");
    }
  }
}
