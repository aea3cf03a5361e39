// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.Given.append;
import static dev.omnibridge.dbadapter.Given.first;
import static dev.omnibridge.dbadapter.Given.row;
import static dev.omnibridge.dbadapter.Given.run;
import static dev.omnibridge.dbadapter.Given.workflow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.BridgeStateRow;
import dev.omnibridge.api.log.v1.DefinitionRow;
import dev.omnibridge.api.log.v1.GetDefinitionRequest;
import dev.omnibridge.api.log.v1.GetStampRowRequest;
import dev.omnibridge.api.log.v1.GetWorkflowRowRequest;
import dev.omnibridge.api.log.v1.GetWorkflowStatesRequest;
import dev.omnibridge.api.log.v1.IndexServiceGrpc;
import dev.omnibridge.api.log.v1.IndexServiceGrpc.IndexServiceBlockingStub;
import dev.omnibridge.api.log.v1.ListBridgeStatesRequest;
import dev.omnibridge.api.log.v1.ListDueRequest;
import dev.omnibridge.api.log.v1.ListStampRowsRequest;
import dev.omnibridge.api.log.v1.ListUnfinishedRequest;
import dev.omnibridge.api.log.v1.ListWorkflowRowsRequest;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.StampRow;
import dev.omnibridge.api.log.v1.StateRow;
import dev.omnibridge.api.log.v1.StoredWorkflow;
import dev.omnibridge.api.log.v1.StreamAppend;
import dev.omnibridge.api.log.v1.TransitionRow;
import dev.omnibridge.api.log.v1.WorkflowRow;
import dev.omnibridge.api.log.v1.WorkflowStateRow;
import dev.omnibridge.runtime.rpc.Statuses;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The rows that appends maintain, as the other services and the command line ask for them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IndexIT {
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

  private IndexServiceBlockingStub index() {
    return IndexServiceGrpc.newBlockingStub(adapter.channel());
  }

  private void write(AppendRequest.Builder request) {
    var unused = LogServiceGrpc.newBlockingStub(adapter.channel()).append(request.build());
  }

  private void write(StreamName run, WorkflowRow.Builder row) {
    write(append(first(run, 1)).addRows(workflow(row)));
  }

  private static Timestamp at(long seconds) {
    return Timestamp.newBuilder().setSeconds(seconds).build();
  }

  private List<String> list(ListWorkflowRowsRequest.Builder question) {
    var found = new ArrayList<String>();
    String token = "";
    do {
      var page = index().listWorkflowRows(question.setPageToken(token).build());
      page.getWorkflowsList().forEach(stored -> found.add(stored.getRow().getRunId()));
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return found;
  }

  @Test
  void shouldListRunsNewestFirstByWhatTheyAre() {
    var namespace = "list-" + UUID.randomUUID();
    var states = List.of("RUNNING", "FAILED", "COMPLETED", "FAILED", "WAITING");
    var runs = IntStream.range(0, 5).mapToObj(_ -> run(namespace)).toList();
    var correlation = UUID.randomUUID().toString();
    for (int i = 0; i < runs.size(); i++) {
      boolean finished = List.of("FAILED", "COMPLETED").contains(states.get(i));
      write(
          runs.get(i),
          row(runs.get(i), 1)
              .setState(states.get(i))
              .setFinished(finished)
              .setStartedAt(at(1000 + i))
              .setWorkflowType(i < 3 ? "a/x" : "a/y")
              .setCorrelationId(i == 4 ? correlation : ""));
    }
    var ids = runs.stream().map(StreamName::getId).toList().reversed();
    var all = ListWorkflowRowsRequest.newBuilder().setNamespace(namespace).setPageSize(2);
    assertThat(list(all.clone())).isEqualTo(ids);
    assertThat(list(all.clone().addStates("FAILED"))).containsExactly(ids.get(1), ids.get(3));
    assertThat(list(all.clone().addStates("RUNNING").addStates("WAITING")))
        .containsExactly(ids.get(0), ids.get(4));
    assertThat(list(all.clone().addStates("COMPLETED").addStates("RUNNING")))
        .containsExactly(ids.get(2), ids.get(4));
    assertThat(list(all.clone().setWorkflowType("a/y"))).containsExactly(ids.get(0), ids.get(1));
    assertThat(list(all.clone().setSince(at(1001)).setUntil(at(1003))))
        .containsExactly(ids.get(2), ids.get(3));
    assertThat(list(ListWorkflowRowsRequest.newBuilder().setCorrelationId(correlation)))
        .containsExactly(ids.getFirst());
    assertThat(list(ListWorkflowRowsRequest.newBuilder().setUntil(at(1005)))).containsAll(ids);
  }

  @Test
  void shouldFindTheCurrentRunOfAWorkflowId() {
    var run = run();
    var name = "order-" + run.getId();
    write(
        append(first(run, 1))
            .addClaims(Given.claim(run, name))
            .addRows(workflow(row(run, 1).setWorkflowId(name))));
    var found =
        index()
            .getWorkflowRow(
                GetWorkflowRowRequest.newBuilder()
                    .setNamespace("default")
                    .setWorkflowId(name)
                    .build());
    assertThat(found.getWorkflow().getRow().getRunId()).isEqualTo(run.getId());
    var elsewhere =
        GetWorkflowRowRequest.newBuilder().setNamespace("other").setWorkflowId(name).build();
    assertThat(Statuses.faultOf(catchThrowable(() -> index().getWorkflowRow(elsewhere))).reason())
        .isEqualTo("WORKFLOW_NOT_FOUND");
  }

  @Test
  void shouldGiveAnOwnerItsUnfinishedAndItsDueRuns() {
    var namespace = "due-" + UUID.randomUUID();
    var late = run(namespace);
    var later = run(namespace);
    var waiting = run(namespace);
    var done = run(namespace);
    write(late, row(late, 1).setDueIn(Duration.newBuilder().setSeconds(-20)));
    write(later, row(later, 1).setDueIn(Duration.newBuilder().setSeconds(-10)));
    write(waiting, row(waiting, 1).setDueIn(Duration.newBuilder().setSeconds(600)));
    write(done, row(done, 1).setFinished(true).setState("COMPLETED"));
    var shards = IntStream.range(0, 256).boxed().toList();
    assertThat(
            index()
                .listDue(ListDueRequest.newBuilder().addAllShards(shards).build())
                .getWorkflowsList())
        .filteredOn(stored -> stored.getRow().getNamespace().equals(namespace))
        .extracting(stored -> stored.getRow().getRunId())
        .containsExactly(late.getId(), later.getId());
    var unfinished = ListUnfinishedRequest.newBuilder().addAllShards(shards).setPageSize(1);
    var found = new ArrayList<StoredWorkflow>();
    String after = "";
    while (true) {
      var page = index().listUnfinished(unfinished.setAfterRunId(after).build()).getWorkflowsList();
      if (page.isEmpty()) {
        break;
      }
      found.addAll(page);
      after = page.getLast().getRow().getRunId();
    }
    assertThat(found)
        .filteredOn(stored -> stored.getRow().getNamespace().equals(namespace))
        .extracting(stored -> stored.getRow().getRunId())
        .containsExactlyElementsOf(
            Stream.of(late, later, waiting).map(StreamName::getId).sorted().toList());
    var shard = found.getLast().getShard();
    var others = shards.stream().filter(number -> number != shard).toList();
    var elsewhere = ListUnfinishedRequest.newBuilder().addAllShards(others).build();
    assertThat(index().listUnfinished(elsewhere).getWorkflowsList())
        .noneMatch(stored -> stored.getShard() == shard);
  }

  @Test
  void shouldKeepADefinitionByItsHash() {
    var definition =
        DefinitionRow.newBuilder()
            .setDefinitionHash("12".repeat(32))
            .setWorkflowType("a/x")
            .setDocument(ByteString.copyFromUtf8("{\"do\": []}"))
            .build();
    var row = StateRow.newBuilder().setDefinition(definition).build();
    write(append().addRows(row));
    write(append().addRows(row));
    var request = GetDefinitionRequest.newBuilder().setDefinitionHash("12".repeat(32)).build();
    assertThat(index().getDefinition(request).getDefinition()).isEqualTo(definition);
    var unknown = GetDefinitionRequest.newBuilder().setDefinitionHash("34".repeat(32)).build();
    assertThat(Statuses.faultOf(catchThrowable(() -> index().getDefinition(unknown))).reason())
        .isEqualTo("DEFINITION_NOT_FOUND");
  }

  private static StampRow.Builder stamp(String namespace, int number) {
    return StampRow.newBuilder()
        .setNamespace(namespace)
        .setFileHash("%064x".formatted(number))
        .setContentHash("%064x".formatted(1000 + number))
        .setStampId(Given.id().toString())
        .setFileSize(number)
        .setRevision(1)
        .setStampData(ByteString.copyFromUtf8("{\"n\":" + number + "}"))
        .setCreatedAt(at(1000 + number))
        .setOpId(Given.id().toString());
  }

  private static AppendRequest.Builder stamped(StampRow row) {
    var event = Given.event(Given.id(), "dev.omnibridge.metadata.stamp-created.v1");
    var stream = Given.stream("stamp", row.getNamespace(), row.getFileHash());
    var write = StreamAppend.newBuilder().setStream(stream).addEvents(event);
    if (row.getRevision() == 1) {
      write.setExpectNone(true);
    } else {
      write.setExpectedVersion(row.getRevision() - 1);
    }
    return append().addAppends(write).addRows(StateRow.newBuilder().setStamp(row));
  }

  @Test
  void shouldFindStampsByHashAndListThemNewestFirst() {
    var namespace = "stamps-" + UUID.randomUUID();
    for (int i = 0; i < 5; i++) {
      write(stamped(stamp(namespace, i).build()));
    }
    var revised = stamp(namespace, 3).setRevision(2).setContentHash("ff".repeat(32)).build();
    write(stamped(revised));
    var byContent =
        GetStampRowRequest.newBuilder().setNamespace(namespace).setContentHash("ff".repeat(32));
    assertThat(index().getStampRow(byContent.build()).getStamp()).isEqualTo(revised);
    var byFile =
        GetStampRowRequest.newBuilder().setNamespace(namespace).setFileHash("%064x".formatted(3));
    assertThat(index().getStampRow(byFile.build()).getStamp()).isEqualTo(revised);
    var question = ListStampRowsRequest.newBuilder().setNamespace(namespace).setPageSize(3);
    var first = index().listStampRows(question.build());
    var second = index().listStampRows(question.setPageToken(first.getNextPageToken()).build());
    assertThat(first.getStampsList()).extracting(StampRow::getFileSize).containsExactly(4L, 3L, 2L);
    assertThat(second.getStampsList()).extracting(StampRow::getFileSize).containsExactly(1L, 0L);
    assertThat(second.getNextPageToken()).isEmpty();
    var absent = byFile.clone().setNamespace("elsewhere").build();
    assertThat(Statuses.faultOf(catchThrowable(() -> index().getStampRow(absent))).reason())
        .isEqualTo("STAMP_NOT_FOUND");
  }

  @Test
  void shouldListBridgeStatesByName() {
    var prefix = "bridge-" + UUID.randomUUID() + "-";
    for (String name : List.of("c", "a", "b")) {
      write(
          append()
              .addRows(
                  StateRow.newBuilder()
                      .setBridgeState(
                          BridgeStateRow.newBuilder()
                              .setNamespace(prefix + name)
                              .setFsmState("active")
                              .setVersion(1)
                              .setTotalItemsAggregated(7)
                              .setState(ByteString.copyFromUtf8("{\"b\":1,\"a\":[]}"))
                              .setLastEventAt(at(5)))));
    }
    var only = ListBridgeStatesRequest.newBuilder().setNamespace(prefix + "b").build();
    var state = index().listBridgeStates(only).getStates(0);
    assertThat(state.getState().toStringUtf8()).isEqualTo("{\"b\":1,\"a\":[]}");
    assertThat(state.getTotalItemsAggregated()).isEqualTo(7);
    assertThat(state.getLastEventAt()).isEqualTo(at(5));
    var names = new ArrayList<String>();
    var question = ListBridgeStatesRequest.newBuilder().setPageSize(2);
    String token = "";
    do {
      var page = index().listBridgeStates(question.setPageToken(token).build());
      page.getStatesList().forEach(found -> names.add(found.getNamespace()));
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    assertThat(names).isSorted().contains(prefix + "a", prefix + "b", prefix + "c");
  }

  @Test
  void shouldKeepTheReducersViewOfAWorkflow() {
    var run = run();
    write(
        append()
            .addRows(view(run, 3, "RUNNING"))
            .addRows(move(run, 1, ""))
            .addRows(move(run, 3, "PENDING")));
    write(append().addRows(view(run, 2, "PENDING")).addRows(move(run, 3, "WRONG")));
    // Of a state that is not written yet, as a question may meet it.
    write(append().addRows(move(run, 5, "RUNNING")));
    var question =
        GetWorkflowStatesRequest.newBuilder()
            .setNamespace("default")
            .addRunIds(run.getId())
            .addRunIds(UUID.randomUUID().toString())
            .build();
    var answer = index().getWorkflowStates(question);
    assertThat(answer.getStatesList())
        .extracting(WorkflowStateRow::getState, WorkflowStateRow::getVersion)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("RUNNING", 3L));
    assertThat(answer.getTransitionsList())
        .extracting(TransitionRow::getVersion, TransitionRow::getFromState)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(1L, ""),
            org.assertj.core.groups.Tuple.tuple(3L, "PENDING"));
  }

  private static StateRow view(StreamName run, long version, String state) {
    return StateRow.newBuilder()
        .setWorkflowState(
            WorkflowStateRow.newBuilder()
                .setNamespace("default")
                .setRunId(run.getId())
                .setVersion(version)
                .setState(state)
                .setData(ByteString.copyFromUtf8("{}")))
        .build();
  }

  private static StateRow move(StreamName run, long version, String from) {
    return StateRow.newBuilder()
        .setTransition(
            TransitionRow.newBuilder()
                .setNamespace("default")
                .setEntityId(run.getId())
                .setEntityType("workflow")
                .setVersion(version)
                .setFromState(from)
                .setToState("RUNNING")
                .setTransitionEvent("workflow_started")
                .setOccurredAt(at(9)))
        .build();
  }
}
