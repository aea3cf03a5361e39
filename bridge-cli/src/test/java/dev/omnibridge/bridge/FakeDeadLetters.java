// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.omnibridge.api.log.v1.ConsumerPartition;
import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.api.log.v1.DeadLetterAction;
import dev.omnibridge.api.log.v1.DeadLetterPart;
import dev.omnibridge.api.log.v1.DeadLetterServiceGrpc.DeadLetterServiceImplBase;
import dev.omnibridge.api.log.v1.DeadLetterState;
import dev.omnibridge.api.log.v1.DeadLetterSummary;
import dev.omnibridge.api.log.v1.DiscardDeadLettersRequest;
import dev.omnibridge.api.log.v1.DiscardDeadLettersResponse;
import dev.omnibridge.api.log.v1.GetDeadLetterRequest;
import dev.omnibridge.api.log.v1.GetDeadLetterResponse;
import dev.omnibridge.api.log.v1.GetRedriveRequest;
import dev.omnibridge.api.log.v1.GetRedriveResponse;
import dev.omnibridge.api.log.v1.ListDeadLetterActionsRequest;
import dev.omnibridge.api.log.v1.ListDeadLetterActionsResponse;
import dev.omnibridge.api.log.v1.ListDeadLettersRequest;
import dev.omnibridge.api.log.v1.ListDeadLettersResponse;
import dev.omnibridge.api.log.v1.RecordHeader;
import dev.omnibridge.api.log.v1.Redrive;
import dev.omnibridge.api.log.v1.RedriveDeadLetterRequest;
import dev.omnibridge.api.log.v1.RedriveDeadLetterResponse;
import dev.omnibridge.api.log.v1.RedriveDeadLettersRequest;
import dev.omnibridge.api.log.v1.RedriveDeadLettersResponse;
import dev.omnibridge.api.log.v1.RedriveVerdict;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Dead letters as a test wants them; keeps what it was asked. */
public final class FakeDeadLetters extends DeadLetterServiceImplBase {
  public final List<Message> asked = new CopyOnWriteArrayList<>();
  public final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
  public volatile ByteString value = ByteString.copyFromUtf8("{\"a\":1}");

  /** What an answer about one letter leaves out. */
  public volatile List<DeadLetterPart> omitted = List.of();

  private final AtomicInteger looks = new AtomicInteger();

  public static DeadLetterSummary letter(long id) {
    return DeadLetterSummary.newBuilder()
        .setLetterId(id)
        .setPartition(ConsumerPartition.newBuilder().setConsumer("reducer").setPartition(2))
        .setTopic("dev.things.v1")
        .setOffset(40)
        .setErrorClass("POISON")
        .setErrorReason("ENVELOPE_MALFORMED")
        .setErrorMessage("The record is not JSON.")
        .setAttempts(1)
        .setState(DeadLetterState.DEAD_LETTER_STATE_OPEN)
        .setFailedAt(Amounts.timestamp(TestSetting.NOON))
        .build();
  }

  private <R> void answer(Message question, StreamObserver<R> out, R response) {
    asked.add(question);
    Fault fault = faults.poll();
    if (fault == null) {
      out.onNext(response);
      out.onCompleted();
    } else {
      out.onError(Statuses.toException(fault));
    }
  }

  @Override
  public void listDeadLetters(
      ListDeadLettersRequest request, StreamObserver<ListDeadLettersResponse> out) {
    long first = request.getPageToken().isEmpty() ? 1 : 1 + Long.parseLong(request.getPageToken());
    var answer = ListDeadLettersResponse.newBuilder();
    for (long id = first; id < first + Math.min(2, request.getPageSize()); id++) {
      answer.addLetters(letter(id)).setNextPageToken(Long.toString(id));
    }
    answer(request, out, answer.build());
  }

  @Override
  public void getDeadLetter(
      GetDeadLetterRequest request, StreamObserver<GetDeadLetterResponse> out) {
    var header =
        RecordHeader.newBuilder().setKey("origin").setValue(ByteString.copyFromUtf8("probe"));
    var record = DeadLetter.newBuilder();
    if (!omitted.contains(DeadLetterPart.DEAD_LETTER_PART_VALUE)) {
      record.setValue(value).addHeaders(header);
    }
    answer(
        request,
        out,
        GetDeadLetterResponse.newBuilder()
            .setLetter(letter(request.getLetterId()).toBuilder().setValueBytes(5 << 20))
            .setRecord(record)
            .addRedrives(redrive(request.getLetterId()).addReturnedAs(18))
            .addAllOmitted(omitted)
            .build());
  }

  private static Redrive.Builder redrive(long id) {
    return Redrive.newBuilder()
        .setLetterId(id)
        .setNumber(1)
        .setTargetTopic("dev.things.v1")
        .setPublishedAt(Amounts.timestamp(TestSetting.NOON));
  }

  @Override
  public void redriveDeadLetter(
      RedriveDeadLetterRequest request, StreamObserver<RedriveDeadLetterResponse> out) {
    answer(
        request,
        out,
        RedriveDeadLetterResponse.newBuilder().setRedrive(redrive(request.getLetterId())).build());
  }

  @Override
  public void redriveDeadLetters(
      RedriveDeadLettersRequest request, StreamObserver<RedriveDeadLettersResponse> out) {
    answer(
        request,
        out,
        RedriveDeadLettersResponse.newBuilder()
            .addVerdicts(RedriveVerdict.newBuilder().setLetterId(1))
            .addVerdicts(
                RedriveVerdict.newBuilder().setLetterId(2).setSkipReason("REDRIVE_NEEDS_FORCE"))
            .setEligible(1)
            .setSkipped(1)
            .setNextPageToken("1")
            .build());
  }

  @Override
  public void getRedrive(GetRedriveRequest request, StreamObserver<GetRedriveResponse> out) {
    int left = looks.incrementAndGet() < 3 ? 1 : 0;
    answer(
        request,
        out,
        GetRedriveResponse.newBuilder().setQueued(left).setPublished(1 - left).build());
  }

  @Override
  public void discardDeadLetters(
      DiscardDeadLettersRequest request, StreamObserver<DiscardDeadLettersResponse> out) {
    answer(
        request,
        out,
        DiscardDeadLettersResponse.newBuilder().setDiscarded(request.getLetterIdsCount()).build());
  }

  @Override
  public void listDeadLetterActions(
      ListDeadLetterActionsRequest request, StreamObserver<ListDeadLetterActionsResponse> out) {
    answer(
        request,
        out,
        ListDeadLetterActionsResponse.newBuilder()
            .addActions(
                DeadLetterAction.newBuilder()
                    .setLetterId(17)
                    .setAction("DISCARD")
                    .setActor("ada@host")
                    .setReason("of a load test")
                    .setAt(Amounts.timestamp(TestSetting.NOON)))
            .build());
  }
}
