// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.BridgeStateRow;
import dev.omnibridge.api.log.v1.StateRow;
import dev.omnibridge.api.log.v1.SubmitClaim;
import dev.omnibridge.dbadapter.log.Append.EventKey;
import dev.omnibridge.dbadapter.log.Append.Expected;
import dev.omnibridge.dbadapter.log.Append.Move;
import dev.omnibridge.dbadapter.log.Append.NewRow;
import dev.omnibridge.dbadapter.log.Append.Partition;
import dev.omnibridge.dbadapter.log.Append.StreamWrite;
import dev.omnibridge.dbadapter.log.Batch.EventRow;
import dev.omnibridge.dbadapter.log.Found.ClaimKey;
import dev.omnibridge.dbadapter.log.Found.KnownEvent;
import dev.omnibridge.dbadapter.log.Found.StreamHead;
import dev.omnibridge.dbadapter.log.Verdict.Accepted;
import dev.omnibridge.dbadapter.log.Verdict.Misplaced;
import dev.omnibridge.dbadapter.log.Verdict.Refused;
import dev.omnibridge.dbadapter.log.Verdict.Repeated;
import dev.omnibridge.dbadapter.log.Verdict.Unclear;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchTest {
  private static final OffsetDateTime NOON =
      OffsetDateTime.of(2026, 1, 2, 12, 0, 0, 0, ZoneOffset.UTC);
  private static final StreamId A = new StreamId("workflow", "default", "a");
  private static final StreamId B = new StreamId("workflow", "default", "b");
  private static final Partition PARTITION = new Partition("reducer", "cluster", "topic", 0);

  private final Map<UUID, StreamHead> heads = new HashMap<>();
  private final Map<EventKey, KnownEvent> known = new HashMap<>();

  private Batch batch() {
    return new Batch(
        new Found(
            NOON, Map.of(0, 11L, 1, 21L), heads, Map.of(), Set.of(), Map.of(), Map.of(), known));
  }

  private void stored(StreamId stream, long version, UUID lastAppend) {
    heads.put(
        stream.key(), new StreamHead(stream, 7, 0, version, 10, lastAppend, NOON.minusHours(1)));
  }

  private static NewRow event() {
    return new NewRow(
        new EventKey(UUID.randomUUID(), NOON),
        "type",
        "topic",
        "long",
        null,
        null,
        null,
        null,
        ByteString.copyFromUtf8("{}"));
  }

  private static StreamWrite write(StreamId stream, int lane, Expected expected, int events) {
    var rows = IntStream.range(0, events).mapToObj(_ -> event()).toList();
    return new StreamWrite(stream, stream.key(), 7, lane, expected, rows, null);
  }

  private static Append append(StreamWrite... writes) {
    return new Append(
        UUID.randomUUID(), List.of(writes), List.of(), List.of(), List.of(), List.of(), 100);
  }

  private static Append with(Append append, List<SubmitClaim> claims, List<Move> moves) {
    return new Append(
        append.id(),
        append.streams(),
        append.rows(),
        claims,
        moves,
        append.deadLetters(),
        append.bytes());
  }

  private static SubmitClaim claim(String workflowId) {
    return SubmitClaim.newBuilder()
        .setNamespace("default")
        .setByWorkflowId(true)
        .setWorkflowId(workflowId)
        .setRunId(UUID.randomUUID().toString())
        .build();
  }

  @Test
  void shouldLetAnAppendSeeTheOneBeforeIt() {
    var batch = batch();
    assertThat(batch.add(append(write(A, 0, new Expected.None(), 2)))).isInstanceOf(Accepted.class);
    var second = batch.add(append(write(A, 0, new Expected.At(2), 1)));
    assertThat(((Accepted) second).answer().getStreams(0).getVersion()).isEqualTo(3);
    assertThat(batch.events()).extracting(EventRow::position).containsExactly(11L, 12L, 13L);
    assertThat(batch.streams(true)).hasSize(1);
    assertThat(batch.movedLanes()).containsExactly(Map.entry(0, 14L));
  }

  @Test
  void shouldLeaveNoTraceOfAnAppendOfWhichOnePartIsRefused() {
    var batch = batch();
    var refused =
        with(
            append(write(A, 0, new Expected.None(), 2), write(B, 1, new Expected.At(4), 1)),
            List.of(claim("x")),
            List.of(new Move(PARTITION, -1, 5)));
    assertThat(batch.add(refused)).isInstanceOf(Unclear.class);
    assertThat(batch.isEmpty()).isTrue();
    assertThat(batch.movedLanes()).isEmpty();
    assertThat(batch.add(append(write(A, 0, new Expected.None(), 1)))).isInstanceOf(Accepted.class);
    assertThat(batch.events()).extracting(EventRow::position).containsExactly(11L);
  }

  @Test
  void shouldAnswerTheStreamsLastAppendFromItsRow() {
    var append = append(write(A, 0, new Expected.At(3), 2));
    stored(A, 5, append.id());
    var verdict = batch().add(append);
    assertThat(verdict).isInstanceOf(Repeated.class);
    var answer = ((Repeated) verdict).answer();
    assertThat(answer.getStreams(0).getVersion()).isEqualTo(5);
    assertThat(answer.getStreams(0).getPosition()).isEqualTo(10);
    assertThat(answer.getRecordedAt()).isEqualTo(Times.of(NOON.minusHours(1)));
  }

  @Test
  void shouldAnswerARepeatWithinTheSameBatch() {
    var batch = batch();
    var append = append(write(A, 0, new Expected.None(), 2));
    var first = (Accepted) batch.add(append);
    assertThat(batch.add(append)).isEqualTo(new Repeated(first.answer()));
    assertThat(batch.events()).hasSize(2);
  }

  @Test
  void shouldRecogniseAnOvertakenRepeatByItsEvents() {
    var append = append(write(A, 0, new Expected.At(3), 1));
    stored(A, 9, UUID.randomUUID());
    assertThat(batch().add(append)).isInstanceOf(Unclear.class);
    var key = append.streams().getFirst().events().getFirst().key();
    known.put(key, new KnownEvent(A.key(), 4, 0, 8, 7, NOON));
    assertThat(batch().add(append)).isInstanceOf(Repeated.class);
  }

  @Test
  void shouldRefuseAnEventThatIsKnownElsewhere() {
    var append = append(write(A, 0, new Expected.Any(), 1));
    var key = append.streams().getFirst().events().getFirst().key();
    known.put(key, new KnownEvent(B.key(), 4, 0, 8, 7, NOON));
    assertThat(((Refused) batch().add(append)).fault().reason()).isEqualTo("EVENT_EXISTS");
  }

  @Test
  void shouldSayWhichLanesAreMissing() {
    var verdict = batch().add(append(write(A, 3, new Expected.Any(), 1)));
    assertThat(verdict).isEqualTo(new Misplaced(Set.of(3)));
    stored(A, 1, UUID.randomUUID());
    assertThat(batch().add(append(write(A, 3, new Expected.Any(), 1))))
        .isInstanceOf(Accepted.class);
  }

  @Test
  void shouldGiveAClaimToTheFirst() {
    var batch = batch();
    var first = with(append(write(A, 0, new Expected.None(), 1)), List.of(claim("x")), List.of());
    var second = with(append(write(B, 0, new Expected.None(), 1)), List.of(claim("x")), List.of());
    assertThat(batch.add(first)).isInstanceOf(Accepted.class);
    var refusal = ((Unclear) batch.add(second)).refusal();
    assertThat(refusal.reason()).isEqualTo("WORKFLOW_ID_TAKEN");
    assertThat(refusal.facts()).containsEntry("run_id", first.claims().getFirst().getRunId());
    assertThat(batch.claims()).containsOnlyKeys(new ClaimKey(true, "default", "x"));
  }

  @Test
  void shouldMoveAPositionTwiceInOneBatch() {
    var batch = batch();
    var none = append();
    assertThat(batch.add(with(none, List.of(), List.of(new Move(PARTITION, -1, 5)))))
        .isInstanceOf(Accepted.class);
    assertThat(batch.add(with(append(), List.of(), List.of(new Move(PARTITION, -1, 6)))))
        .isInstanceOf(Refused.class);
    assertThat(batch.add(with(append(), List.of(), List.of(new Move(PARTITION, 5, 9)))))
        .isInstanceOf(Accepted.class);
    assertThat(batch.positions(true)).hasSize(1);
    assertThat(batch.positions(true).getFirst().position().next()).isEqualTo(9);
  }

  @Test
  void shouldRefuseAnOldBridgeStateWithinTheBatch() {
    var batch = batch();
    assertThat(batch.add(rows(bridge(1)))).isInstanceOf(Accepted.class);
    assertThat(((Refused) batch.add(rows(bridge(1)))).fault().reason()).isEqualTo("ROW_CONFLICT");
    assertThat(batch.add(rows(bridge(2)))).isInstanceOf(Accepted.class);
    assertThat(batch.rows().bridgeStates(true)).hasSize(1);
  }

  private static Append rows(StateRow row) {
    return new Append(
        UUID.randomUUID(), List.of(), List.of(row), List.of(), List.of(), List.of(), 1);
  }

  private static StateRow bridge(long version) {
    return StateRow.newBuilder()
        .setBridgeState(BridgeStateRow.newBuilder().setNamespace("n").setVersion(version))
        .build();
  }
}
