// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.omnibridge.orchestrator.run.EventLog.Append;
import dev.omnibridge.orchestrator.run.EventLog.Loaded;
import dev.omnibridge.orchestrator.run.EventLog.Page;
import dev.omnibridge.orchestrator.run.EventLog.Pointer;
import dev.omnibridge.orchestrator.workflow.Workflow;
import dev.omnibridge.runtime.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the shell may rely on of any log; the simulation stands on a model that keeps it, too. */
public abstract class EventLogContract {
  private static final Set<Integer> EVERY_SHARD = new AllShards().shards();

  @SuppressWarnings("NullAway.Init")
  private AppendedRuns runs;

  @BeforeEach
  void inANamespaceOfItsOwn() {
    runs = new AppendedRuns();
  }

  /** A log, in which there may be runs of other namespaces. */
  protected abstract EventLog log();

  /** The result of a call, or the fault that it ended with. */
  protected abstract <T> T await(CompletionStage<T> call);

  private Append appended(Append append) {
    var unused = await(log().append(append));
    return append;
  }

  private Fault refused(Append append) {
    var fault = catchThrowableOfType(Fault.class, () -> appended(append));
    assertThat(fault).isNotNull();
    return fault;
  }

  private Loaded loaded(Append append) {
    return await(log().load(RunKey.of(append.run())));
  }

  private void assertAbsent(Append append) {
    var fault = catchThrowableOfType(Fault.class, () -> loaded(append));
    assertThat(fault.kind()).isEqualTo(Fault.Kind.NOT_FOUND);
  }

  @Test
  void shouldGiveBackWhatWasAppended() {
    Append first = appended(runs.submission("w"));
    assertThat(loaded(first)).isEqualTo(new Loaded(runs.state(first), 2, 0));
    Append second = appended(runs.outcome(first));
    assertThat(loaded(first)).isEqualTo(new Loaded(runs.state(second), 3, 0));
  }

  @Test
  void shouldSayThatARunIsNotThere() {
    assertAbsent(runs.submission("w"));
  }

  @Test
  void shouldAnswerARepeatAsBefore() {
    Append first = appended(runs.submission("w"));
    appended(first);
    assertThat(loaded(first).version()).isEqualTo(2);
  }

  @Test
  void shouldAnswerARepeatAsBeforeWhenOthersHaveAppendedMeanwhile() {
    Append first = appended(runs.submission("w"));
    Append second = appended(runs.outcome(first));
    Append third = appended(runs.outcome(second));
    appended(first);
    appended(second);
    assertThat(loaded(first)).isEqualTo(new Loaded(runs.state(third), 4, 0));
    assertThat(pointer(third).version()).isEqualTo(4);
  }

  @Test
  void shouldRefuseWhatExpectsAnotherVersionAndWriteNothing() {
    Append first = appended(runs.submission("w"));
    Append mine = runs.outcome(first);
    Append theirs = runs.outcome(first);
    appended(theirs);
    assertThat(refused(mine).kind()).isEqualTo(Fault.Kind.CONFLICT);
    assertThat(refused(mine).reason()).isEqualTo("VERSION_CONFLICT");
    Append ahead = runs.outcome(runs.outcome(theirs));
    assertThat(refused(ahead).kind()).isEqualTo(Fault.Kind.CONFLICT);
    assertThat(loaded(first)).isEqualTo(new Loaded(runs.state(theirs), 3, 0));
    assertThat(pointer(first).version()).isEqualTo(3);
  }

  @Test
  void shouldRefuseWhatGoesOnWithARunThatIsNotThere() {
    Append second = runs.outcome(runs.submission("w"));
    assertThat(refused(second).kind()).isEqualTo(Fault.Kind.CONFLICT);
    assertAbsent(second);
  }

  @Test
  void shouldLoadFromTheSnapshotWhatTheEventsTell() {
    Append first = appended(runs.submission("w"));
    Append second = appended(runs.withSnapshot(runs.outcome(first)));
    assertThat(loaded(first)).isEqualTo(new Loaded(runs.state(second), 3, 3));
    Append third = appended(runs.outcome(second));
    assertThat(loaded(first)).isEqualTo(new Loaded(runs.state(third), 4, 3));
  }

  @Test
  void shouldRefuseATakenWorkflowIdAndTellWhoHasIt() {
    Append holder = appended(runs.submission("w", "r1"));
    Append other = runs.submission("w", "r2");
    assertTaken(refused(other), "WORKFLOW_ID_TAKEN", holder);
    assertAbsent(other);
    appended(runs.submission("v", "r2"));
  }

  @Test
  void shouldRefuseATakenRequestIdAndTellWhoHasIt() {
    Append holder = appended(runs.submission("w", "r1"));
    Append other = runs.submission("v", "r1");
    assertTaken(refused(other), "REQUEST_ID_TAKEN", holder);
    assertAbsent(other);
    appended(runs.submission("v", "r2"));
  }

  @Test
  void shouldNameTheWorkflowIdWhenBothAreTaken() {
    Append holder = appended(runs.submission("w", "r1"));
    assertTaken(refused(runs.submission("w", "r1")), "WORKFLOW_ID_TAKEN", holder);
    appended(runs.outcome(holder));
    appended(holder);
    assertThat(loaded(holder).version()).isEqualTo(3);
  }

  private static void assertTaken(Fault fault, String reason, Append holder) {
    var submitted = Objects.requireNonNull(holder.submission());
    assertThat(fault.kind()).isEqualTo(Fault.Kind.CONFLICT);
    assertThat(fault.reason()).isEqualTo(reason);
    assertThat(fault.facts())
        .containsEntry("run_id", holder.run().id().value())
        .containsEntry("workflow_id", holder.run().workflow().value())
        .containsEntry("definition_hash", submitted.fingerprint().definitionHash())
        .containsEntry("input_hash", submitted.fingerprint().inputHash())
        .containsEntry("labels_hash", submitted.fingerprint().labelsHash());
  }

  @Test
  void shouldKeepADefinitionUnderItsHash() {
    Append first = appended(runs.submission("w"));
    String hash = first.run().definitionHash();
    assertThat(await(log().definition(hash))).isEqualTo(runs.definition());
    appended(runs.submission("v"));
    assertThat(await(log().definition(hash))).isEqualTo(runs.definition());
    var fault =
        catchThrowableOfType(
            Fault.class, () -> await(log().definition(Definitions.hash("another"))));
    assertThat(fault.kind()).isEqualTo(Fault.Kind.NOT_FOUND);
  }

  @Test
  void shouldListWhatIsUnfinishedInTheOrderOfIdsPageByPage() {
    List<Append> all = IntStream.range(0, 5).mapToObj(i -> runs.submission("w" + i)).toList();
    all.reversed().forEach(this::appended);
    appended(runs.end(all.get(2)));
    assertThat(unfinished(EVERY_SHARD))
        .extracting(Pointer::key)
        .containsExactlyElementsOf(
            all.stream()
                .filter(append -> append != all.get(2))
                .map(append -> RunKey.of(append.run()))
                .sorted(Comparator.comparing(RunKey::runId))
                .toList());
    int shard = RunKey.of(all.getFirst().run()).shard();
    assertThat(unfinished(Set.of(shard))).allMatch(pointer -> pointer.key().shard() == shard);
    assertThat(unfinished(Set.of(shard)))
        .extracting(Pointer::key)
        .contains(RunKey.of(all.getFirst().run()));
  }

  /** Those of this test, two at a time, until there are no more. */
  private List<Pointer> unfinished(Set<Integer> shards) {
    List<Pointer> found = new ArrayList<>();
    List<Pointer> page = await(log().unfinished(shards, "", 2));
    while (!page.isEmpty()) {
      assertThat(page).hasSizeLessThanOrEqualTo(2);
      found.addAll(page);
      page = await(log().unfinished(shards, page.getLast().key().runId(), 2));
    }
    found.removeIf(pointer -> !pointer.key().namespace().equals(runs.namespace()));
    return found;
  }

  private Pointer pointer(Append of) {
    return unfinished(EVERY_SHARD).stream()
        .filter(found -> found.key().equals(RunKey.of(of.run())))
        .findAny()
        .orElseThrow();
  }

  @Test
  void shouldTellVersionStateAndTimeOfWhatIsUnfinished() {
    Append first = appended(runs.submission("w"));
    assertThat(pointer(first))
        .isEqualTo(new Pointer(RunKey.of(first.run()), 2, Workflow.State.RUNNING.name(), null));
    appended(runs.due(runs.outcome(first), Duration.ofHours(1)));
    assertThat(pointer(first).version()).isEqualTo(3);
    assertThat(pointer(first).dueIn())
        .isBetween(Duration.ofMinutes(59), Duration.ofHours(1).plusSeconds(1));
  }

  @Test
  void shouldFindWhatIsDueByItsOwnClockTheLongestDueFirst() {
    List<Append> all = IntStream.range(0, 5).mapToObj(i -> runs.submission("w" + i)).toList();
    all.reversed().forEach(append -> appended(runs.due(append, Duration.ZERO)));
    appended(runs.due(runs.submission("later"), Duration.ofHours(1)));
    appended(runs.submission("never"));
    appended(runs.end(all.get(1)));
    appended(runs.outcome(all.get(3)));
    assertThat(due(EVERY_SHARD))
        .containsExactly(
            RunKey.of(all.get(4).run()), RunKey.of(all.get(2).run()), RunKey.of(all.get(0).run()));
    int shard = RunKey.of(all.getFirst().run()).shard();
    assertThat(due(Set.of(shard))).contains(RunKey.of(all.getFirst().run()));
    assertThat(due(Set.of(shard))).allMatch(key -> key.shard() == shard);
  }

  @Test
  void shouldFindAsDueWhatWasOverdueWhenItWasAppended() {
    Append late = appended(runs.due(runs.submission("w"), Duration.ofSeconds(-30)));
    assertThat(due(EVERY_SHARD)).containsExactly(RunKey.of(late.run()));
    assertThat(pointer(late).due()).isTrue();
  }

  /** Those of this test, two at a time, until there are no more. */
  private List<RunKey> due(Set<Integer> shards) {
    List<RunKey> found = new ArrayList<>();
    Page page = await(log().due(shards, "", 2));
    page.runs().forEach(run -> found.add(run.key()));
    while (!page.next().isEmpty()) {
      page = await(log().due(shards, page.next(), 2));
      page.runs().forEach(run -> found.add(run.key()));
    }
    found.removeIf(key -> !key.namespace().equals(runs.namespace()));
    return found;
  }
}
