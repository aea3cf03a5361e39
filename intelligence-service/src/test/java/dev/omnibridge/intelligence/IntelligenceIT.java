// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.intelligence.v1.AnalyzeRequest;
import dev.omnibridge.api.intelligence.v1.AnalyzeResponse;
import dev.omnibridge.api.intelligence.v1.AnalyzeTreeRequest;
import dev.omnibridge.api.intelligence.v1.AnalyzeTreeResponse;
import dev.omnibridge.api.intelligence.v1.FindSimilarRequest;
import dev.omnibridge.api.intelligence.v1.FindSimilarResponse;
import dev.omnibridge.api.intelligence.v1.NavigateTreeRequest;
import dev.omnibridge.api.intelligence.v1.Neighbor;
import dev.omnibridge.api.intelligence.v1.QueryTreeRequest;
import dev.omnibridge.api.intelligence.v1.TreeEntries;
import dev.omnibridge.api.intelligence.v1.TreeEntry;
import dev.omnibridge.api.intelligence.v1.TreeFilters;
import dev.omnibridge.api.intelligence.v1.TreeHeader;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.event.Envelope;
import dev.omnibridge.runtime.rpc.Statuses;
import dev.omnibridge.testkit.RecordReader;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Similarity, events and trees, with a real PostgreSQL and Kafka and the real model. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IntelligenceIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String INVOICES =
      "The customer receives an invoice at the end of the month and pays it by bank transfer."
          + " When the payment is late the accountant sends a friendly reminder and adds a fee.";
  private static final String BILLS =
      "Clients get a bill every thirty days, which they settle through their bank. Overdue"
          + " settlements lead to a polite letter from bookkeeping and an additional charge.";
  private static final String VOLCANOES =
      "Magma rises through cracks of the crust, gathers in chambers below the mountain, and erupts"
          + " as lava and ash when the pressure of its gases becomes greater than the rock above.";

  @TempDir private static Path directory = Path.of("");
  private RunningIntelligence suite;

  @BeforeAll
  void start() throws Exception {
    suite = new RunningIntelligence(Map.of("INTELLIGENCE_INDEX", directory.toString()));
    suite.start();
  }

  @AfterAll
  void stop() throws Exception {
    suite.close();
  }

  private FindSimilarResponse similar(String namespace, String text) {
    return suite
        .intelligence()
        .findSimilar(
            FindSimilarRequest.newBuilder()
                .setContent(ByteString.copyFromUtf8(text))
                .setNamespace(namespace)
                .build());
  }

  private AnalyzeResponse analyze(String text, String path) {
    return suite
        .intelligence()
        .analyze(
            AnalyzeRequest.newBuilder()
                .setContent(ByteString.copyFromUtf8(text))
                .setFilePath(path)
                .setNamespace("shop")
                .build());
  }

  private static Fault faultOf(Runnable call) {
    try {
      call.run();
    } catch (StatusRuntimeException failure) {
      return Statuses.faultOf(failure);
    }
    throw new AssertionError("The call did not fail");
  }

  @Test
  void shouldFindStampedArtifactsByMeaningAndSayWhoComparedThem() throws Exception {
    for (String text : List.of(BILLS, VOLCANOES)) {
      suite.put(text);
      suite.stamp("meaning", text.equals(BILLS) ? "bills.txt" : "volcanoes.txt", text);
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          FindSimilarResponse answer = similar("meaning", INVOICES);
          assertThat(answer.getModel()).isEqualTo("all-minilm-l6-v2-q");
          assertThat(answer.getNeighborsList())
              .extracting(near -> near.getPath() + " " + near.getModel())
              .containsExactly("bills.txt all-minilm-l6-v2-q", "volcanoes.txt all-minilm-l6-v2-q");
          assertThat(answer.getNeighbors(0).getSimilarity())
              .isGreaterThan(answer.getNeighbors(1).getSimilarity() + 0.2);
          assertThat(answer.getIndex().getFollowing()).isTrue();
        });
    String hash = Blake3.hash(BILLS.getBytes(StandardCharsets.UTF_8)).hex();
    var byHash =
        suite
            .intelligence()
            .findSimilar(FindSimilarRequest.newBuilder().setContentHash(hash).build());
    assertThat(byHash.getNeighbors(0).getContentHash()).isEqualTo(hash);
    assertThat(byHash.getNeighbors(0).getSimilarity()).isEqualTo(1);
  }

  @Test
  void shouldAnswerAsStampedOnlyWhatIsStampedAndTellNearDuplicatesOfAnAnalysis() {
    String seen = INVOICES + " Seen by an analysis first. " + BILLS;
    analyze(seen, "seen.txt");
    assertThat(similar("shop", seen).getNeighborsList()).isEmpty();

    suite.stamp("shop", "seen.txt", seen);

    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(similar("shop", seen).getNeighborsList())
                .extracting(Neighbor::getPath)
                .containsExactly("seen.txt"));
    AnalyzeResponse copy = analyze(seen + " A word more.", "copy.txt");
    assertThat(copy.getNearDuplicatesList())
        .extracting(Neighbor::getPath)
        .containsExactly("seen.txt");
    assertThat(copy.getDegraded()).isFalse();
  }

  @Test
  void shouldGoOnWhereItWasWhenItIsStartedAgain() throws Exception {
    String before = "Before the restart there was this text, long enough to be compared by words.";
    String after = "After the restart another text comes, which has as many words to be compared.";
    suite.stamp("restart", "before.txt", before);
    analyze(before, "before.txt");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(similar("restart", before).getNeighborsCount()).isEqualTo(1));
    suite.put(after);
    suite.stamp("restart", "after.txt", after);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(similar("restart", before).getNeighborsCount()).isEqualTo(2));

    suite.stop();
    suite.start();

    assertThat(similar("restart", before).getNeighborsList())
        .as("the first text is in no content store, so it can only be from the index")
        .extracting(Neighbor::getPath)
        .containsExactly("before.txt", "after.txt");
  }

  @Test
  void shouldCompareByWordsAndSaySoWithoutTheModelAndKafka() throws Exception {
    var away = Map.of("INTELLIGENCE_EMBEDDINGS", "false", "KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1");
    try (var other = new RunningIntelligence(away)) {
      other.start();
      var question =
          FindSimilarRequest.newBuilder().setContent(ByteString.copyFromUtf8(INVOICES)).build();
      FindSimilarResponse answer = other.intelligence().findSimilar(question);
      assertThat(answer.getModel()).isEqualTo("lexical");
      assertThat(answer.getIndex().getFollowing()).isFalse();
    }
  }

  @Test
  void shouldTellOfEveryAnalysisInTheLogAndOnKafka() throws Exception {
    UUID correlation = UUID.randomUUID();
    String secret = "password = \"tr0ub4dor" + "-and-three\"\n";
    var request =
        AnalyzeRequest.newBuilder()
            .setContent(ByteString.copyFromUtf8(secret))
            .setFilePath("app.properties")
            .setCorrelationId(correlation.toString())
            .setAnalysisContext("review");
    suite.intelligence().analyze(request.build());
    faultOf(() -> suite.intelligence().analyze(request.setContentHash("0".repeat(64)).build()));

    var records =
        new RecordReader(dev.omnibridge.testkit.TestKafka.bootstrapServers(), PATIENCE)
            .readUntil(
                all ->
                    all.stream()
                            .map(record -> Envelope.parse(record.value()))
                            .filter(event -> correlation.equals(event.correlationId()))
                            .distinct()
                            .count()
                        >= 4,
                suite.topic("intelligence.events.v1"));

    var events =
        records.stream()
            .map(record -> Envelope.parse(record.value()))
            .filter(event -> correlation.equals(event.correlationId()))
            .distinct()
            .toList();
    assertThat(events)
        .extracting(event -> event.eventType().replace("dev.omnibridge.intelligence.", ""))
        .containsExactlyInAnyOrder("requested.v1", "completed.v1", "requested.v1", "failed.v1");
    Catalogue catalogue = Catalogue.load();
    assertThat(events)
        .allSatisfy(event -> {
          assertThat(catalogue.problems(event.eventType(), event.payload())).isEmpty();
          assertThat(event.payload().path("file_path").asText()).isEqualTo("app.properties");
          assertThat(event.payload().toString()).doesNotContain("tr0ub4dor");
        });
    var completed =
        events.stream().filter(e -> e.eventType().contains("completed")).findFirst().orElseThrow();
    assertThat(completed.payload().at("/intelligence_data/file_type_detected").asText())
        .isNotEmpty();
    assertThat(completed.payload().at("/intelligence_data/sensitive/password-assignment").asInt())
        .isEqualTo(1);
    assertThat(completed.payload().at("/intelligence_data/recommended_tags")).isNotEmpty();
  }

  @Test
  void shouldKeepAnAnalysisForAWhileAndSaySo() {
    String text = "def kept():\n    return 1\n";
    AnalyzeResponse first = analyze(text, "kept.py");
    AnalyzeResponse second = analyze(text, "kept.py");
    assertThat(first.getCached()).isFalse();
    assertThat(second.getCached()).isTrue();
    assertThat(second.getAnalysis()).isEqualTo(first.getAnalysis());
    assertThat(analyze(text, "other.py").getCached()).isFalse();
  }

  @Test
  void shouldKeepATreeThatCanBeAskedAndWalkedThrough() throws Exception {
    String stored = suite.put("# Prices\n\nHow discounts are computed.\n");
    AnalyzeTreeResponse tree =
        tree(
            header("/home/ada/shop"),
            entries(
                entry("src/Basket.java", "public final class Basket {\n  void add() {\n  }\n}\n"),
                entry("src/BasketTest.java", "class BasketTest {\n  @Test\n  void a() {\n  }\n}\n"),
                TreeEntry.newBuilder()
                    .setPath("docs/prices.md")
                    .setSize(38)
                    .setContentHash(stored)
                    .build(),
                TreeEntry.newBuilder()
                    .setPath("docs/gone.md")
                    .setSize(9)
                    .setContentHash("0".repeat(64))
                    .build()));
    assertThat(tree.getStatistics().getTotalFiles()).isEqualTo(4);
    assertThat(tree.getUnreadContents()).isEqualTo(1);

    var question =
        QueryTreeRequest.newBuilder()
            .setTreeId(tree.getTreeId())
            .setQuery("how are rebates calculated")
            .setFilters(TreeFilters.newBuilder().setType("file"));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          var answer = suite.intelligence().queryTree(question.build());
          assertThat(answer.getModel()).isEqualTo("all-minilm-l6-v2-q");
          assertThat(answer.getNodes(0).getNode().getPath()).isEqualTo("docs/prices.md");
          assertThat(answer.getNodes(0).getWhyList()).anyMatch(why -> why.startsWith("meaning"));
        });

    var walk =
        suite
            .intelligence()
            .navigateTree(
                NavigateTreeRequest.newBuilder()
                    .setTreeId(tree.getTreeId())
                    .setStartNode("src/Basket.java")
                    .build());
    assertThat(walk.getNodes(1).getNode().getPath()).isEqualTo("src/BasketTest.java");
    assertThat(walk.getNodes(1).getRelation()).isEqualTo("related");

    var within =
        suite
            .intelligence()
            .analyze(
                AnalyzeRequest.newBuilder()
                    .setContent(ByteString.copyFromUtf8("class Basket {}\n"))
                    .setFilePath("src/Basket.java")
                    .setTreeId(tree.getTreeId())
                    .build());
    assertThat(within.getAnalysis().getConfidence().getPartsList())
        .anyMatch(part -> part.getExplanation().contains("project tree known"));
  }

  @Test
  void shouldSayWhatIsWrongWithATree() {
    assertThat(faultOf(() -> tree(entries(entry("a", "x")))).reason())
        .isEqualTo("TREE_HEADER_MISSING");
    assertThat(faultOf(() -> tree(header("p"), entries(entry("../a", "x")))).reason())
        .isEqualTo("TREE_PATH_INVALID");
    assertThat(
            faultOf(() ->
                    suite
                        .intelligence()
                        .queryTree(
                            QueryTreeRequest.newBuilder()
                                .setTreeId("0".repeat(64))
                                .setQuery("x")
                                .build()))
                .reason())
        .isEqualTo("TREE_NOT_FOUND");
  }

  private static AnalyzeTreeRequest header(String root) {
    return AnalyzeTreeRequest.newBuilder()
        .setHeader(TreeHeader.newBuilder().setProjectRoot(root))
        .build();
  }

  private static AnalyzeTreeRequest entries(TreeEntry... entries) {
    return AnalyzeTreeRequest.newBuilder()
        .setEntries(TreeEntries.newBuilder().addAllEntries(List.of(entries)))
        .build();
  }

  private static TreeEntry entry(String path, String text) {
    return TreeEntry.newBuilder()
        .setPath(path)
        .setSize(text.length())
        .setContent(ByteString.copyFromUtf8(text))
        .build();
  }

  private AnalyzeTreeResponse tree(AnalyzeTreeRequest... parts) {
    var answer = new CompletableFuture<AnalyzeTreeResponse>();
    var upload =
        suite
            .streaming()
            .analyzeTree(
                new StreamObserver<>() {
                  @Override
                  public void onNext(AnalyzeTreeResponse response) {
                    answer.complete(response);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answer.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    for (AnalyzeTreeRequest part : parts) {
      upload.onNext(part);
    }
    upload.onCompleted();
    try {
      return answer.get(60, SECONDS);
    } catch (java.util.concurrent.ExecutionException failure) {
      throw (StatusRuntimeException) failure.getCause();
    } catch (InterruptedException | java.util.concurrent.TimeoutException failure) {
      throw new AssertionError(failure);
    }
  }
}
