// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.ExportEventsRequest;
import dev.omnibridge.api.log.v1.ExportEventsResponse;
import dev.omnibridge.api.log.v1.LogServiceGrpc.LogServiceImplBase;
import dev.omnibridge.api.log.v1.QueryEventsRequest;
import dev.omnibridge.api.log.v1.QueryEventsResponse;
import dev.omnibridge.api.log.v1.TraceEventsRequest;
import dev.omnibridge.api.log.v1.TraceEventsResponse;
import dev.omnibridge.api.log.v1.TraceLink;
import dev.omnibridge.api.log.v1.TracedEvent;
import dev.omnibridge.bridge.FakeOrchestrator;
import dev.omnibridge.bridge.TestSetting;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceExportTest {
  private static final String ID = "01931b2e-0000-7000-8000-00000000000a";

  @TempDir private Path home = Path.of("");

  private final Log log = new Log();
  private final FakeOrchestrator suite;

  TraceExportTest() throws IOException {
    suite = new FakeOrchestrator(log);
  }

  @AfterEach
  void stop() {
    suite.close();
  }

  private TestSetting command() {
    return new TestSetting(home).with("OMNIBRIDGE_ADDRESS", suite.address());
  }

  /** A log of six events, two a part, which breaks where a test wants it to. */
  private static final class Log extends LogServiceImplBase {
    final List<QueryEventsRequest> asked = new CopyOnWriteArrayList<>();
    final List<TraceEventsRequest> traced = new CopyOnWriteArrayList<>();
    final Queue<Fault> breaks = new ConcurrentLinkedQueue<>();

    @Override
    public void exportEvents(
        ExportEventsRequest request, StreamObserver<ExportEventsResponse> out) {
      asked.add(request.getQuestion());
      String cursor = request.getQuestion().getPageToken();
      for (int next = cursor.isEmpty() ? 1 : Integer.parseInt(cursor); next <= 5; next += 2) {
        String rest = next == 5 ? "" : Integer.toString(next + 2);
        var part =
            ExportEventsResponse.newBuilder().addEvents(event(next)).addEvents(event(next + 1));
        out.onNext(part.setCursor(rest).build());
        Fault fault = breaks.poll();
        if (fault != null) {
          out.onError(Statuses.toException(fault));
          return;
        }
      }
      out.onCompleted();
    }

    @Override
    public void queryEvents(QueryEventsRequest request, StreamObserver<QueryEventsResponse> out) {
      asked.add(request);
      out.onNext(
          QueryEventsResponse.newBuilder().addEvents(event(1)).setNextPageToken("2").build());
      out.onCompleted();
    }

    @Override
    public void traceEvents(TraceEventsRequest request, StreamObserver<TraceEventsResponse> out) {
      traced.add(request);
      out.onNext(
          TraceEventsResponse.newBuilder()
              .addEvents(node(1, 0, 4))
              .addEvents(node(2, 1, 3))
              .addEvents(node(3, 2, 3))
              .addEvents(node(4, 1, 4))
              .addEvents(node(5, 0, 5))
              .setCut(true)
              .build());
      out.onCompleted();
    }

    private static TracedEvent node(int number, int depth, int last) {
      return TracedEvent.newBuilder()
          .setEvent(event(number))
          .setDepth(depth)
          .setLink(TraceLink.TRACE_LINK_STREAM)
          .setLastOccurredAt(event(last).getOccurredAt())
          .build();
    }
  }

  private static RecordedEvent event(int number) {
    return RecordedEvent.newBuilder()
        .setEventId("e" + number)
        .setStream(StreamName.newBuilder().setKind("workflow").setNamespace("default").setId("r"))
        .setVersion(number)
        .setType("dev.omnibridge.workflow.step-completed.v1")
        .setOccurredAt(Amounts.timestamp(TestSetting.NOON.plusMillis(10L * number)))
        .setBody(ByteString.copyFromUtf8("{\"payload\":{\"step_id\":\"/do/" + number + "\"}}"))
        .build();
  }

  private static List<Integer> versions(String lines) {
    return lines
        .lines()
        .map(line -> {
          try {
            return new ObjectMapper().readTree(line).path("version").asInt();
          } catch (IOException noJson) {
            throw new AssertionError(line, noJson);
          }
        })
        .toList();
  }

  @Test
  void shouldWriteEveryEventOnALineAndTheCountElsewhere() {
    var command = command();

    assertThat(command.run("export", "--from", "1h", "--to", "2026-11-21T12:00:00Z")).isZero();
    assertThat(versions(command.out())).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(command.err()).isEqualTo("6 events\n");
    var question = log.asked.getFirst();
    assertThat(question.getOldestFirst()).isTrue();
    assertThat(question.getUntil()).isEqualTo(Amounts.timestamp(TestSetting.NOON));
  }

  @Test
  void shouldGoOnBehindTheLastPartWhenTheStreamBreaks() {
    log.breaks.add(Fault.unavailable("AWAY", "Away.", null));
    log.breaks.add(Fault.unavailable("AWAY", "Away.", null));
    var command = command();

    assertThat(command.run("export", "--from", "1h")).isZero();
    assertThat(versions(command.out())).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(log.asked)
        .extracting(QueryEventsRequest::getPageToken)
        .containsExactly("", "3", "5");
  }

  @Test
  void shouldTellWhereToGoOnWhenItStops() {
    log.breaks.add(Fault.invalid("SOME_REASON", "What went wrong."));
    var command = command();

    assertThat(command.run("export", "--from", "1h")).isEqualTo(2);
    assertThat(versions(command.out())).containsExactly(1, 2);
    assertThat(command.err())
        .contains("2 events written", "What went wrong.")
        .contains("but with --cursor 3 --since 2026-11-21T11:00:00Z");

    var rest = command();
    assertThat(rest.run("export", "--cursor", "3", "--since", "2026-11-21T11:00:00Z")).isZero();
    assertThat(versions(rest.out())).containsExactly(3, 4, 5, 6);
  }

  @Test
  void shouldDrawWhatWasCausedAsATree() {
    var command = command();

    assertThat(command.run("trace", ID, "--limit", "5")).isZero();
    assertThat(command.out().lines().map(String::stripTrailing))
        .containsExactly(
            "EVENT                  AFTER  LASTS  STREAM              WHAT",
            "step-completed         +0 ms  30 ms  workflow/default/r  /do/1",
            "├─ step-completed     +10 ms  10 ms  workflow/default/r  /do/2",
            "│  └─ step-completed  +20 ms         workflow/default/r  /do/3",
            "└─ step-completed     +30 ms         workflow/default/r  /do/4",
            "step-completed        +40 ms         workflow/default/r  /do/5");
    assertThat(command.err()).contains("There is more");
    assertThat(log.traced.getFirst().getCorrelationId()).isEqualTo(ID);
    assertThat(log.traced.getFirst().getMaxEvents()).isEqualTo(5);
  }

  @Test
  void shouldGiveTheTreeToScripts() throws Exception {
    var command = command();

    assertThat(command.run("trace", ID, "-o", "json")).isZero();
    var trace = new ObjectMapper().readTree(command.out());
    assertThat(trace.at("/events/1/link").asText()).isEqualTo("STREAM");
    assertThat(trace.at("/events/1/event/body/payload/step_id").asText()).isEqualTo("/do/2");
    assertThat(trace.path("cut").asBoolean()).isTrue();
  }

  @Test
  void shouldAskForEventsByTopicTenantAndFields() {
    var command = command();

    assertThat(
            command.run(
                "events",
                "--topic=t",
                "--namespace=n",
                "--type=y",
                "--field=a.b=c=d",
                "--field=e=",
                "--limit=1",
                "-o=json"))
        .isZero();
    var question = log.asked.getFirst();
    assertThat(question.getTopic() + question.getNamespace() + question.getType()).isEqualTo("tny");
    assertThat(question.getPayloadList())
        .extracting(field -> field.getField() + " is " + field.getValue())
        .containsExactly("a.b is c=d", "e is ");
    assertThat(question.hasSince()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--since 10m", "--since 10m --until 1m", "--stream a/b/c --to 1m"})
  void shouldGoOnWithTheSameTimesWhenTheHintIsFollowed(String times) {
    var first = command();
    assertThat(first.run(("events --limit 1 " + times).strip().split(" "))).isZero();

    var next = command();
    String rest = times.replaceAll("--(since|until|to) \\S+", "").strip();
    String line = "events --limit 1 %s %s".formatted(DeadLetterVerbsTest.hint(first), rest);
    assertThat(next.run(line.strip().split(" "))).as(next.err()).isZero();
    assertThat(log.asked.getLast())
        .isEqualTo(log.asked.getFirst().toBuilder().setPageToken("2").build());
  }
}
