// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.rpc.RetryInfo;
import dev.omnibridge.api.intelligence.v1.Analysis;
import dev.omnibridge.api.intelligence.v1.AnalyzeRequest;
import dev.omnibridge.api.intelligence.v1.AnalyzeResponse;
import dev.omnibridge.api.intelligence.v1.Finding;
import dev.omnibridge.api.intelligence.v1.IntelligenceServiceGrpc;
import dev.omnibridge.intelligence.IntelligenceConfig;
import dev.omnibridge.intelligence.IntelligenceVerticle;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.Calls;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The real verticle over the in-process transport; only the content store is played. */
class IntelligenceApiTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** So that the first call of a busy process has reached the store before its time is over. */
  private static final Duration ENOUGH_TO_GET_THERE = Duration.ofSeconds(2);

  private static final String SOURCE =
      """
      // SPDX-License-Identifier: Apache-2.0
      package shop;

      import java.util.List;

      public final class Basket {
        public long total(List<Long> prices) {
          long sum = 0;
          for (long price : prices) {
            sum += price;
          }
          return sum;
        }
      }
      """;

  private final Vertx vertx = Vertx.vertx();
  private final StoredContents contents = new StoredContents();
  private Edge edge;

  private void start(IntelligenceConfig config) throws Exception {
    edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));
    edge.offer(contents);
    vertx.deployVerticle(new IntelligenceVerticle(config, edge)).await(30, SECONDS);
  }

  private static IntelligenceConfig config(int workers, int queue, Duration timeout) {
    var alone = new IntelligenceConfig.Similar(false, "", 100, false, "127.0.0.1:1", "test");
    return new IntelligenceConfig(4096, workers, queue, timeout, 100, alone);
  }

  /** One after the other: a future of a context of a closed Vertx never completes. */
  @AfterEach
  void stop() throws Exception {
    contents.release();
    edge.close().await(30, SECONDS);
    vertx.close().await(30, SECONDS);
  }

  private Future<AnalyzeResponse> call(AnalyzeRequest.Builder request, Duration deadline) {
    return Calls.unary(
        edge.peer(Peer.INTELLIGENCE),
        IntelligenceServiceGrpc.getAnalyzeMethod(),
        request.build(),
        deadline);
  }

  private Analysis analyze(AnalyzeRequest.Builder request) throws Exception {
    return call(request, LIMIT).await(30, SECONDS).getAnalysis();
  }

  private static AnalyzeRequest.Builder inline(String text, String path) {
    return AnalyzeRequest.newBuilder().setContent(ByteString.copyFromUtf8(text)).setFilePath(path);
  }

  private static AnalyzeRequest.Builder stored(String hash) {
    return AnalyzeRequest.newBuilder().setContentHash(hash).setFilePath("Basket.java");
  }

  private static Fault faultOf(Future<?> failed) {
    Fault fault = catchThrowableOfType(Fault.class, () -> failed.await(30, SECONDS));
    assertThat(fault).isNotNull();
    return fault;
  }

  /** The fault of a call that has reached the store; one whose time is over before is repeated. */
  private Fault faultInTheStore(String hash, Duration deadline) {
    return await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> faultOf(call(stored(hash), deadline)), this::hasReachedTheStore);
  }

  /** One that is refused has found the turn taken by the call before it, which came late. */
  private boolean hasReachedTheStore(Fault fault) {
    return contents.timeLeft.isDone() && fault.kind() != Kind.EXHAUSTED;
  }

  @Test
  void shouldAnalyseBytesThatAreSentAlong() throws Exception {
    start(config(2, 8, LIMIT));

    Analysis analysis = analyze(inline(SOURCE, "shop/Basket.java"));

    assertThat(analysis.getContentType()).isEqualTo("text/x-java-source");
    assertThat(analysis.getCharset()).isEqualTo("UTF-8");
    assertThat(analysis.getLanguage()).isEqualTo("java");
    assertThat(analysis.getText()).isTrue();
    assertThat(analysis.getTruncated()).isFalse();
    assertThat(analysis.getAnalyzedBytes()).isEqualTo(SOURCE.length());
    assertThat(analysis.getTextStatistics().getLines()).isEqualTo(14);
    assertThat(analysis.getCodeStatistics().getCodeLines()).isEqualTo(11);
    assertThat(analysis.getCodeStatistics().getFunctions()).isEqualTo(1);
    assertThat(analysis.getCodeStatistics().getTypes()).isEqualTo(1);
    assertThat(analysis.getCodeStatistics().getBranchCount()).isEqualTo(2);
    assertThat(analysis.getPatternsList()).extracting(Finding::getName).contains("license-header");
    assertThat(analysis.getRelationships(0).getKind()).isEqualTo("imports");
    assertThat(analysis.getRelationships(0).getTarget()).isEqualTo("java.util.List");
    assertThat(analysis.getTagsList()).contains("java", "source-code", "license:apache-2.0");
    assertThat(analysis.getConfidence().getPartsCount()).isEqualTo(4);
    assertThat(analysis.getConfidence().getScore()).isBetween(0.5, 0.8);
    assertThat(analysis.getConfidence().getLevel()).isEqualTo("MEDIUM");
  }

  @Test
  void shouldGiveTheSameAnalysisForBytesAndForTheirHash() throws Exception {
    start(config(2, 8, LIMIT));
    String hash = contents.put(SOURCE.getBytes(UTF_8));

    assertThat(analyze(stored(hash))).isEqualTo(analyze(inline(SOURCE, "Basket.java")));
    assertThat(analyze(stored(hash.toUpperCase(java.util.Locale.ROOT))))
        .isEqualTo(analyze(stored(hash)));
  }

  @Test
  void shouldTellEmptyAndBinaryContentApart() throws Exception {
    start(config(2, 8, LIMIT));

    Analysis empty = analyze(inline("", ""));
    Analysis binary = analyze(inline("\0\1\2", ""));

    assertThat(empty.getText()).isTrue();
    assertThat(empty.hasTextStatistics()).isTrue();
    assertThat(empty.hasCodeStatistics()).isFalse();
    assertThat(empty.getConfidence().getLevel()).isEqualTo("MINIMAL");
    assertThat(binary.getText()).isFalse();
    assertThat(binary.hasTextStatistics()).isFalse();
    assertThat(binary.getCharset()).isEmpty();
    assertThat(analyze(stored(contents.put(new byte[0])).setFilePath(""))).isEqualTo(empty);
  }

  @Test
  void shouldReadNoMoreOfAStoredContentThanItAnalyses() throws Exception {
    start(config(2, 8, LIMIT));
    String hash = contents.put("line\n".repeat(10_000).getBytes(UTF_8));

    Analysis analysis = analyze(stored(hash));

    assertThat(contents.asked.element().getLength()).isEqualTo(4096);
    assertThat(analysis.getAnalyzedBytes()).isEqualTo(4096);
    assertThat(analysis.getTruncated()).isTrue();
    assertThat(analysis).isEqualTo(analyze(inline("line\n".repeat(10_000), "Basket.java")));
  }

  @Test
  void shouldRefuseAMalformedHashAndAMissingSource() throws Exception {
    start(config(2, 8, LIMIT));

    Fault malformed = faultOf(call(stored("xyz"), LIMIT));
    Fault missing = faultOf(call(AnalyzeRequest.newBuilder().setFilePath("a"), LIMIT));

    assertThat(malformed.kind()).isEqualTo(Kind.INVALID);
    assertThat(malformed.violations())
        .extracting(Fault.Violation::field)
        .containsExactly("content_hash");
    assertThat(missing.kind()).isEqualTo(Kind.INVALID);
  }

  @Test
  void shouldSayWhenThereIsNoSuchContent() throws Exception {
    start(config(2, 8, LIMIT));

    Fault fault = faultOf(call(stored("0".repeat(64)), LIMIT));

    assertThat(fault.kind()).isEqualTo(Kind.NOT_FOUND);
    assertThat(fault.reason()).isEqualTo("CONTENT_NOT_FOUND");
  }

  @Test
  void shouldNotTakePartOfAContentForTheWhole() throws Exception {
    start(config(2, 8, LIMIT));
    contents.stoppingEarly = true;
    String hash = contents.put(new byte[3000]);

    Fault fault = faultOf(call(stored(hash), LIMIT));

    assertThat(fault.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(fault.reason()).isEqualTo("CONTENT_INCOMPLETE");
    assertThat(fault.facts())
        .containsEntry("expected_bytes", "3000")
        .containsEntry("received_bytes", "1000");
  }

  @Test
  void shouldSayWhenTheContentStoreIsAway() throws Exception {
    edge = Edge.open(vertx, new EdgeConfig("127.0.0.1", 0, Map.of(Peer.DB_ADAPTER, "127.0.0.1:1")));
    vertx.deployVerticle(new IntelligenceVerticle(config(1, 1, LIMIT), edge)).await(30, SECONDS);

    Fault fault = faultOf(call(stored("0".repeat(64)), LIMIT));

    assertThat(fault.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(fault.reason()).isEqualTo("CONTENT_STORE_UNAVAILABLE");
    assertThat(analyze(inline(SOURCE, "")).getLanguage()).isEqualTo("java");
  }

  @Test
  void shouldPassTheDeadlineOnAndLetTheStoreKnowWhenItIsOver() throws Exception {
    start(config(1, 0, LIMIT));
    contents.holding = true;
    String hash = contents.put(SOURCE.getBytes(UTF_8));

    Fault fault = faultInTheStore(hash, ENOUGH_TO_GET_THERE);

    assertThat(fault.kind()).isEqualTo(Kind.TIMEOUT);
    assertThat(contents.timeLeft.get(30, SECONDS)).isBetween(Duration.ZERO, ENOUGH_TO_GET_THERE);
    contents.cancelled.get(30, SECONDS);
    contents.release();
    await().untilAsserted(() -> assertThat(freeAgain(hash)).isTrue());
  }

  @Test
  void shouldGiveUpAfterItsOwnLimitWhenTheCallerHasMoreTime() throws Exception {
    start(config(1, 0, ENOUGH_TO_GET_THERE));
    contents.holding = true;
    String hash = contents.put(SOURCE.getBytes(UTF_8));

    Fault fault = faultInTheStore(hash, LIMIT);

    assertThat(fault.kind()).isEqualTo(Kind.TIMEOUT);
    assertThat(fault.reason()).isIn("ANALYSIS_TIMEOUT", "CONTENT_STORE_TIMEOUT");
    contents.cancelled.get(30, SECONDS);
    contents.release();
    await().untilAsserted(() -> assertThat(freeAgain(hash)).isTrue());
  }

  @Test
  void shouldStopReadingWhenTheCallerGoesAway() throws Exception {
    start(config(1, 0, LIMIT));
    contents.holding = true;
    String hash = contents.put(SOURCE.getBytes(UTF_8));
    var caller = Context.ROOT.withCancellation();
    caller.run(() -> {
      var unused =
          IntelligenceServiceGrpc.newFutureStub(edge.peer(Peer.INTELLIGENCE))
              .analyze(stored(hash).build());
    });
    await().untilAsserted(() -> assertThat(contents.held()).isEqualTo(1));

    caller.cancel(null);

    contents.cancelled.get(30, SECONDS);
    contents.release();
    await().untilAsserted(() -> assertThat(freeAgain(hash)).isTrue());
  }

  private boolean freeAgain(String hash) {
    return call(stored(hash), LIMIT).map(true).otherwise(false).await();
  }

  @Test
  void shouldRefuseWhatIsBeyondTheQueueAndSayWhenToComeBack() throws Exception {
    start(config(1, 1, LIMIT));
    contents.holding = true;
    String hash = contents.put(new byte[0]);
    Future<AnalyzeResponse> running = call(stored(hash), LIMIT);
    await().untilAsserted(() -> assertThat(contents.held()).isEqualTo(1));
    Future<AnalyzeResponse> waiting = call(inline(SOURCE, ""), LIMIT);

    var refused =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                IntelligenceServiceGrpc.newBlockingStub(edge.peer(Peer.INTELLIGENCE))
                    .withDeadlineAfter(30, SECONDS)
                    .analyze(stored(hash).build()));

    var status = StatusProto.fromThrowable(refused);
    assertThat(status).isNotNull();
    assertThat(status.getDetailsList()).anyMatch(detail -> detail.is(RetryInfo.class));
    assertThat(refused.getStatus().getCode().value())
        .isEqualTo(io.grpc.Status.Code.RESOURCE_EXHAUSTED.value());
    assertThat(waiting.isComplete()).isFalse();
    contents.release();
    assertThat(running.await(30, SECONDS).getAnalysis().getText()).isTrue();
    assertThat(waiting.await(30, SECONDS).getAnalysis().getLanguage()).isEqualTo("java");
  }

  @Test
  void shouldLetGoOfACallThatWaitsLongerThanItsDeadline() throws Exception {
    start(config(1, 1, LIMIT));
    contents.holding = true;
    String hash = contents.put(new byte[0]);
    Future<AnalyzeResponse> running = call(stored(hash), LIMIT);
    await().untilAsserted(() -> assertThat(contents.held()).isEqualTo(1));

    Fault late = faultOf(call(inline(SOURCE, ""), Duration.ofMillis(100)));

    assertThat(late.kind()).isEqualTo(Kind.TIMEOUT);
    // Its place in the queue is free again, long before the running call ends.
    Future<AnalyzeResponse> next = await().until(this::waiting, Predicate.not(Future::isComplete));
    assertThat(contents.held()).isEqualTo(1);
    contents.release();
    assertThat(next.await(30, SECONDS).getAnalysis().getLanguage()).isEqualTo("java");
    assertThat(running.await(30, SECONDS)).isNotNull();
  }

  /** A call that is either waiting or refused; the service needs no time to refuse one. */
  private Future<AnalyzeResponse> waiting() {
    Future<AnalyzeResponse> call = call(inline(SOURCE, ""), LIMIT);
    var probe = call(inline(SOURCE, ""), Duration.ofSeconds(1));
    faultOf(probe);
    return call;
  }

  @Test
  void shouldAnswerManyCallsAtOnce() throws Exception {
    start(config(2, 64, LIMIT));
    var calls =
        Stream.generate(() -> call(inline(SOURCE, "Basket.java"), LIMIT)).limit(50).toList();
    for (var call : calls) {
      assertThat(call.await(30, SECONDS).getAnalysis().getLanguage()).isEqualTo("java");
    }
  }
}
