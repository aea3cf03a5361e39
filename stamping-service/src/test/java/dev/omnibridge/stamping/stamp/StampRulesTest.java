// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import static dev.omnibridge.stamping.stamp.Texts.NOON;
import static dev.omnibridge.stamping.stamp.Texts.hash;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.stamping.stamp.Command.RecordBytes;
import dev.omnibridge.stamping.stamp.Decision.Accepted;
import dev.omnibridge.stamping.stamp.Decision.AlreadyDone;
import dev.omnibridge.stamping.stamp.Event.Created;
import dev.omnibridge.stamping.stamp.Event.Revised;
import dev.omnibridge.stamping.stamp.Stamp.Absent;
import dev.omnibridge.stamping.stamp.Stamp.Stamped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class StampRulesTest {
  private static final StampKey KEY = new StampKey("default", hash("the text"));
  private static final StampId ID = new StampId(new UUID(1, 1));
  private static final StampId OTHER_ID = new StampId(new UUID(2, 2));
  private static final Artifact FIRST = artifact("first");
  private static final Artifact SECOND = artifact("second");
  private static final Instant LATER = NOON.plusSeconds(1);

  @Test
  void shouldCreateAStampForTheFirstBytes() {
    given().when(record(FIRST)).then(new Created(KEY, ID, FIRST, NOON));
  }

  @Test
  void shouldDoNothingForTheSameBytesAgain() {
    given(new Created(KEY, ID, FIRST, NOON))
        .when(new RecordBytes(KEY, OTHER_ID, FIRST, LATER))
        .thenNothing();
  }

  @Test
  void shouldReviseTheStampForOtherBytes() {
    given(new Created(KEY, ID, FIRST, NOON))
        .when(new RecordBytes(KEY, OTHER_ID, SECOND, LATER))
        .then(new Revised(KEY, ID, 2, SECOND, LATER));
  }

  @Test
  void shouldReviseTheStampForOlderBytesThatComeAgain() {
    Event[] history = {new Created(KEY, ID, FIRST, NOON), new Revised(KEY, ID, 2, SECOND, LATER)};

    given(history).when(record(SECOND)).thenNothing();
    given(history).when(record(FIRST)).then(new Revised(KEY, ID, 3, FIRST, NOON));
    given(history)
        .when(record(artifact("first", HashedBy.CLIENT)))
        .then(new Revised(KEY, ID, 3, artifact("first", HashedBy.CLIENT), NOON));
  }

  @Test
  void shouldReviseWhatAClientClaimedWhenTheServerSawIt() {
    Artifact claimed = artifact("first", HashedBy.CLIENT);

    given(new Created(KEY, ID, claimed, NOON)).when(record(claimed)).thenNothing();
    given(new Created(KEY, ID, claimed, NOON))
        .when(new RecordBytes(KEY, OTHER_ID, FIRST, LATER))
        .then(new Revised(KEY, ID, 2, FIRST, LATER));
    given(new Created(KEY, ID, FIRST, NOON)).when(record(claimed)).thenNothing();
  }

  @Test
  void shouldKeepIdAndCreationOverRevisions() {
    Stamp stamp = state(new Created(KEY, ID, FIRST, NOON), new Revised(KEY, ID, 2, SECOND, LATER));

    assertThat(stamp).isEqualTo(new Stamped(KEY, ID, 2, SECOND, NOON, LATER));
  }

  /** Every state by every command, so that a hole in the table is seen. */
  @Test
  void shouldDecideEveryStateAndCommand() {
    Map<String, Stamp> states =
        Map.of(
            "absent", new Absent(),
            "stamped", state(new Created(KEY, ID, FIRST, NOON)),
            "revised",
                state(new Created(KEY, ID, FIRST, NOON), new Revised(KEY, ID, 2, SECOND, LATER)));
    Map<String, Command> commands =
        Map.of("first bytes", record(FIRST), "second bytes", record(SECOND));
    Map<String, String> table =
        states.keySet().stream()
            .flatMap(state -> commands.keySet().stream().map(c -> state + " + " + c))
            .collect(
                Collectors.toMap(
                    pair -> pair,
                    pair -> {
                      String[] parts = pair.split(" \\+ ");
                      return outcome(states.get(parts[0]), commands.get(parts[1]));
                    }));

    assertThat(Stamp.class.getPermittedSubclasses()).hasSize(2);
    assertThat(Command.class.getPermittedSubclasses()).hasSize(1);
    assertThat(table)
        .isEqualTo(
            Map.of(
                "absent + first bytes", "Created",
                "absent + second bytes", "Created",
                "stamped + first bytes", "nothing",
                "stamped + second bytes", "Revised",
                "revised + first bytes", "Revised",
                "revised + second bytes", "nothing"));
  }

  @Test
  void shouldRefuseAHistoryThatCannotBe() {
    Stamp stamped = state(new Created(KEY, ID, FIRST, NOON));

    assertThatThrownBy(() -> StampRules.evolve(new Absent(), new Revised(KEY, ID, 2, FIRST, NOON)))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> StampRules.evolve(stamped, new Created(KEY, ID, FIRST, NOON)))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> StampRules.evolve(stamped, new Revised(KEY, ID, 3, SECOND, NOON)))
        .isInstanceOf(IllegalStateException.class);
  }

  private static String outcome(Stamp state, Command command) {
    return switch (StampRules.decide(state, command)) {
      case Accepted(var events) -> {
        events.forEach(event -> StampRules.evolve(state, event));
        yield events.getFirst().getClass().getSimpleName();
      }
      case AlreadyDone() -> "nothing";
    };
  }

  private static RecordBytes record(Artifact artifact) {
    return new RecordBytes(KEY, ID, artifact, NOON);
  }

  private static Artifact artifact(String content) {
    return artifact(content, HashedBy.SERVER);
  }

  private static Artifact artifact(String content, HashedBy by) {
    return new Artifact(
        hash(content),
        5,
        "a.txt",
        "text/plain",
        "{}",
        null,
        new UUID(3, 3),
        by,
        Duration.ofMillis(1));
  }

  private static Given given(Event... events) {
    return new Given(state(events));
  }

  private static Stamp state(Event... events) {
    Stamp stamp = new Absent();
    for (Event event : events) {
      stamp = StampRules.evolve(stamp, event);
    }
    return stamp;
  }

  private record Given(Stamp stamp) {
    Decided when(Command command) {
      return new Decided(StampRules.decide(stamp, command));
    }
  }

  private record Decided(Decision decision) {
    void then(Event... events) {
      assertThat(decision).isEqualTo(new Accepted(List.of(events)));
    }

    void thenNothing() {
      assertThat(decision).isEqualTo(new AlreadyDone());
    }
  }
}
