// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import dev.omnibridge.orchestrator.workflow.Command.Outcome;
import dev.omnibridge.orchestrator.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Two processes that both believe to be alone, or both not. */
class SplitTest extends OneProcess {
  private final SimulatedTime.Life other = time.new Life();

  /** Owns what it is given, hears of no change, and reaches nobody. */
  private record Untold(Supplier<Set<Integer>> own) implements World.Membership {
    @Override
    public Set<Integer> shards() {
      return own.get();
    }

    @Override
    public void onChange(Runnable action) {
      // It is lost.
    }

    @Override
    public void wake(RunKey key, long version) {
      // It is lost.
    }
  }

  /**
   * The other process records a failed attempt, so that the run waits here, too, and leaves; the
   * outcome of the same attempt comes in here shortly before the time to repeat it. Whoever works
   * on the run then has it in memory.
   */
  @Test
  void shouldDoNothingMoreForARunThatItHasLetGo() {
    takes = Duration.ofSeconds(19);
    RunKey key = submit("w", CALL);
    pass(Duration.ofMillis(100));
    takes = Duration.ofMillis(10);
    outcome = AWAY;
    Workflows unused = start(other, new AllShards());
    pass(Duration.ofSeconds(1));
    assertThat(row(key).state()).isEqualTo(Workflow.State.WAITING);
    other.kill();
    workflows.wake(key, row(key).version());
    pass(Duration.ofSeconds(1));
    assertThat(workflows.activeCount()).isZero();
    outcome = new Outcome.Completed(IntNode.valueOf(1));
    takes = Duration.ofSeconds(2);
    while (row(key).state() == Workflow.State.WAITING) {
      pass(Duration.ofMillis(100));
    }
    pass(Duration.ofSeconds(1));
    assertThat(row(key).state()).isEqualTo(Workflow.State.RUNNING);
    assertThat(workflows.activeCount()).isOne();
    pass(Duration.ofSeconds(2));
    assertThat(row(key).state()).isEqualTo(Workflow.State.COMPLETED);
    assertThat(calls).isEqualTo(3);
  }

  /** What it has begun it hands over at once with the first append, although nobody hears of it. */
  @Test
  void shouldFindWithinAPollWhatAnotherHasBegunWhoIsNotTheOwner() {
    takes = Duration.ofMillis(10);
    Workflows stranger = start(other, new Untold(Set::of));
    Workflows owner = workflows;
    workflows = stranger;
    RunKey key = submit("w", CALL);
    workflows = owner;
    assertThat(stranger.activeCount()).isZero();
    assertThat(row(key).dueIn()).isZero();
    pass(Duration.ofSeconds(2));
    assertThat(row(key).state()).isEqualTo(Workflow.State.COMPLETED);
    assertThat(calls).isEqualTo(1);
  }

  /** Both were owners, so the one that is left has no reason to read the shard anew. */
  @Test
  void shouldFindByARescanWhatAnotherOwnerLeftBehind() {
    Workflows second = start(other, new AllShards());
    Workflows first = workflows;
    workflows = second;
    pass(Duration.ofSeconds(5));
    RunKey key = submit("w", CALL);
    workflows = first;
    other.kill();
    pass(Duration.ofSeconds(20));
    assertThat(row(key).state()).isEqualTo(Workflow.State.RUNNING);
    pass(Duration.ofSeconds(20));
    assertThat(row(key).state()).isEqualTo(Workflow.State.COMPLETED);
    assertThat(calls).isEqualTo(1);
  }

  /** It owned all before, so only the polls at which it owned nothing tell it to read anew. */
  @Test
  void shouldReadAnewWhatIsItsOwnAgainAlsoWhenNobodyToldItOfTheChange() {
    life.kill();
    life = time.new Life();
    var own = new AtomicReference<>(new AllShards().shards());
    Workflows first = start(life, new Untold(own::get));
    pass(Duration.ofSeconds(5));
    own.set(Set.of());
    Workflows second = start(other, new AllShards());
    pass(Duration.ofSeconds(2));
    takes = Duration.ofSeconds(19);
    workflows = second;
    RunKey key = submit("w", CALL);
    workflows = first;
    other.kill();
    takes = Duration.ofMillis(10);
    own.set(new AllShards().shards());
    pass(Duration.ofSeconds(3));
    assertThat(row(key).state()).isEqualTo(Workflow.State.COMPLETED);
    assertThat(calls).isEqualTo(1);
  }

  /** What it knows of a run from memory it tells until it hears that another has written. */
  @Test
  void shouldTellOfARunFromMemoryUntilItHearsThatAnotherHasWritten() {
    takes = Duration.ofSeconds(19);
    RunKey key = submit("w", CALL);
    pass(Duration.ofMillis(100));
    assertThat(workflows.here(key)).isEqualTo(row(key));
    var told = new ArrayList<RunRow>();
    Hints.Subscription unused = workflows.hints().listen(key.runId(), told::add);
    takes = Duration.ofMillis(10);
    Workflows second = start(other, new AllShards());
    pass(Duration.ofSeconds(1));
    assertThat(row(key).state()).isEqualTo(Workflow.State.COMPLETED);
    assertThat(second.here(key)).isNull();
    workflows.wake(key, row(key).version());
    assertThat(workflows.here(key)).isNull();
    pass(Duration.ofSeconds(1));
    assertThat(told).extracting(RunRow::state).containsExactly(Workflow.State.COMPLETED);
  }
}
