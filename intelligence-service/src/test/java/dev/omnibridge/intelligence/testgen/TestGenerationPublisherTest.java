// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.testgen;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.AppendResponse;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.intelligence.testgen.TestGenerationEvent.Completed;
import dev.omnibridge.intelligence.testgen.TestGenerationEvent.Failed;
import dev.omnibridge.runtime.event.Envelope;
import dev.omnibridge.runtime.metrics.Metrics;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TestGenerationPublisherTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final GeneratedTests TWO_FILES =
      new GeneratedTests(List.of("a", "b"), 0.9, 80.0, JsonNodeFactory.instance.objectNode());

  private final Vertx vertx = Vertx.vertx();
  private final AtomicLong nanos = new AtomicLong();
  private final FakeLog log = new FakeLog();
  private final String name = UUID.randomUUID().toString();
  private final ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
  private final Server server =
      InProcessServerBuilder.forName(name).directExecutor().addService(log).build();
  private final Context context = vertx.getOrCreateContext();
  private final TestGenerationPublisher publisher =
      new TestGenerationPublisher(
          context, channel, Clock.fixed(NOON, ZoneOffset.UTC), nanos::get, new Random(7));
  private final TestGeneration generation =
      new TestGeneration(
          "shop", UUID.randomUUID(), UUID.randomUUID(), "c", List.of("unit"), "Node", "out", "");

  /** Keeps what is appended, after as many refusals as it is told. */
  private static final class FakeLog extends LogServiceGrpc.LogServiceImplBase {
    private final List<AppendRequest> kept = new CopyOnWriteArrayList<>();
    private final List<String> attempts = new CopyOnWriteArrayList<>();
    private final List<Status> refusals = new CopyOnWriteArrayList<>();

    @Override
    public void append(AppendRequest request, StreamObserver<AppendResponse> answer) {
      attempts.add(request.getAppendId());
      if (!refusals.isEmpty()) {
        answer.onError(refusals.removeFirst().asRuntimeException());
        return;
      }
      kept.add(request);
      answer.onNext(AppendResponse.getDefaultInstance());
      answer.onCompleted();
    }

    List<Envelope> events() {
      return kept.stream()
          .map(append -> append.getAppends(0).getEvents(0).getBody().toByteArray())
          .map(Envelope::parse)
          .toList();
    }

    TestGenerationEvent event(int number) {
      Envelope envelope = events().get(number);
      return TestGenerationEvent.of(envelope.eventType(), envelope.payload());
    }
  }

  @BeforeEach
  void start() throws Exception {
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    channel.shutdownNow();
    server.shutdownNow();
    vertx.close().await(10, SECONDS);
  }

  private GeneratedTests run(Supplier<Future<GeneratedTests>> generator) throws Exception {
    return publisher.publish(generation, generator).await(10, SECONDS);
  }

  private void awaitEvents(int count) {
    await().untilAsserted(() -> assertThat(log.kept).hasSize(count));
  }

  @Test
  void shouldTellOfTheStartFirstAndThenOfTheEndWithTheTimeItTook() throws Exception {
    var result =
        run(() -> {
          nanos.set(1_500_000_000);
          return Future.succeededFuture(TWO_FILES);
        });
    assertThat(result).isSameAs(TWO_FILES);
    awaitEvents(2);
    var started = log.events().getFirst();
    var completed = log.events().getLast();
    assertThat(started.eventType()).isEqualTo("dev.omnibridge.test-generation.started.v1");
    assertThat(completed.causationId()).isEqualTo(started.eventId());
    assertThat(completed.correlationId()).isEqualTo(generation.correlationId());
    assertThat(completed.payload().path("file_count").asInt()).isEqualTo(2);
    assertThat(((Completed) log.event(1)).durationSeconds()).isEqualTo(1.5);
    var stream = log.kept.getLast().getAppends(0);
    assertThat(stream.getExpectAny()).isTrue();
    assertThat(stream.getStream().getKind()).isEqualTo("test-generation");
    assertThat(stream.getStream().getId()).isEqualTo(generation.correlationId().toString());
    assertThat(publisher.failed()).hasValue(0);
  }

  @Test
  void shouldTellOfTheFailureAndStillRaiseIt() {
    var failure =
        new GenerationFailure(
            "TEMPLATE_NOT_FOUND",
            "There is no template.",
            null,
            "unit",
            List.of("half"),
            JsonNodeFactory.instance.objectNode().put("node_name", "Node"));
    assertThatThrownBy(() -> run(() -> Future.failedFuture(failure))).isSameAs(failure);
    awaitEvents(2);
    var failed = (Failed) log.event(1);
    assertThat(failed.errorCode()).isEqualTo("TEMPLATE_NOT_FOUND");
    assertThat(failed.failedTestType()).isEqualTo("unit");
    assertThat(failed.partialFilesGenerated()).containsExactly("half");
    assertThat(failed.stackTrace()).contains("GenerationFailure");
    assertThat(failed.metadata().path("node_name").asText()).isEqualTo("Node");
    assertThat(publisher.failed()).hasValue(1);
    try (var metrics = new Metrics()) {
      publisher.tell(metrics);
      assertThat(metrics.scrape()).contains("omnibridge_test_generation_failed_total 1.0");
    }
  }

  @Test
  void shouldNameTheClassOfAnErrorThatIsThrown() {
    var failure = new IllegalStateException();
    assertThatThrownBy(() ->
            run(() -> {
              throw failure;
            }))
        .isSameAs(failure);
    awaitEvents(2);
    assertThat(((Failed) log.event(1)).errorCode()).isEqualTo("IllegalStateException");
  }

  @Test
  void shouldTellOfTheFailureWhenAnErrorIsThrown() {
    var failure = new StackOverflowError();
    assertThatThrownBy(() ->
            run(() -> {
              throw failure;
            }))
        .isSameAs(failure);
    awaitEvents(2);
    assertThat(((Failed) log.event(1)).errorCode()).isEqualTo("StackOverflowError");
  }

  @Test
  @SuppressWarnings("NullAway")
  void shouldTakeNothingFromAGeneratorForAFailure() {
    assertThatThrownBy(() -> run(() -> null)).isInstanceOf(GenerationFailure.class);
    assertThatThrownBy(() -> run(() -> Future.succeededFuture(null)))
        .isInstanceOf(GenerationFailure.class);
    awaitEvents(4);
    assertThat(((Failed) log.event(1)).errorCode()).isEqualTo("NO_RESULT");
    assertThat(((Failed) log.event(3)).errorCode()).isEqualTo("NO_RESULT");
  }

  @Test
  void shouldTellOfAFailureHoweverMuchIsKnownOfIt() {
    String much = "\u0001\uD83D\uDE00".repeat(300_000);
    var failure =
        new GenerationFailure(
            much,
            much,
            null,
            much,
            Collections.nCopies(50_000, "some/file/of/a/test"),
            JsonNodeFactory.instance.objectNode().put("much", much));
    assertThatThrownBy(() -> run(() -> Future.failedFuture(failure))).isSameAs(failure);
    awaitEvents(2);
    assertThat(log.kept.getLast().getAppends(0).getEvents(0).getBody().size())
        .isLessThan(512 * 1024);
    var failed = (Failed) log.event(1);
    assertThat(failed.errorMessage()).hasSizeLessThanOrEqualTo(16_000);
    assertThat(failed.partialFilesGenerated()).hasSizeBetween(100, 1_000);
    assertThat(failed.metadata().path("metadata_omitted_bytes").asInt()).isPositive();
  }

  @Test
  void shouldNeverFailAGeneratorForAnEventThatIsRefused() throws Exception {
    log.refusals.addAll(List.of(Status.INVALID_ARGUMENT, Status.PERMISSION_DENIED));
    assertThat(run(() -> Future.succeededFuture(TWO_FILES))).isSameAs(TWO_FILES);
    await().untilAsserted(() -> assertThat(publisher.lost()).hasValue(2));
    assertThat(log.kept).isEmpty();
  }

  @Test
  void shouldTryAgainUnderTheSameIdAndKeepTheOrderWhenTheLogIsAway() throws Exception {
    log.refusals.addAll(List.of(Status.UNAVAILABLE, Status.UNAVAILABLE));
    assertThat(run(() -> Future.succeededFuture(TWO_FILES))).isSameAs(TWO_FILES);
    awaitEvents(2);
    assertThat(log.attempts.subList(0, 3)).containsOnly(log.kept.getFirst().getAppendId());
    assertThat(log.events().getFirst().eventType()).endsWith("started.v1");
    assertThat(publisher.lost()).hasValue(0);
  }

  @Test
  void shouldNotPublishWhatTheCatalogueDoesNotAllow() throws Exception {
    var tooGood = new GeneratedTests(List.of(), 1.5, null, JsonNodeFactory.instance.objectNode());
    assertThat(run(() -> Future.succeededFuture(tooGood))).isSameAs(tooGood);
    await().untilAsserted(() -> assertThat(publisher.lost()).hasValue(1));
    assertThat(log.events())
        .extracting(Envelope::eventType)
        .containsExactly("dev.omnibridge.test-generation.started.v1");
  }
}
