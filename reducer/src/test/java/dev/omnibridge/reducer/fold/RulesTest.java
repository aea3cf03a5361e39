// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.reducer.fold.Change.Added;
import dev.omnibridge.reducer.fold.Change.Began;
import dev.omnibridge.reducer.fold.Change.Finished;
import dev.omnibridge.reducer.fold.Change.Lasted;
import dev.omnibridge.reducer.fold.Change.Nothing;
import dev.omnibridge.reducer.fold.Change.Refused;
import dev.omnibridge.reducer.fold.Change.Resized;
import dev.omnibridge.reducer.fold.Change.Stepped;
import dev.omnibridge.reducer.fold.Fact.Ended;
import dev.omnibridge.reducer.fold.Fact.Moved;
import dev.omnibridge.reducer.fold.Fact.Noted;
import dev.omnibridge.reducer.fold.Fact.Restamped;
import dev.omnibridge.reducer.fold.Fact.Stamped;
import dev.omnibridge.reducer.fold.Fact.Started;
import dev.omnibridge.reducer.fold.Fact.StepEnded;
import dev.omnibridge.reducer.fold.Intent.Anomaly;
import dev.omnibridge.reducer.fold.Intent.Transition;
import dev.omnibridge.reducer.fold.StreamView.Stamp;
import dev.omnibridge.reducer.fold.StreamView.Workflow;
import dev.omnibridge.reducer.fold.Verdict.Folded;
import dev.omnibridge.reducer.fold.Verdict.Gap;
import dev.omnibridge.reducer.fold.Verdict.Repeated;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RulesTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final StreamKey RUN = new StreamKey("workflow", "default", "run");
  private static final StreamKey FILE = new StreamKey("stamp", "default", "hash");

  @Test
  void shouldFollowARunFromItsStartToItsEnd() {
    var view = (StreamView) Workflow.NONE;
    var changes = new ArrayList<Change>();
    var transitions = new ArrayList<String>();
    List<Fact> facts =
        List.of(
            new Started(),
            new Moved("PENDING", "RUNNING"),
            new StepEnded(false),
            new Moved("RUNNING", "WAITING"),
            new Moved("WAITING", "RUNNING"),
            new StepEnded(true),
            new Noted(),
            new Moved("RUNNING", "COMPLETED"),
            new Ended(Phase.COMPLETED));
    for (Fact fact : facts) {
      var folded = fold(view, fact);
      view = folded.view();
      changes.add(folded.tally().change());
      folded.intents().forEach(intent -> transitions.add(text(intent)));
    }

    assertThat(view)
        .isEqualTo(
            new Workflow(9, Phase.COMPLETED, NOON.plusSeconds(1), NOON.plusSeconds(9), 2, 1, 0));
    assertThat(changes)
        .containsExactly(
            new Began(),
            new Nothing(),
            new Stepped(false),
            new Nothing(),
            new Nothing(),
            new Stepped(true),
            new Nothing(),
            new Finished(Phase.COMPLETED),
            new Lasted(Duration.ofSeconds(8)));
    assertThat(transitions)
        .containsExactly(
            "1 ABSENT PENDING workflow_submitted",
            "2 PENDING RUNNING workflow_started",
            "4 RUNNING WAITING workflow_waiting",
            "5 WAITING RUNNING workflow_resumed",
            "8 RUNNING COMPLETED workflow_completed");
  }

  private static String text(Intent intent) {
    return switch (intent) {
      case Transition t -> "%d %s %s %s".formatted(t.version(), t.from(), t.to(), t.cause());
      case Anomaly a -> "%d %s".formatted(a.version(), a.reason());
    };
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void shouldFoldOrRefuseEveryFactInEveryPhaseAndGoOneVersionOn(Phase phase) {
    var now = new Workflow(3, phase, NOON, null, 0, 0, 0);
    for (Fact fact : everyFact()) {
      var folded = fold(now, fact);
      var after = (Workflow) folded.view();
      assertThat(after.version()).as("%s in %s", fact, phase).isEqualTo(4);
      boolean refused = folded.tally().change() instanceof Refused;
      assertThat(refused).as("%s in %s", fact, phase).isEqualTo(!fits(phase, fact));
      assertThat(after.anomalies()).isEqualTo(refused ? 1 : 0);
      if (refused) {
        assertThat(after.phase()).isEqualTo(phase);
        assertThat(folded.intents()).hasOnlyElementsOfType(Anomaly.class).hasSize(1);
      }
    }
  }

  private static List<Fact> everyFact() {
    var facts = new ArrayList<Fact>();
    facts.add(new Started());
    for (Phase from : Phase.values()) {
      if (from.finished()) {
        facts.add(new Ended(from));
      }
      for (Phase to : Phase.values()) {
        facts.add(new Moved(from.name(), to.name()));
      }
    }
    facts.add(new StepEnded(false));
    facts.add(new StepEnded(true));
    facts.add(new Noted());
    facts.add(new Stamped(1, "txt"));
    facts.add(new Restamped(1));
    return facts;
  }

  private static boolean fits(Phase phase, Fact fact) {
    return switch (fact) {
      case Started _ -> phase == Phase.ABSENT;
      case Moved(String from, String to) ->
          phase != Phase.ABSENT && from.equals(phase.name()) && phase.mayBecome(Phase.valueOf(to));
      case StepEnded _ -> phase.active();
      case Ended(Phase outcome) ->
          outcome == phase || phase == Phase.TERMINATED && outcome == Phase.CANCELLED;
      case Noted _ -> phase != Phase.ABSENT;
      case Stamped _, Restamped _ -> false;
    };
  }

  @Test
  void shouldRefuseAMoveFromAStateThatTheRunIsNotIn() {
    var running = new Workflow(2, Phase.RUNNING, NOON, null, 0, 0, 0);
    assertThat(fold(running, new Moved("PENDING", "COMPLETED")).intents())
        .containsExactly(new Anomaly(RUN, 3, "WRONG_FROM_STATE"));
    assertThat(fold(running, new Moved("RUNNING", "PENDING")).intents())
        .containsExactly(new Anomaly(RUN, 3, "ILLEGAL_TRANSITION"));
    assertThat(fold(running, new Moved("RUNNING", "DANCING")).intents())
        .containsExactly(new Anomaly(RUN, 3, "UNKNOWN_STATE"));
  }

  @Test
  void shouldRefuseASecondEnd() {
    var ended = new Workflow(5, Phase.FAILED, NOON, NOON, 0, 0, 0);
    assertThat(fold(ended, new Ended(Phase.FAILED)).intents())
        .containsExactly(new Anomaly(RUN, 6, "ENDED_TWICE"));
  }

  @Test
  void shouldCountNoNegativeTimeWhenAClockWentBack() {
    var done = new Workflow(5, Phase.COMPLETED, NOON.plusSeconds(60), null, 0, 0, 0);
    assertThat(fold(done, new Ended(Phase.COMPLETED)).tally().change())
        .isEqualTo(new Lasted(Duration.ZERO));
  }

  @Test
  void shouldCountAStampOnceAndItsRevisionBySizeOnly() {
    var stamped = fold(Stamp.NONE, FILE, new Stamped(100, "txt"));
    assertThat(stamped.tally().change()).isEqualTo(new Added(100, "txt"));
    var revised = fold(stamped.view(), FILE, new Restamped(80));
    assertThat(revised.view()).isEqualTo(new Stamp(2, 80));
    assertThat(revised.tally().change()).isEqualTo(new Resized(-20));
    assertThat(fold(revised.view(), FILE, new Stamped(1, "md")).tally().change())
        .isEqualTo(new Refused());
    assertThat(fold(Stamp.NONE, FILE, new Restamped(1)).tally().change()).isEqualTo(new Refused());
  }

  @Test
  void shouldRefuseEveryFactOfAWorkflowInAStampsStream() {
    for (Fact fact : everyFact()) {
      boolean foreign =
          !(fact instanceof Stamped || fact instanceof Restamped || fact instanceof Noted);
      if (foreign) {
        assertThat(fold(new Stamp(1, 5), FILE, fact).tally().change()).isEqualTo(new Refused());
      }
    }
  }

  @Test
  void shouldChangeNothingForAVersionThatWasHeard() {
    var now = new Workflow(7, Phase.RUNNING, NOON, null, 0, 0, 0);
    assertThat(Rules.reduce(now, heard(RUN, 7, new StepEnded(false)))).isEqualTo(new Repeated());
    assertThat(Rules.reduce(now, heard(RUN, 1, new Started()))).isEqualTo(new Repeated());
  }

  @Test
  void shouldAskForWhatIsMissingBeforeAVersion() {
    assertThat(Rules.reduce(Workflow.NONE, heard(RUN, 3, new StepEnded(false))))
        .isEqualTo(new Gap(0));
  }

  @Test
  void shouldHearEveryTypeOfTheCatalogue() {
    var json = com.fasterxml.jackson.databind.node.JsonNodeFactory.instance.objectNode();
    json.put("from_state", "PENDING").put("to_state", "RUNNING").put("status", "degraded");
    json.put("file_size_bytes", 7).put("file_path", "a/b.TXT");
    assertThat(Fact.of("dev.omnibridge.workflow.started.v1", json)).isEqualTo(new Started());
    assertThat(Fact.of("dev.omnibridge.workflow.state-transition.v1", json))
        .isEqualTo(new Moved("PENDING", "RUNNING"));
    assertThat(Fact.of("dev.omnibridge.workflow.step-completed.v1", json))
        .isEqualTo(new StepEnded(true));
    assertThat(Fact.of("dev.omnibridge.workflow.failed.v1", json))
        .isEqualTo(new Ended(Phase.FAILED));
    assertThat(Fact.of("dev.omnibridge.metadata.stamp-created.v1", json))
        .isEqualTo(new Stamped(7, "txt"));
    assertThat(Fact.of("dev.omnibridge.metadata.stamp-revised.v1", json))
        .isEqualTo(new Restamped(7));
    assertThat(Fact.of("something.else.v1", json)).isEqualTo(new Noted());
  }

  private static Folded fold(StreamView now, Fact fact) {
    return fold(now, RUN, fact);
  }

  private static Folded fold(StreamView now, StreamKey stream, Fact fact) {
    return (Folded) Rules.reduce(now, heard(stream, now.version() + 1, fact));
  }

  /** An event happens so many seconds after noon as its version says. */
  private static Heard heard(StreamKey stream, long version, Fact fact) {
    return new Heard(stream, version, NOON.plusSeconds(version), fact);
  }
}
