// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.Given.append;
import static dev.omnibridge.dbadapter.Given.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.ExportEventsRequest;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.LogServiceGrpc.LogServiceBlockingStub;
import dev.omnibridge.api.log.v1.NewEvent;
import dev.omnibridge.api.log.v1.PayloadFilter;
import dev.omnibridge.api.log.v1.QueryEventsRequest;
import dev.omnibridge.api.log.v1.StreamAppend;
import dev.omnibridge.api.log.v1.TraceEventsRequest;
import dev.omnibridge.api.log.v1.TraceLink;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Statuses;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events by time, type, topic and payload; all of them as an export; what was caused as a tree. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EventSearchIT {
  private static final String COMPLETED = "dev.omnibridge.workflow.completed.v1";
  private static final String TOPIC = "test.omninode-bridge.workflow.events.v1";

  /** Every test has years of its own. */
  private static final AtomicInteger NEXT = new AtomicInteger();

  @SuppressWarnings("NullAway.Init")
  private RunningDbAdapter adapter;

  private final long start = 1_000_000_000L + NEXT.incrementAndGet() * 10_000_000L;

  @BeforeAll
  void startAdapter() {
    adapter = RunningDbAdapter.start();
  }

  @AfterAll
  void stop() {
    adapter.close();
  }

  private LogServiceBlockingStub log() {
    return LogServiceGrpc.newBlockingStub(adapter.channel());
  }

  private void write(StreamName stream, NewEvent... events) {
    var appended =
        StreamAppend.newBuilder()
            .setStream(stream)
            .setExpectAny(true)
            .addAllEvents(List.of(events))
            .build();
    var unused = log().append(append(appended).build());
  }

  private static Timestamp at(long second) {
    return Timestamp.newBuilder().setSeconds(second).build();
  }

  private static NewEvent event(long second, String type) {
    return Given.event(Given.id(), type).toBuilder().setOccurredAt(at(second)).build();
  }

  private static NewEvent event(long second, String type, String payload) {
    return event(second, type).toBuilder()
        .setBody(ByteString.copyFromUtf8("{\"payload\":" + payload + "}"))
        .build();
  }

  private QueryEventsRequest.Builder from(long first, long seconds) {
    return QueryEventsRequest.newBuilder()
        .setSince(at(first))
        .setUntil(at(first + seconds))
        .setOldestFirst(true);
  }

  /** Pages until the end; empty ones count. */
  private List<RecordedEvent> all(QueryEventsRequest.Builder question) {
    var found = new ArrayList<RecordedEvent>();
    String token = "";
    do {
      var page = log().queryEvents(question.clone().setPageToken(token).build());
      found.addAll(page.getEventsList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return found;
  }

  private static List<String> ids(List<RecordedEvent> events) {
    return events.stream().map(RecordedEvent::getEventId).toList();
  }

  private static Fault refused(Supplier<?> call) {
    return Statuses.faultOf(catchThrowable(call::get));
  }

  private static PayloadFilter field(String name, String value) {
    return PayloadFilter.newBuilder().setField(name).setValue(value).build();
  }

  @Test
  void shouldFindByTypeTopicAndNamespaceWithinATime() {
    long first = start;
    write(run("one"), event(first, COMPLETED), event(first + 1, Given.STEP_COMPLETED));
    write(run("two"), event(first + 2, COMPLETED), event(first + 9, COMPLETED));
    assertThat(all(from(first, 9).setType(COMPLETED))).hasSize(2);
    assertThat(all(from(first, 10).setTopic(TOPIC))).hasSize(4);
    assertThat(all(from(first, 10).setTopic("other"))).isEmpty();
    assertThat(all(from(first, 10).setNamespace("two").setOldestFirst(false)))
        .extracting(event -> event.getOccurredAt().getSeconds())
        .containsExactly(first + 9, first + 2);
  }

  @Test
  void shouldFindByFieldsOfThePayload() {
    long first = start + 1_000;
    var stream = run();
    write(
        stream,
        event(first, COMPLETED, "{\"workflow_id\":\"a\",\"output\":{\"total\":7,\"ok\":true}}"),
        event(first, COMPLETED, "{\"workflow_id\":\"b\",\"output\":\"\\u0000\"}"),
        event(first, COMPLETED, "{\"workflow_id\":\"a\",\"output\":null}"),
        event(first, Given.STEP_COMPLETED, "{\"workflow_id\":\"a\"}"));
    var byTime = from(first, 1).setType(COMPLETED).addPayload(field("workflow_id", "a"));
    assertThat(all(byTime)).hasSize(2);
    var byStream = QueryEventsRequest.newBuilder().setStream(stream);
    assertThat(all(byStream.clone().addPayload(field("output.total", "7")))).hasSize(1);
    assertThat(
            all(
                byStream
                    .clone()
                    .addPayload(field("output.ok", "true"))
                    .addPayload(field("workflow_id", "a"))))
        .hasSize(1);
    assertThat(all(byStream.clone().addPayload(field("output.ok", "false")))).isEmpty();
  }

  @Test
  void shouldRefuseAFieldThatOnlyAScanCouldFind() {
    for (var asked :
        List.of(
            from(1, 1).addPayload(field("workflow_id", "a")),
            from(1, 1).addPayload(field("unheard", "a")).setType(COMPLETED),
            from(1, 1).addPayload(field("workflow_id", "a")).setType("unheard"))) {
      assertThat(refused(() -> log().queryEvents(asked.build())).reason())
          .isEqualTo("FIELD_NOT_SEARCHABLE");
    }
    var unbound = QueryEventsRequest.newBuilder().setType(COMPLETED).setTopic(TOPIC);
    assertThat(refused(() -> log().queryEvents(unbound.build())).reason())
        .isEqualTo("FILTER_TOO_WIDE");
    var nul = QueryEventsRequest.newBuilder().setSince(at(1)).setTopic("a\0");
    assertThat(refused(() -> log().queryEvents(nul.build())).reason()).isEqualTo("TEXT_WITH_NUL");
  }

  /** Bursts, gaps of years, and many events of one moment. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldPageThroughATimeWithoutLossOrRepeat(boolean oldestFirst) {
    long seed = System.nanoTime();
    var random = new Random(seed);
    long first = start + 2_000 + (oldestFirst ? 0 : 2_000_000);
    int written = 0;
    for (int burst = 0; burst < 20; burst++) {
      int count = 1 + random.nextInt(40);
      long second = first + random.nextInt(1_000_000);
      write(
          run(),
          Stream.generate(() -> event(second, COMPLETED)).limit(count).toArray(NewEvent[]::new));
      written += count;
    }
    var question = from(first, 1_000_000).setOldestFirst(oldestFirst).setPageSize(7);
    var found = all(question);
    assertThat(ids(found)).as("seed %d", seed).hasSize(written).doesNotHaveDuplicates();
    var times = found.stream().map(event -> event.getOccurredAt().getSeconds()).toList();
    assertThat(oldestFirst ? times : times.reversed()).isSorted();
    assertThat(ids(export(question))).isEqualTo(ids(found));
  }

  /** What is appended while pages are read is on none of them, in either direction. */
  @ParameterizedTest
  @ValueSource(strings = {"correlation up", "correlation down", "time up", "time down"})
  void shouldShowOneMomentOnAllPagesOfAQuestion(String how) {
    var correlation = UUID.randomUUID();
    long first = start + 5_000_000 + how.hashCode() % 1_000_000;
    var question = how.startsWith("time") ? from(first, 100) : QueryEventsRequest.newBuilder();
    if (how.startsWith("corr")) {
      question.setCorrelationId(correlation.toString());
    }
    question.setOldestFirst(how.endsWith("up")).setPageSize(3);
    Supplier<NewEvent> another =
        () ->
            Given.event(correlation).toBuilder()
                .setOccurredAt(at(first + NEXT.incrementAndGet() % 100))
                .build();
    for (int i = 0; i < 10; i++) {
      write(run(), another.get());
    }
    var found = new ArrayList<RecordedEvent>();
    String token = "";
    do {
      var page = log().queryEvents(question.clone().setPageToken(token).build());
      found.addAll(page.getEventsList());
      token = page.getNextPageToken();
      write(run(), another.get(), another.get());
    } while (!token.isEmpty());
    assertThat(ids(found)).hasSize(10).doesNotHaveDuplicates();
    assertThat(all(question)).hasSizeGreaterThan(15);
  }

  private List<RecordedEvent> export(QueryEventsRequest.Builder question) {
    var found = new ArrayList<RecordedEvent>();
    log()
        .exportEvents(ExportEventsRequest.newBuilder().setQuestion(question).build())
        .forEachRemaining(part -> found.addAll(part.getEventsList()));
    return found;
  }

  @Test
  void shouldGoOnWithAnExportBehindAnyOfItsParts() {
    long first = start + 9_000_000;
    for (int i = 0; i < 5; i++) {
      write(run(), event(first + i, COMPLETED), event(first + i, COMPLETED));
    }
    var question = from(first, 100).setPageSize(3);
    var whole = ids(export(question));
    assertThat(whole).hasSize(10).doesNotHaveDuplicates();
    var before = new ArrayList<String>();
    var parts = log().exportEvents(ExportEventsRequest.newBuilder().setQuestion(question).build());
    while (parts.hasNext()) {
      var part = parts.next();
      before.addAll(ids(part.getEventsList()));
      if (!part.getCursor().isEmpty()) {
        var rest = ids(export(question.clone().setPageToken(part.getCursor())));
        assertThat(Stream.concat(before.stream(), rest.stream()).toList()).isEqualTo(whole);
      }
    }
  }

  @Test
  void shouldRefuseABadExportWithItsReason() {
    var wide = QueryEventsRequest.newBuilder().setType(COMPLETED);
    assertThat(refused(() -> export(wide)).reason()).isEqualTo("FILTER_TOO_WIDE");
    var bad = from(1, 1).setPageToken("garbage");
    assertThat(refused(() -> export(bad)).reason()).isEqualTo("BAD_PAGE_TOKEN");
  }

  @Test
  void shouldShowWhatACorrelationCausedAsATree() {
    var correlation = UUID.randomUUID();
    var run = run();
    var started = Given.event(correlation);
    var step = Given.event(correlation);
    write(run, started, step);
    var analysis = Given.stream("analysis", "default", Given.id().toString());
    var requested = Given.event(correlation, "dev.omnibridge.intelligence.requested.v1");
    write(analysis, requested.toBuilder().setCausationId(step.getEventId()).build());
    write(run(), Given.event());

    var trace =
        log()
            .traceEvents(
                TraceEventsRequest.newBuilder().setCorrelationId(correlation.toString()).build());

    assertThat(trace.getEventsList())
        .extracting(node -> node.getEvent().getEventId())
        .containsExactly(started.getEventId(), step.getEventId(), requested.getEventId());
    assertThat(trace.getEventsList())
        .extracting(node -> node.getLink())
        .containsExactly(
            TraceLink.TRACE_LINK_ROOT, TraceLink.TRACE_LINK_STREAM, TraceLink.TRACE_LINK_CAUSE);
    assertThat(trace.getEventsList()).extracting(node -> node.getDepth()).containsExactly(0, 1, 2);
    assertThat(trace.getCut()).isFalse();
  }

  @Test
  void shouldCutALargeTraceAndSaySo() {
    var correlation = UUID.randomUUID();
    var large = ByteString.copyFromUtf8("{\"fill\":\"" + "x".repeat(400_000) + "\"}");
    for (int i = 0; i < 10; i++) {
      write(run(), Given.event(correlation).toBuilder().setBody(large).build());
    }
    var question = TraceEventsRequest.newBuilder().setCorrelationId(correlation.toString());
    var byBytes = log().traceEvents(question.build());
    assertThat(byBytes.getEventsCount()).isEqualTo(7);
    assertThat(byBytes.getCut()).isTrue();
    var byNumber = log().traceEvents(question.setMaxEvents(4).build());
    assertThat(byNumber.getEventsCount()).isEqualTo(4);
    assertThat(byNumber.getCut()).isTrue();
    question.setCorrelationId(UUID.randomUUID().toString());
    assertThat(refused(() -> log().traceEvents(question.build())).reason())
        .isEqualTo("TRACE_NOT_FOUND");
  }
}
