// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.Given.any;
import static dev.omnibridge.dbadapter.Given.append;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.collect.Lists;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.LaneRange;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.OutboxServiceGrpc;
import dev.omnibridge.api.log.v1.RepublishRequest;
import dev.omnibridge.api.log.v1.RepublishResponse;
import dev.omnibridge.runtime.event.EventHeaders;
import dev.omnibridge.testkit.TestKafka;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What was relayed goes again on demand: as chosen, in order, marked, and no faster than asked. */
@Execution(ExecutionMode.CONCURRENT)
class RepublishIT {
  private static final int STREAMS = 10;
  private static final int EACH = 6;
  private static final int ALL = STREAMS * EACH;

  private final OutboxRig rig = new OutboxRig(TestKafka.bootstrapServers());

  @SuppressWarnings("NullAway.Init")
  private RunningDbAdapter adapter;

  private final List<StreamName> runs = OutboxRig.runs(STREAMS);

  @BeforeEach
  void start() {
    adapter = rig.adapter();
    for (int i = 0; i < EACH; i++) {
      OutboxRig.write(adapter, runs);
    }
    OutboxRig.drained(adapter);
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  private List<RepublishResponse> republish(RepublishRequest.Builder request) {
    return Lists.newArrayList(
        OutboxServiceGrpc.newBlockingStub(adapter.channel()).republish(request.build()));
  }

  private static RepublishRequest.Builder everything() {
    return RepublishRequest.newBuilder().setAll(true);
  }

  private List<ConsumerRecord<String, byte[]>> republished() {
    return rig.records().stream()
        .filter(found -> OutboxRig.header(found, EventHeaders.REPUBLISHED).equals("true"))
        .toList();
  }

  @Test
  void shouldOnlyCountWhenItIsTold() {
    int before = rig.records().size();
    var last = republish(everything().setDryRun(true)).getLast();
    assertThat(last.getEvents()).isEqualTo(ALL);
    assertThat(last.getScanned()).isEqualTo(ALL);
    assertThat(republished()).isEmpty();
    assertThat(rig.verified("a dry run", Set.of()).records()).isEqualTo(before);
  }

  @Test
  void shouldSendTheEventsOfOneStreamOnly() {
    var request = RepublishRequest.newBuilder().setStream(runs.get(3));
    assertThat(republish(request).getLast().getEvents()).isEqualTo(EACH);
    assertThat(OutboxRig.firstAppearances(republished()))
        .containsOnlyKeys("workflow/default/" + runs.get(3).getId());
  }

  @Test
  void shouldSendTheEventsOfOneCorrelationOnly() {
    var correlation = Given.id();
    var caused = any(runs.get(1), 1).toBuilder().setEvents(0, Given.event(correlation));
    var unused =
        LogServiceGrpc.newBlockingStub(adapter.channel()).append(append(caused.build()).build());
    OutboxRig.drained(adapter);
    var request = RepublishRequest.newBuilder().setCorrelationId(correlation.toString());
    assertThat(republish(request).getLast().getEvents()).isEqualTo(1);
    assertThat(republished())
        .singleElement()
        .satisfies(found ->
            assertThat(OutboxRig.header(found, EventHeaders.CORRELATION_ID))
                .isEqualTo(correlation.toString()));
  }

  @Test
  void shouldSendAPartOfALaneOnly() {
    var fullest =
        OutboxRig.status(adapter).getLanesList().stream()
            .max(java.util.Comparator.comparingLong(lane -> lane.getHeadPosition()))
            .orElseThrow();
    var request =
        RepublishRequest.newBuilder()
            .setRange(
                LaneRange.newBuilder()
                    .setLane(fullest.getLane())
                    .setFromPosition(3)
                    .setToPosition(5));
    assertThat(republish(request).getLast().getEvents()).isEqualTo(3);
    assertThat(republished())
        .extracting(found -> OutboxRig.header(found, EventHeaders.POSITION))
        .containsExactlyInAnyOrder("3", "4", "5");
  }

  @Test
  void shouldChooseByTopicAndTime() {
    var other = RepublishRequest.newBuilder().addTopics("another.topic");
    assertThat(republish(other).getLast().getEvents()).isZero();
    var own = RepublishRequest.newBuilder().addTopics(rig.topic()).setDryRun(true);
    assertThat(republish(own).getLast().getEvents()).isEqualTo(ALL);
    var later = RepublishRequest.newBuilder().setSince(Given.now());
    assertThat(republish(later).getLast().getEvents()).isZero();
    var earlier = RepublishRequest.newBuilder().setUntil(Given.now()).setDryRun(true);
    assertThat(republish(earlier).getLast().getEvents()).isEqualTo(ALL);
  }

  @Test
  void shouldGoOnBehindThePlaceWhereItEnded() {
    var first = republish(everything().setMaxEvents(25)).getLast();
    assertThat(first.getLimited()).isTrue();
    assertThat(first.getEvents()).isEqualTo(25);
    var second = republish(everything().setAfter(first.getPlace())).getLast();
    assertThat(second.getLimited()).isFalse();
    assertThat(second.getEvents()).isEqualTo(ALL - 25);
    assertThat(republished()).hasSize(ALL);
    assertThat(OutboxRig.ids(republished())).hasSize(ALL);
  }

  @Test
  void shouldSendNoFasterThanItIsToldTo() {
    var unused = republish(everything().setPerSecond(30));
    var times = republished().stream().mapToLong(ConsumerRecord::timestamp).summaryStatistics();
    long took = times.getMax() - times.getMin();
    System.out.printf("%d events sent again in %d ms at 30/s%n", times.getCount(), took);
    assertThat(took).isBetween(1_800L, 10_000L);
  }

  @Test
  void shouldRefuseARequestThatChoosesNothing() {
    assertThat(
            catchThrowableOfType(
                    StatusRuntimeException.class, () -> republish(RepublishRequest.newBuilder()))
                .getStatus()
                .getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void shouldDoItForOneAtATime() {
    var slow =
        OutboxServiceGrpc.newBlockingStub(adapter.channel())
            .republish(everything().setPerSecond(2).build());
    assertThat(slow.next().getEvents()).isPositive();
    assertThat(
            catchThrowableOfType(StatusRuntimeException.class, () -> republish(everything()))
                .getStatus()
                .getCode())
        .isEqualTo(Status.Code.FAILED_PRECONDITION);
  }
}
