// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.dbadapter.log.Append.EventKey;
import dev.omnibridge.dbadapter.log.Append.Move;
import dev.omnibridge.dbadapter.log.Append.NewRow;
import dev.omnibridge.dbadapter.log.Append.Partition;
import dev.omnibridge.dbadapter.log.Intake.Event;
import dev.omnibridge.dbadapter.log.Intake.Item;
import dev.omnibridge.dbadapter.log.Intake.Letter;
import dev.omnibridge.dbadapter.log.IntakePlan.Found;
import dev.omnibridge.dbadapter.log.IntakePlan.Grown;
import dev.omnibridge.dbadapter.log.IntakePlan.Head;
import dev.omnibridge.dbadapter.log.IntakePlan.Row;
import dev.omnibridge.runtime.Fault;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntakeTest {
  private static final int LANE = 100;
  private static final OffsetDateTime NOON = OffsetDateTime.parse("2026-01-02T12:00:00Z");
  private static final StreamId A = new StreamId("stamp", "lab", "inbox/probe/a");
  private static final StreamId B = new StreamId("stamp", "lab", "inbox/probe/b");

  private static Partition partition(int number) {
    return new Partition("db-adapter", "cluster", "topic", number);
  }

  private static Event event(int partition, long offset, StreamId stream) {
    var row =
        new NewRow(
            new EventKey(new UUID(partition, offset), NOON),
            "t",
            "topic",
            "long",
            null,
            null,
            null,
            "1",
            ByteString.copyFromUtf8("{}"));
    return new Event(
        partition(partition),
        offset,
        stream,
        stream.key(),
        7,
        row,
        why -> DeadLetter.newBuilder().setErrorReason(why.reason()).setOffset(offset).build());
  }

  private static Letter letter(int partition, long offset) {
    return new Letter(partition(partition), offset, DeadLetter.getDefaultInstance());
  }

  private static Move move(int partition, long expected, long next) {
    return new Move(partition(partition), expected, next);
  }

  private static IntakePlan plan(Intake intake, Map<UUID, Head> streams, Set<EventKey> known) {
    return new IntakePlan(intake, new Found(Map.of(LANE, 11L), streams, known));
  }

  @Test
  void shouldNumberTheEventsOfEachStreamAndOfTheLane() {
    var intake =
        new Intake(
            LANE, List.of(event(0, 1, A), event(0, 2, B), event(0, 3, A)), List.of(move(0, -1, 4)));
    var plan = plan(intake, Map.of(A.key(), new Head(LANE, 5)), Set.of());
    assertThat(plan.rows()).extracting(Row::version).containsExactly(6L, 1L, 7L);
    assertThat(plan.rows()).extracting(Row::position).containsExactly(11L, 12L, 13L);
    assertThat(plan.movedLanes()).isEqualTo(Map.of(LANE, 14L));
    assertThat(plan.grown()).extracting(Grown::created).containsExactly(false, true);
    assertThat(plan.grown()).extracting(Grown::version).containsExactly(7L, 1L);
    assertThat(plan.grown()).extracting(Grown::position).containsExactly(13L, 12L);
  }

  @Test
  void shouldLeaveOutWhatIsKnownAndWhatComesTwice() {
    var intake =
        new Intake(
            LANE,
            List.of(event(0, 1, A), event(0, 2, A), event(0, 2, A), event(0, 3, A)),
            List.of(move(0, -1, 4)));
    var plan = plan(intake, Map.of(), Set.of(event(0, 1, A).row().key()));
    assertThat(plan.rows()).extracting(row -> row.event().offset()).containsExactly(2L, 3L);
    assertThat(plan.rows()).extracting(Row::version).containsExactly(1L, 2L);
    assertThat(plan.skipped()).isOne();
  }

  @Test
  void shouldNotTouchAStreamOrALaneWhenEveryEventIsKnown() {
    var intake = new Intake(LANE, List.of(event(0, 1, A)), List.of(move(0, -1, 2)));
    var plan = plan(intake, Map.of(), Set.of(event(0, 1, A).row().key()));
    assertThat(plan.rows()).isEmpty();
    assertThat(plan.grown()).isEmpty();
    assertThat(plan.movedLanes()).isEmpty();
  }

  @Test
  void shouldFollowAStreamIntoItsOwnLane() {
    var found = new Found(Map.of(LANE, 11L), Map.of(A.key(), new Head(101, 5)), Set.of());
    assertThat(IntakePlan.elsewhere(found)).containsExactly(101);
    var both = new Found(Map.of(LANE, 11L, 101, 31L), found.streams(), Set.of());
    var intake = new Intake(LANE, List.of(event(0, 1, A), event(0, 2, B)), List.of(move(0, -1, 3)));
    var plan = new IntakePlan(intake, both);
    assertThat(plan.rows()).extracting(Row::lane).containsExactly(101, LANE);
    assertThat(plan.movedLanes()).isEqualTo(Map.of(LANE, 12L, 101, 32L));
  }

  @Test
  void shouldRefuseAPositionThatSomebodyElseHasMoved() {
    assertThat(IntakePlan.refusal(List.of(move(0, 3, 4)), Map.of(partition(0), 3L))).isNull();
    assertThat(IntakePlan.refusal(List.of(move(0, -1, 4)), Map.of())).isNull();
    var moved = IntakePlan.refusal(List.of(move(0, 3, 4)), Map.of(partition(0), 4L));
    assertThat(moved).isNotNull();
    assertThat(moved.reason()).isEqualTo("POSITION_MOVED");
    assertThat(IntakePlan.refusal(List.of(move(0, 3, 4)), Map.of())).isNotNull();
  }

  @Test
  void shouldMakeALetterOfARefusedEventInItsPlace() {
    var intake = new Intake(LANE, List.of(event(0, 1, A), event(0, 2, B)), List.of(move(0, 1, 3)));
    var dead = intake.dead(1, Fault.invalid("DATABASE_REFUSED", "No."));
    assertThat(dead.items().getFirst()).isSameAs(intake.items().getFirst());
    assertThat(((Letter) dead.items().get(1)).letter().getErrorReason())
        .isEqualTo("DATABASE_REFUSED");
    assertThat(dead.moves()).isEqualTo(intake.moves());
  }

  @Test
  void shouldCutByBytesAndLeaveALargeItemAlone() {
    var large =
        new Letter(
            partition(0),
            2,
            DeadLetter.newBuilder().setValue(ByteString.copyFrom(new byte[5_000])).build());
    var intake =
        new Intake(
            LANE,
            List.of(event(0, 1, A), large, event(0, 3, A), event(0, 4, A)),
            List.of(move(0, -1, 5)));
    assertThat(intake.bytes()).isBetween(5_000L, 7_000L);
    assertThat(intake.bounded(2_000))
        .extracting(Intake::moves)
        .containsExactly(List.of(move(0, -1, 2)), List.of(move(0, 2, 3)), List.of(move(0, 3, 5)));
    assertThat(intake.bounded(10_000)).containsExactly(intake);
  }

  @Test
  void shouldCutBetweenEventsAndLetters() {
    var intake =
        new Intake(
            LANE,
            List.of(event(0, 1, A), letter(0, 5), letter(1, 7), event(0, 9, A)),
            List.of(move(0, -1, 12), move(1, 7, 8), move(2, 3, 4)));
    var runs = intake.runs();
    assertThat(runs).extracting(Intake::hasLetters).containsExactly(false, true, false);
    assertThat(runs)
        .extracting(Intake::moves)
        .containsExactly(
            List.of(move(0, -1, 2)),
            List.of(move(0, 2, 6), move(1, 7, 8)),
            List.of(move(0, 6, 12), move(2, 3, 4)));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void shouldMoveEveryPositionStepByStepHoweverItIsCut(long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    long[] next = {random.nextInt(5), 100, -1};
    var items = new ArrayList<Item>();
    long[] expected = next.clone();
    for (int i = 0; i < 50; i++) {
      int partition = random.nextInt(2);
      next[partition] = Math.max(0, next[partition]) + random.nextInt(3);
      long offset = next[partition]++;
      items.add(random.nextBoolean() ? event(partition, offset, A) : letter(partition, offset));
    }
    next[2] = 9;
    var moves = new ArrayList<Move>();
    for (int i = 0; i < next.length; i++) {
      moves.add(move(i, expected[i], next[i] + i));
    }
    var whole = new Intake(LANE, items, moves);
    for (List<Intake> parts :
        List.of(whole.runs(), whole.parts(7), whole.parts(1), whole.bounded(2_000))) {
      var reached = new HashMap<Partition, Long>();
      moves.forEach(move -> reached.put(move.partition(), move.expected()));
      var seen = new ArrayList<Item>();
      for (Intake part : parts) {
        part.moves()
            .forEach(move ->
                assertThat(reached.put(move.partition(), move.next())).isEqualTo(move.expected()));
        part.items()
            .forEach(
                item -> assertThat(reached.get(item.partition())).isGreaterThan(item.offset()));
        seen.addAll(part.items());
      }
      assertThat(seen).isEqualTo(items);
      moves.forEach(move -> assertThat(reached.get(move.partition())).isEqualTo(move.next()));
    }
  }
}
