// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.store;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.AppendResponse;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.intelligence.store.AnalysisRecord.Outcome;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.metrics.Metrics;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.runtime.rpc.Replies;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AnalysisEventsTest {
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Edge edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));
  private final PlayedLog log = new PlayedLog();

  @BeforeEach
  void start() {
    edge.offer(log);
  }

  @AfterEach
  void stop() throws Exception {
    log.release();
    edge.close().await(10, SECONDS);
    vertx.close().await(10, SECONDS);
  }

  private AnalysisEvents events(int bound) {
    return new AnalysisEvents(context, edge.peer(Peer.DB_ADAPTER), bound, new Random(7));
  }

  private void record(AnalysisEvents events, int count) throws Exception {
    var recorded = new CompletableFuture<Void>();
    context.runOnContext(_ -> {
      for (int i = 0; i < count; i++) {
        events.record(
            new AnalysisRecord(
                "shop",
                UUID.randomUUID(),
                "a.txt",
                "",
                "",
                Instant.EPOCH,
                Duration.ofMillis(1),
                new Outcome.Failed(Fault.invalid("SOME_REASON", "Some reason."))));
      }
      recorded.complete(null);
    });
    recorded.get(30, SECONDS);
  }

  @Test
  void shouldWriteManyAnalysesInOneAppendEachInAStreamOfItsOwn() throws Exception {
    record(events(1000), 30);
    await().untilAsserted(() -> assertThat(log.accepted).hasSize(1));
    AppendRequest append = log.accepted.element();
    assertThat(append.getAppendsList())
        .hasSize(30)
        .allSatisfy(stream -> {
          assertThat(stream.getExpectNone()).isTrue();
          assertThat(stream.getEventsList())
              .extracting(event -> event.getType())
              .containsExactly(
                  "dev.omnibridge.intelligence.requested.v1",
                  "dev.omnibridge.intelligence.failed.v1");
          assertThat(stream.getEvents(1).getCausationId())
              .isEqualTo(stream.getEvents(0).getEventId());
        });
    assertThat(append.getAppendsList().stream().map(s -> s.getStream().getId()).distinct())
        .hasSize(30);
  }

  @Test
  void shouldRepeatTheSameAppendWhileTheLogIsAway() throws Exception {
    log.refusals.add(Fault.unavailable("DATABASE_AWAY", "Away.", null));
    log.refusals.add(Fault.unavailable("DATABASE_AWAY", "Away.", null));
    var events = events(1000);
    record(events, 1);
    await().untilAsserted(() -> assertThat(log.accepted).hasSize(1));
    assertThat(log.asked.stream().map(AppendRequest::getAppendId).distinct()).hasSize(1);
    assertThat(log.asked).hasSize(3);
    assertThat(events.lost()).hasValue(0);
  }

  @Test
  void shouldLetGoWhatTheLogRefusesForGoodAndGoOn() throws Exception {
    log.refusals.add(Fault.invalid("BODY_MALFORMED", "Malformed."));
    var events = events(1000);
    record(events, 1);
    await().untilAsserted(() -> assertThat(events.lost()).hasValue(1));
    record(events, 1);
    await().untilAsserted(() -> assertThat(log.accepted).hasSize(1));
  }

  @Test
  void shouldLetGoWhatIsBeyondItsQueue() throws Exception {
    log.holding = true;
    var events = events(5);
    record(events, 1);
    await().untilAsserted(() -> assertThat(log.asked).hasSize(1));
    record(events, 20);
    try (var metrics = new Metrics()) {
      events.tell(metrics);
      assertThat(metrics.scrape()).contains("omnibridge_analysis_events_lost_total 15.0");
    }
    log.release();
    await()
        .untilAsserted(() ->
            assertThat(log.accepted.stream().mapToInt(AppendRequest::getAppendsCount).sum())
                .isEqualTo(6));
  }

  @Test
  void shouldWriteWhatWaitsBeforeItStopsButNotForLong() throws Exception {
    var events = events(100);
    record(events, 3);
    var stopped = new CompletableFuture<Void>();
    context.runOnContext(_ -> events.stop().onComplete(_ -> stopped.complete(null)));
    stopped.get(30, SECONDS);
    assertThat(log.accepted).hasSize(1);
  }

  /** A log that accepts, refuses or holds appends as it is told. */
  private static final class PlayedLog extends LogServiceGrpc.LogServiceImplBase {
    final Queue<Fault> refusals = new ConcurrentLinkedQueue<>();
    final Queue<AppendRequest> asked = new ConcurrentLinkedQueue<>();
    final Queue<AppendRequest> accepted = new ConcurrentLinkedQueue<>();
    final Queue<Runnable> held = new ConcurrentLinkedQueue<>();
    volatile boolean holding;

    @Override
    public void append(AppendRequest request, StreamObserver<AppendResponse> out) {
      asked.add(request);
      Fault refusal = refusals.poll();
      if (refusal != null) {
        Replies.fail(out, refusal);
      } else if (holding) {
        held.add(() -> accept(request, out));
      } else {
        accept(request, out);
      }
    }

    private void accept(AppendRequest request, StreamObserver<AppendResponse> out) {
      accepted.add(request);
      out.onNext(AppendResponse.getDefaultInstance());
      out.onCompleted();
    }

    void release() {
      holding = false;
      for (Runnable answer = held.poll(); answer != null; answer = held.poll()) {
        answer.run();
      }
    }
  }
}
