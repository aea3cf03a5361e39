// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.Given.append;
import static dev.omnibridge.dbadapter.Given.first;
import static dev.omnibridge.dbadapter.Given.row;
import static dev.omnibridge.dbadapter.Given.run;
import static dev.omnibridge.dbadapter.Given.workflow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.Duration;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.GetWorkflowRowRequest;
import dev.omnibridge.api.log.v1.IndexServiceGrpc;
import dev.omnibridge.api.log.v1.IndexServiceGrpc.IndexServiceBlockingStub;
import dev.omnibridge.api.log.v1.ListDueRequest;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.StoredWorkflow;
import dev.omnibridge.api.log.v1.WorkflowRow;
import dev.omnibridge.runtime.rpc.Statuses;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The due runs, page by page: no run hides the ones behind it. */
class DueRunsIT {
  @SuppressWarnings("NullAway.Init")
  private RunningDbAdapter adapter;

  @BeforeEach
  void start() {
    adapter = RunningDbAdapter.start();
  }

  @AfterEach
  void stop() {
    adapter.close();
  }

  private IndexServiceBlockingStub index() {
    return IndexServiceGrpc.newBlockingStub(adapter.channel());
  }

  private void write(AppendRequest.Builder request) {
    var unused = LogServiceGrpc.newBlockingStub(adapter.channel()).append(request.build());
  }

  @Test
  void shouldPageThroughTheDueRunsWhateverBecomesOfThem() {
    var runs = IntStream.range(0, 7).mapToObj(_ -> run()).toList();
    for (int i = 0; i < runs.size(); i++) {
      long overdue = 1_000_000 - i / 2;
      var row = row(runs.get(i), 1).setDueIn(Duration.newBuilder().setSeconds(-overdue));
      write(append(first(runs.get(i), 1)).addRows(workflow(row)));
    }
    var question = ListDueRequest.newBuilder().addAllShards(everyShard()).setPageSize(3);
    var first = index().listDue(question.build());
    // Somebody else finishes the run that the token names, and another owner's shards go away.
    var done = runs.get(2);
    write(
        append(Given.at(done, 1, 1))
            .addRows(workflow(row(done, 2).setFinished(true).setState("COMPLETED"))));
    var fewer = everyShard();
    fewer.remove(Integer.valueOf(shardOf(runs.get(4))));
    var second =
        index()
            .listDue(
                ListDueRequest.newBuilder()
                    .addAllShards(fewer)
                    .setPageSize(1000)
                    .setPageToken(first.getNextPageToken())
                    .build());
    assertThat(ids(first.getWorkflowsList()))
        .containsExactlyElementsOf(runs.subList(0, 3).stream().map(StreamName::getId).toList());
    int left = shardOf(runs.get(4));
    assertThat(ids(second.getWorkflowsList()))
        .containsExactlyElementsOf(
            runs.subList(3, 7).stream()
                .filter(run -> shardOf(run) != left)
                .map(StreamName::getId)
                .toList());
    assertThat(second.getNextPageToken()).isEmpty();
  }

  @Test
  void shouldReachEveryDueRunThoughAllAreDueAtOnce() {
    var request = append();
    var expected = new ArrayList<String>();
    for (int i = 0; i < 25; i++) {
      var run = run();
      expected.add(run.getId());
      request.addAppends(first(run, 1));
      request.addRows(workflow(row(run, 1).setDueIn(Duration.newBuilder().setSeconds(-5))));
    }
    write(request);
    var found = new ArrayList<String>();
    var question = ListDueRequest.newBuilder().addAllShards(everyShard()).setPageSize(4);
    do {
      var page = index().listDue(question.build());
      found.addAll(ids(page.getWorkflowsList()));
      question.setPageToken(page.getNextPageToken());
    } while (!question.getPageToken().isEmpty());
    assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
    var foreign = question.setPageToken("AAAAAAAAAAAAAAAAAAAA").build();
    assertThat(Statuses.faultOf(catchThrowable(() -> index().listDue(foreign))).reason())
        .isEqualTo("BAD_PAGE_TOKEN");
  }

  private static List<Integer> everyShard() {
    return new ArrayList<>(IntStream.range(0, 256).boxed().toList());
  }

  private static List<String> ids(List<StoredWorkflow> found) {
    return found.stream().map(StoredWorkflow::getRow).map(WorkflowRow::getRunId).toList();
  }

  private int shardOf(StreamName run) {
    return index()
        .getWorkflowRow(
            GetWorkflowRowRequest.newBuilder()
                .setNamespace(run.getNamespace())
                .setRunId(run.getId())
                .build())
        .getWorkflow()
        .getShard();
  }
}
