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
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.LogServiceGrpc.LogServiceBlockingStub;
import dev.omnibridge.api.log.v1.NewEvent;
import dev.omnibridge.api.log.v1.QueryEventsRequest;
import dev.omnibridge.api.log.v1.QueryEventsResponse;
import dev.omnibridge.api.log.v1.ReadStreamRequest;
import dev.omnibridge.api.log.v1.StreamAppend;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Statuses;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Events by what they have in common, page by page. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QueryIT {
  @SuppressWarnings("NullAway.Init")
  private RunningDbAdapter adapter;

  @BeforeAll
  void start() {
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
    var unused =
        log()
            .append(
                append(
                        StreamAppend.newBuilder()
                            .setStream(stream)
                            .setExpectAny(true)
                            .addAllEvents(List.of(events))
                            .build())
                    .build());
  }

  private List<List<RecordedEvent>> pages(QueryEventsRequest.Builder question) {
    var pages = new ArrayList<List<RecordedEvent>>();
    String token = "";
    do {
      QueryEventsResponse page = log().queryEvents(question.setPageToken(token).build());
      pages.add(page.getEventsList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return pages;
  }

  private static Fault refused(Supplier<?> call) {
    return Statuses.faultOf(catchThrowable(call::get));
  }

  private UUID fiveEventsOfTwoStreams() {
    var correlation = UUID.randomUUID();
    var one = run();
    var two = run();
    write(one, Given.event(correlation), Given.event());
    write(two, Given.event(correlation), Given.event(correlation));
    write(one, Given.event(correlation), Given.event(correlation));
    return correlation;
  }

  @Test
  void shouldFindWhatIsCorrelatedNewestFirstInPages() {
    var question =
        QueryEventsRequest.newBuilder()
            .setCorrelationId(fiveEventsOfTwoStreams().toString())
            .setPageSize(2);
    var pages = pages(question);
    assertThat(pages).extracting(List::size).containsExactly(2, 2, 1);
    var newestFirst = pages.stream().flatMap(List::stream).map(RecordedEvent::getEventId).toList();
    var oldestFirst =
        pages(question.setOldestFirst(true)).stream()
            .flatMap(List::stream)
            .map(RecordedEvent::getEventId)
            .toList();
    assertThat(newestFirst).doesNotHaveDuplicates().isEqualTo(oldestFirst.reversed());
  }

  @Test
  void shouldReadAStreamByVersionInBothDirections() {
    var stream = run();
    write(stream, Given.events(7).toArray(NewEvent[]::new));
    var question = QueryEventsRequest.newBuilder().setStream(stream).setPageSize(3);
    assertThat(pages(question).stream().flatMap(List::stream))
        .extracting(RecordedEvent::getVersion)
        .containsExactly(7L, 6L, 5L, 4L, 3L, 2L, 1L);
    assertThat(pages(question.setOldestFirst(true)).getLast())
        .extracting(RecordedEvent::getVersion)
        .containsExactly(7L);
  }

  @Test
  void shouldNarrowByTypeAndTime() {
    var correlation = UUID.randomUUID();
    var early = Timestamp.newBuilder().setSeconds(1_000_000_000).build();
    var late = Timestamp.newBuilder().setSeconds(2_000_000_000).build();
    var other = "dev.omnibridge.workflow.completed.v1";
    write(
        run(),
        Given.event(correlation).toBuilder().setOccurredAt(early).build(),
        Given.event(correlation, other).toBuilder().setOccurredAt(late).build());
    var question = QueryEventsRequest.newBuilder().setCorrelationId(correlation.toString());
    assertThat(pages(question.clone().setType(other)).getFirst())
        .extracting(RecordedEvent::getType)
        .containsExactly(other);
    assertThat(pages(question.clone().setSince(late)).getFirst()).hasSize(1);
    assertThat(pages(question.clone().setUntil(late)).getFirst())
        .extracting(RecordedEvent::getOccurredAt)
        .containsExactly(early);
    assertThat(
            pages(QueryEventsRequest.newBuilder().setSince(early).setUntil(early).setType(other)))
        .containsExactly(List.of());
  }

  @Test
  void shouldRefuseATokenOfAnotherQuestion() {
    var correlation = fiveEventsOfTwoStreams().toString();
    var question =
        QueryEventsRequest.newBuilder().setCorrelationId(correlation).setPageSize(2).build();
    String token = log().queryEvents(question).getNextPageToken();
    var tampered = (token.charAt(20) == 'A' ? 'B' : 'A') + token.substring(21);
    for (var asked :
        List.of(
            question.toBuilder().setPageToken(token).setOldestFirst(true),
            question.toBuilder().setPageToken(token).setType("x"),
            question.toBuilder().setPageToken(token.substring(0, 20) + tampered),
            question.toBuilder().setPageToken("garbage"),
            question.toBuilder().setPageToken("%%"))) {
      var fault = refused(() -> log().queryEvents(asked.build()));
      assertThat(fault.kind()).isEqualTo(Fault.Kind.INVALID);
      assertThat(fault.reason()).isEqualTo("BAD_PAGE_TOKEN");
      assertThat(fault.violations())
          .extracting(Fault.Violation::field)
          .containsExactly("page_token");
    }
    var otherSize = question.toBuilder().setPageToken(token).setPageSize(50).build();
    assertThat(log().queryEvents(otherSize).getEventsList()).hasSize(3);
  }

  @Test
  void shouldRefuseAQuestionThatNoIndexAnswers() {
    for (var wide :
        List.of(
            QueryEventsRequest.newBuilder(),
            QueryEventsRequest.newBuilder().setType(Given.STEP_COMPLETED),
            QueryEventsRequest.newBuilder().setUntil(Given.now()))) {
      assertThat(refused(() -> log().queryEvents(wide.build())).reason())
          .isEqualTo("FILTER_TOO_WIDE");
    }
  }

  @Test
  void shouldCutPagesByBytes() {
    var stream = run();
    var correlation = UUID.randomUUID();
    var large = ByteString.copyFromUtf8("{\"fill\":\"" + "x".repeat(500_000) + "\"}");
    for (int i = 0; i < 9; i++) {
      write(stream, Given.event(correlation).toBuilder().setBody(large).build());
    }
    var pages = pages(QueryEventsRequest.newBuilder().setCorrelationId(correlation.toString()));
    assertThat(pages).extracting(List::size).containsExactly(5, 4);
    var read = log().readStream(ReadStreamRequest.newBuilder().setStream(stream).build());
    assertThat(read.getEventsList()).hasSize(5);
    assertThat(read.getHeadVersion()).isEqualTo(9);
    var rest =
        log()
            .readStream(
                ReadStreamRequest.newBuilder().setStream(stream).setAfterVersion(5).build());
    assertThat(rest.getEventsList()).hasSize(4);
  }

  @Test
  void shouldShowBodiesAsJsonInSqlEvenIfOneCannotBe() throws Exception {
    var stream = run();
    var lone = ByteString.copyFromUtf8("{\"payload\":{\"text\":\"\\u0000\"}}");
    write(stream, Given.event(), Given.event().toBuilder().setBody(lone).build());
    var name = "workflow/default/" + stream.getId();
    try (var connection =
            java.sql.DriverManager.getConnection(
                adapter.config().postgres().jdbcUrl(),
                adapter.config().postgres().user(),
                adapter.config().postgres().password());
        var statement =
            connection.prepareStatement(
                """
                select (select count(*) from event_logs where stream = ?),
                       (select payload ->> 'step_id' from event_logs where stream = ? and
                        version = 1),
                       (select step_name || ' ' || status from workflow_steps where run_id = ?
                        and step_order = 0)
                """)) {
      statement.setString(1, name);
      statement.setString(2, name);
      statement.setString(3, stream.getId());
      try (var row = statement.executeQuery()) {
        row.next();
        assertThat(row.getLong(1)).isEqualTo(2);
        assertThat(row.getString(2)).isEqualTo("/do/0/say");
        assertThat(row.getString(3)).isEqualTo("/do/0/say completed");
      }
    }
  }
}
