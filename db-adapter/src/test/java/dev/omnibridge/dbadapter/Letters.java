// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.ActionContext;
import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.api.log.v1.DeadLetterFilter;
import dev.omnibridge.api.log.v1.DeadLetterServiceGrpc;
import dev.omnibridge.api.log.v1.DeadLetterServiceGrpc.DeadLetterServiceBlockingStub;
import dev.omnibridge.api.log.v1.DeadLetterState;
import dev.omnibridge.api.log.v1.DeadLetterSummary;
import dev.omnibridge.api.log.v1.GetDeadLetterRequest;
import dev.omnibridge.api.log.v1.GetDeadLetterResponse;
import dev.omnibridge.api.log.v1.ListDeadLettersRequest;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.RedriveDeadLetterRequest;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Dead letters as tests make and ask for them. */
final class Letters {
  static final String CONSUMER = "reducer";

  private final Channel channel;
  private long next;

  Letters(Channel channel) {
    this.channel = channel;
  }

  DeadLetterServiceBlockingStub service() {
    return DeadLetterServiceGrpc.newBlockingStub(channel);
  }

  /** Of a consumer that gave up on a record of the topic. */
  static DeadLetter.Builder letter(String topic, String value) {
    return DeadLetter.newBuilder()
        .setPartition(Given.move(CONSUMER, 0, -1, 1).getPartition())
        .setTopic(topic)
        .setKey(ByteString.copyFromUtf8("key"))
        .setValue(ByteString.copyFromUtf8(value))
        .setRecordTime(Given.now())
        .setErrorClass("RETRYABLE")
        .setErrorReason("STORE_BUSY")
        .setErrorMessage("The store was busy for too long.");
  }

  /** Writes them in one append, each at an offset of its own. */
  void write(List<DeadLetter.Builder> letters) {
    var request =
        Given.append().addPositions(Given.move(CONSUMER, 0, position(), next + letters.size()));
    for (DeadLetter.Builder letter : letters) {
      request.addDeadLetters(letter.setOffset(next++));
    }
    var unused = LogServiceGrpc.newBlockingStub(channel).append(request.build());
  }

  private long position() {
    return next == 0 ? -1 : next;
  }

  List<DeadLetterSummary> all() {
    return list(DeadLetterFilter.newBuilder());
  }

  List<DeadLetterSummary> open() {
    return list(DeadLetterFilter.newBuilder().setState(DeadLetterState.DEAD_LETTER_STATE_OPEN));
  }

  /** What matches, the oldest first. */
  List<DeadLetterSummary> list(DeadLetterFilter.Builder filter) {
    return service()
        .listDeadLetters(
            ListDeadLettersRequest.newBuilder()
                .setFilter(filter)
                .setOldestFirst(true)
                .setPageSize(1000)
                .build())
        .getLettersList();
  }

  GetDeadLetterResponse get(long id) {
    return service().getDeadLetter(GetDeadLetterRequest.newBuilder().setLetterId(id).build());
  }

  static ActionContext.Builder by(String actor) {
    return ActionContext.newBuilder()
        .setRequestId(UUID.randomUUID().toString())
        .setActor(actor)
        .setReason("the bug is fixed");
  }

  static RedriveDeadLetterRequest.Builder redrive(long id) {
    return RedriveDeadLetterRequest.newBuilder().setLetterId(id).setContext(by("ada@host"));
  }

  /** Why the call is refused. */
  static String reasonOf(ThrowingCallable call) {
    return Statuses.faultOf(catchThrowableOfType(StatusRuntimeException.class, call)).reason();
  }
}
