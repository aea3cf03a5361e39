// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.Given.any;
import static dev.omnibridge.dbadapter.Given.append;
import static dev.omnibridge.dbadapter.Given.at;
import static dev.omnibridge.dbadapter.Given.claim;
import static dev.omnibridge.dbadapter.Given.first;
import static dev.omnibridge.dbadapter.Given.move;
import static dev.omnibridge.dbadapter.Given.row;
import static dev.omnibridge.dbadapter.Given.run;
import static dev.omnibridge.dbadapter.Given.workflow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.AppendResponse;
import dev.omnibridge.api.log.v1.BridgeStateRow;
import dev.omnibridge.api.log.v1.GetPositionsRequest;
import dev.omnibridge.api.log.v1.GetWorkflowRowRequest;
import dev.omnibridge.api.log.v1.IndexServiceGrpc;
import dev.omnibridge.api.log.v1.IndexServiceGrpc.IndexServiceBlockingStub;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.LogServiceGrpc.LogServiceBlockingStub;
import dev.omnibridge.api.log.v1.NewEvent;
import dev.omnibridge.api.log.v1.ReadStreamRequest;
import dev.omnibridge.api.log.v1.ReadStreamResponse;
import dev.omnibridge.api.log.v1.Snapshot;
import dev.omnibridge.api.log.v1.StateRow;
import dev.omnibridge.api.log.v1.StoredWorkflow;
import dev.omnibridge.api.log.v1.StreamAppend;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.Channel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every implementation of the log promises; the real one and any model of it pass this. */
abstract class LogContract {

  /** Leads to the log under test. */
  abstract Channel channel();

  private LogServiceBlockingStub log() {
    return LogServiceGrpc.newBlockingStub(channel()).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  private IndexServiceBlockingStub index() {
    return IndexServiceGrpc.newBlockingStub(channel()).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  private AppendResponse write(AppendRequest.Builder request) {
    return log().append(request.build());
  }

  private Fault refused(AppendRequest.Builder request) {
    var failure = catchThrowable(() -> write(request));
    assertThat(failure).as("the append should be refused").isNotNull();
    return Statuses.faultOf(failure);
  }

  private ReadStreamResponse read(StreamName stream, long after) {
    return log()
        .readStream(
            ReadStreamRequest.newBuilder().setStream(stream).setAfterVersion(after).build());
  }

  private StoredWorkflow stored(StreamName run) {
    return index()
        .getWorkflowRow(
            GetWorkflowRowRequest.newBuilder()
                .setNamespace(run.getNamespace())
                .setRunId(run.getId())
                .build())
        .getWorkflow();
  }

  private Fault missing(StreamName stream) {
    return Statuses.faultOf(catchThrowable(() -> read(stream, 0)));
  }

  @Test
  void shouldGiveBackWhatWasAppended() {
    var stream = run();
    var appended = first(stream, 3);
    var answer = write(append(appended));
    assertThat(answer.getStreams(0).getVersion()).isEqualTo(3);
    var read = read(stream, 0);
    assertThat(read.getHeadVersion()).isEqualTo(3);
    assertThat(read.getShard()).isEqualTo(answer.getStreams(0).getShard());
    assertThat(read.getEventsList())
        .extracting(RecordedEvent::getVersion)
        .containsExactly(1L, 2L, 3L);
    assertThat(read.getEventsList())
        .extracting(RecordedEvent::getBody)
        .containsExactlyElementsOf(
            appended.getEventsList().stream().map(NewEvent::getBody).toList());
    var event = read.getEvents(2);
    assertThat(event.getStream()).isEqualTo(stream);
    assertThat(event.getPosition()).isEqualTo(answer.getStreams(0).getPosition());
    assertThat(event.getLane()).isEqualTo(answer.getStreams(0).getLane());
    assertThat(event.getOccurredAt()).isEqualTo(appended.getEvents(2).getOccurredAt());
    assertThat(event.getRecordedAt()).isEqualTo(answer.getRecordedAt());
    assertThat(event.getCorrelationId()).isEqualTo(appended.getEvents(2).getCorrelationId());
    assertThat(event.getTopic()).endsWith(".omninode-bridge.workflow.events.v1");
  }

  @Test
  void shouldReadOnlyWhatFollowsAVersion() {
    var stream = run();
    write(append(first(stream, 5)));
    assertThat(read(stream, 3).getEventsList())
        .extracting(RecordedEvent::getVersion)
        .containsExactly(4L, 5L);
  }

  @Test
  void shouldRefuseAWrongVersionWithWhatItFound() {
    var stream = run();
    write(append(first(stream, 2)));
    var fault = refused(append(at(stream, 1, 1)));
    assertThat(fault.kind()).isEqualTo(Fault.Kind.CONFLICT);
    assertThat(fault.reason()).isEqualTo("VERSION_CONFLICT");
    assertThat(fault.facts())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "stream", "workflow/default/" + stream.getId(),
                "expected_version", "1",
                "actual_version", "2"));
    assertThat(read(stream, 0).getHeadVersion()).isEqualTo(2);
  }

  @Test
  void shouldRefuseASecondFirstAppend() {
    var stream = run();
    write(append(first(stream, 1)));
    assertThat(refused(append(first(stream, 1))).reason()).isEqualTo("VERSION_CONFLICT");
  }

  @Test
  void shouldAssignVersionsWhenAnyIsExpected() {
    var stream = run();
    write(append(any(stream, 2)));
    assertThat(write(append(any(stream, 3))).getStreams(0).getVersion()).isEqualTo(5);
  }

  @Test
  void shouldAnswerARepeatAsTheFirstTime() {
    var stream = run();
    var request = append(first(stream, 2));
    var answer = write(request);
    assertThat(write(request)).isEqualTo(answer);
    assertThat(read(stream, 0).getHeadVersion()).isEqualTo(2);
  }

  @Test
  void shouldAnswerARepeatThatLaterAppendsHaveOvertaken() {
    var stream = run();
    var other = run();
    var request =
        append(first(stream, 2), any(other, 1)).addClaims(claim(stream, "wf-" + stream.getId()));
    var answer = write(request);
    write(append(at(stream, 2, 3)));
    assertThat(write(request)).isEqualTo(answer);
    assertThat(read(stream, 0).getHeadVersion()).isEqualTo(5);
    assertThat(read(other, 0).getHeadVersion()).isEqualTo(1);
  }

  @Test
  void shouldAnswerAnOvertakenRepeatThatExpectedAnyVersion() {
    var stream = run();
    var request = append(any(stream, 2));
    var answer = write(request);
    write(append(any(stream, 1)));
    assertThat(write(request)).isEqualTo(answer);
    assertThat(read(stream, 0).getHeadVersion()).isEqualTo(3);
  }

  @Test
  void shouldWriteNothingOfARequestOfWhichOneStreamConflicts() {
    var known = run();
    var fresh = run();
    write(append(first(known, 1)));
    var fault =
        refused(
            append(first(fresh, 1), at(known, 7, 1))
                .addRows(workflow(row(fresh, 1)))
                .addPositions(move("atomic-" + fresh.getId(), 0, -1, 5)));
    assertThat(fault.reason()).isEqualTo("VERSION_CONFLICT");
    assertThat(missing(fresh).reason()).isEqualTo("STREAM_NOT_FOUND");
    assertThat(Statuses.faultOf(catchThrowable(() -> stored(fresh))).reason())
        .isEqualTo("WORKFLOW_NOT_FOUND");
    assertThat(positions("atomic-" + fresh.getId())).isEmpty();
  }

  @Test
  void shouldNumberTheEventsOfALaneWithoutGaps() {
    var stream = run();
    var before = write(append(first(stream, 1))).getStreams(0);
    refused(append(at(stream, 9, 4)));
    var after = write(append(at(stream, 1, 4))).getStreams(0);
    assertThat(after.getLane()).isEqualTo(before.getLane());
    assertThat(after.getPosition()).isEqualTo(before.getPosition() + 4);
  }

  @Test
  void shouldPlaceStreamsOfOneKeyInOneLaneForEver() {
    var placed = first(run(), 1).toBuilder().setPlacementKey("together").build();
    var also = first(run(), 1).toBuilder().setPlacementKey("together").build();
    var answer = write(append(placed, also));
    assertThat(answer.getStreams(0).getShard()).isEqualTo(answer.getStreams(1).getShard());
    assertThat(answer.getStreams(0).getLane()).isEqualTo(answer.getStreams(1).getLane());
    var later = write(append(at(placed.getStream(), 1, 1), at(also.getStream(), 1, 1)));
    assertThat(later.getStreams(0).getLane()).isEqualTo(answer.getStreams(0).getLane());
    assertThat(later.getStreams(1).getShard()).isEqualTo(answer.getStreams(1).getShard());
  }

  @Test
  void shouldGiveASnapshotAndOnlyTheEventsAfterIt() {
    var stream = run();
    var snapshot =
        Snapshot.newBuilder().setSchema(3).setState(ByteString.copyFromUtf8("state at 2")).build();
    write(append(first(stream, 2).toBuilder().setSnapshot(snapshot).build()));
    write(append(at(stream, 2, 2)));
    var read =
        log()
            .readStream(
                ReadStreamRequest.newBuilder().setStream(stream).setFromSnapshot(true).build());
    assertThat(read.getSnapshot()).isEqualTo(snapshot);
    assertThat(read.getSnapshotVersion()).isEqualTo(2);
    assertThat(read.getEventsList()).extracting(RecordedEvent::getVersion).containsExactly(3L, 4L);
    assertThat(read(stream, 0).hasSnapshot()).isFalse();
  }

  @Test
  void shouldRefuseATakenWorkflowIdAndTellWhoHoldsIt() {
    var holder = run();
    write(append(first(holder, 1)).addClaims(claim(holder, "id-" + holder.getId())));
    var second = run();
    var fault = refused(append(first(second, 1)).addClaims(claim(second, "id-" + holder.getId())));
    assertThat(fault.kind()).isEqualTo(Fault.Kind.CONFLICT);
    assertThat(fault.reason()).isEqualTo("WORKFLOW_ID_TAKEN");
    assertThat(fault.facts())
        .containsEntry("run_id", holder.getId())
        .containsEntry("workflow_id", "id-" + holder.getId())
        .containsEntry("definition_hash", Given.HASH)
        .containsEntry("input_hash", "cd".repeat(32))
        .containsEntry("labels_hash", "ef".repeat(32));
    assertThat(missing(second).reason()).isEqualTo("STREAM_NOT_FOUND");
  }

  @Test
  void shouldKeepRequestIdsPerNamespace() {
    var holder = run("a");
    var name = "request-" + holder.getId();
    write(append(first(holder, 1)).addClaims(claim(holder, "x1").setByRequestId(name)));
    var same = run("a");
    assertThat(
            refused(append(first(same, 1)).addClaims(claim(same, "x2").setByRequestId(name)))
                .reason())
        .isEqualTo("REQUEST_ID_TAKEN");
    var other = run("b");
    write(append(first(other, 1)).addClaims(claim(other, "x3").setByRequestId(name)));
  }

  @Test
  void shouldMoveAPositionOnlyFromWhereItIs() {
    var consumer = "consumer-" + Given.id();
    write(append(any(run(), 1)).addPositions(move(consumer, 0, -1, 10)));
    var fault = refused(append(any(run(), 1)).addPositions(move(consumer, 0, 9, 20)));
    assertThat(fault.reason()).isEqualTo("POSITION_MOVED");
    assertThat(fault.facts()).containsEntry("actual_offset", "10");
    write(append().addPositions(move(consumer, 0, 10, 20)));
    assertThat(positions(consumer)).containsExactly(20L);
  }

  @Test
  void shouldAnswerARepeatedMove() {
    var consumer = "consumer-" + Given.id();
    var request = append().addPositions(move(consumer, 3, -1, 10));
    var answer = write(request);
    assertThat(write(request)).isEqualTo(answer);
  }

  private List<Long> positions(String consumer) {
    return log()
        .getPositions(
            GetPositionsRequest.newBuilder().setConsumer(consumer).setClusterId("cluster").build())
        .getPositionsList()
        .stream()
        .map(position -> position.getNextOffset())
        .toList();
  }

  @Test
  void shouldShowARowAsSoonAsItsAppendIsAnswered() {
    var run = run();
    var row =
        row(run, 2)
            .setMetadata(ByteString.copyFromUtf8("{ \"a\" : 1 }"))
            .setOutput(ByteString.copyFromUtf8("[1, 2.50]"))
            .setDueIn(com.google.protobuf.Duration.newBuilder().setSeconds(60));
    var answer = write(append(first(run, 2)).addRows(workflow(row)));
    var stored = stored(run);
    assertThat(stored.getShard()).isEqualTo(answer.getStreams(0).getShard());
    assertThat(stored.getUpdatedAt()).isEqualTo(answer.getRecordedAt());
    assertThat(stored.getRow().getDueIn().getSeconds()).isBetween(50L, 60L);
    assertThat(stored.getRow().toBuilder().clearDueIn().build())
        .isEqualTo(row.clearDueIn().build());
  }

  @Test
  void shouldNeverReplaceANewerRow() {
    var run = run();
    write(append(first(run, 3)).addRows(workflow(row(run, 3).setState("COMPLETED"))));
    write(append().addRows(workflow(row(run, 2).setState("RUNNING"))));
    assertThat(stored(run).getRow().getState()).isEqualTo("COMPLETED");
  }

  @Test
  void shouldRefuseABridgeStateThatWasFoldedFromAnOldOne() {
    var namespace = "ns-" + Given.id();
    write(append().addRows(bridge(namespace, 1)));
    write(append().addRows(bridge(namespace, 2)));
    var fault = refused(append(any(run(), 1)).addRows(bridge(namespace, 2)));
    assertThat(fault.reason()).isEqualTo("ROW_CONFLICT");
    assertThat(fault.facts()).containsEntry("actual_version", "2");
  }

  private static StateRow bridge(String namespace, long version) {
    return StateRow.newBuilder()
        .setBridgeState(
            BridgeStateRow.newBuilder()
                .setNamespace(namespace)
                .setFsmState("idle")
                .setVersion(version)
                .setState(ByteString.copyFromUtf8("{}")))
        .build();
  }

  @Test
  void shouldRefuseWhatTheCatalogueDoesNotList() {
    var stream = run();
    assertThat(refused(append(with(stream, Given.event(Given.id(), "dev.unknown.v1")))).reason())
        .isEqualTo("UNKNOWN_EVENT_TYPE");
    var created = Given.event(Given.id(), "dev.omnibridge.metadata.stamp-created.v1");
    assertThat(refused(append(with(stream, created))).reason()).isEqualTo("EVENT_NOT_OF_STREAM");
    var nowhere = Given.stream("nothing", "default", "x");
    assertThat(refused(append(first(nowhere, 1))).reason()).isEqualTo("UNKNOWN_STREAM_KIND");
  }

  private static StreamAppend with(StreamName stream, NewEvent event) {
    return StreamAppend.newBuilder().setStream(stream).setExpectAny(true).addEvents(event).build();
  }

  @Test
  void shouldRefuseABodyThatIsNoUtf8Object() {
    for (byte[] body :
        List.of(
            "[]".getBytes(java.nio.charset.StandardCharsets.UTF_8),
            new byte[] {'{', (byte) 0xC3, '}'})) {
      var event = Given.event().toBuilder().setBody(ByteString.copyFrom(body)).build();
      assertThat(refused(append(with(run(), event))).reason()).isEqualTo("BODY_MALFORMED");
    }
  }

  @Test
  void shouldRefuseTextThatNoColumnCanHold() {
    var run = run();
    assertThat(
            refused(append(first(run, 1)).addRows(workflow(row(run, 1).setErrorMessage("a\0b"))))
                .reason())
        .isEqualTo("TEXT_WITH_NUL");
    var notJson = row(run, 1).setMetadata(ByteString.copyFromUtf8("{"));
    assertThat(refused(append(first(run, 1)).addRows(workflow(notJson))).reason())
        .isEqualTo("JSON_MALFORMED");
  }

  @Test
  void shouldRefuseAnEventThatTheLogHoldsAlready() {
    var event = Given.event();
    write(append(with(run(), event)));
    var fault = refused(append(with(run(), event)));
    assertThat(fault.reason()).isEqualTo("EVENT_EXISTS");
    assertThat(fault.kind()).isEqualTo(Fault.Kind.INVALID);
  }

  @Test
  void shouldRefuseARequestThatNamesAStreamTwice() {
    var stream = run();
    assertThat(refused(append(first(stream, 1), any(stream, 1))).reason()).isEqualTo("NAMED_TWICE");
    assertThat(refused(append()).reason()).isEqualTo("EMPTY_APPEND");
  }
}
