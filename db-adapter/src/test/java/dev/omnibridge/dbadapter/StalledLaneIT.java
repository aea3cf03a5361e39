// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.FilledLanes.LIMIT_SECONDS;
import static dev.omnibridge.dbadapter.FilledLanes.append;
import static dev.omnibridge.dbadapter.FilledLanes.appending;
import static dev.omnibridge.dbadapter.FilledLanes.of;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.omnibridge.runtime.rpc.Statuses;
import dev.omnibridge.testkit.FaultProxy;
import dev.omnibridge.testkit.FaultProxy.Direction;
import dev.omnibridge.testkit.FaultProxy.Moment;
import dev.omnibridge.testkit.FaultProxy.Stroke;
import dev.omnibridge.testkit.TestPostgres;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A transaction of ours stalls while it holds a lane: it is cut off, and the others go on. */
@Execution(ExecutionMode.CONCURRENT)
class StalledLaneIT {
  private static final String BEGIN = "Q\0\0\0\nbegin";
  private static final String COMMIT = "Q\0\0\0\13commit";

  private final TestPostgres.Database database = MigratedDatabase.fresh();

  @Test
  void shouldCutOffItsOwnTransactionThatIsStalledBeforeItsCommit() throws Exception {
    try (var proxy = FaultProxy.to(database.port());
        var stalled = Settings.of(database).through(proxy).start(database);
        var other = Settings.of(database).start(database)) {
      var lanes = FilledLanes.by(other);
      var struck =
          proxy.once(
              new Moment.AfterText(Direction.TO_SERVER, "insert into events"), Stroke.SWALLOW);
      var own = appending(stalled, lanes.second(0, 0));
      struck.await(LIMIT_SECONDS, TimeUnit.SECONDS);
      var sameLane = appending(other, lanes.second(0, 1));
      var otherLane = append(other, lanes.second(1, 0));
      var otherLaneHere = append(stalled, lanes.second(1, 1));
      System.out.printf(
          "own transaction stalled before its commit: same lane elsewhere after %d ms, other lane"
              + " %d ms, other lane of the same db-adapter %d ms; the stalled append itself %d ms%n",
          of(sameLane).millis(), otherLane.millis(), otherLaneHere.millis(), of(own).millis());
      assertThat(of(sameLane)).matches(answer -> answer.version() == 2 && answer.millis() < 6_500);
      assertThat(otherLane.millis()).isLessThan(2_000);
      assertThat(otherLaneHere.millis()).isLessThan(2_000);
      assertThat(of(own).version()).isEqualTo(2);
      LogRows.read(database).assertSound();
    }
  }

  @Test
  void shouldFindItsCommitWhoseAnswerNeverCame() throws Exception {
    try (var proxy = FaultProxy.to(database.port());
        var stalled = Settings.of(database).through(proxy).start(database);
        var other = Settings.of(database).start(database)) {
      var lanes = FilledLanes.by(other);
      assertThat(append(stalled, lanes.second(0, 1)).version()).isEqualTo(2);
      var struck =
          proxy.once(new Moment.AfterText(Direction.TO_SERVER, COMMIT), Stroke.SWALLOW_TO_CLIENT);
      var request = lanes.second(0, 0);
      var own = appending(stalled, request);
      struck.await(LIMIT_SECONDS, TimeUnit.SECONDS);
      var elsewhere = append(other, request);
      assertThat(elsewhere.version()).as("the repeat elsewhere").isEqualTo(2);
      assertThat(of(own).version()).isEqualTo(2);
      System.out.printf(
          "answer to the commit swallowed: the repeat elsewhere has the first answer after %d ms,"
              + " the append itself after %d ms%n",
          elsewhere.millis(), of(own).millis());
      LogRows.read(database).assertSound();
      // Or its end would wait for 10 s for a farewell that does not come back; the first test ends
      // so, over a connection that is silent both ways.
      proxy.cut();
    }
  }

  @Test
  void shouldLetOneOfTwoWritersOfAStreamGoOnWhenTheOthersConnectionIsPaused() throws Exception {
    try (var proxy = FaultProxy.to(database.port());
        var paused = Settings.of(database).through(proxy).start(database);
        var other = Settings.of(database).start(database)) {
      var lanes = FilledLanes.by(other);
      assertThat(append(paused, lanes.second(0, 1)).version()).isEqualTo(2);
      var struck =
          proxy.once(new Moment.AfterText(Direction.TO_SERVER, BEGIN), Stroke.SWALLOW_TO_CLIENT);
      var own = appending(paused, lanes.second(0, 0));
      struck.await(LIMIT_SECONDS, TimeUnit.SECONDS);
      var winner = append(other, lanes.second(0, 0));
      proxy.pass();
      assertThat(winner.version()).isEqualTo(2);
      Throwable refused = catchThrowable(() -> of(own));
      assertThat(refused).isInstanceOf(ExecutionException.class);
      assertThat(Statuses.faultOf(refused).reason()).isEqualTo("VERSION_CONFLICT");
      System.out.printf(
          "two writers of one stream, one paused: the other has it after %d ms, the paused one is"
              + " told of the conflict%n",
          winner.millis());
      LogRows.read(database).assertSound();
    }
  }

  /** No limit of the server's holds while it waits for the rows of a COPY. */
  @Test
  void shouldEndACopyThatIsStalledAndHoldsALane() throws Exception {
    try (var proxy = FaultProxy.to(database.port());
        var stalled = Settings.of(database).through(proxy).start(database);
        var other = Settings.of(database).start(database);
        var frozen = new InboxHarness(stalled, database);
        var working = new InboxHarness(other, database)) {
      var struck =
          proxy.once(
              new Moment.AfterText(Direction.TO_SERVER, "org.other.measured"), Stroke.SWALLOW);
      var own = frozen.begin(InboxHarness.slice(0, -1, 0, List.of(InboxHarness.event("frozen"))));
      struck.await(LIMIT_SECONDS, TimeUnit.SECONDS);
      long began = System.nanoTime();
      working.handle(InboxHarness.slice(0, -1, 0, List.of(InboxHarness.event("working"))));
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
      System.out.printf("inbox stalled inside a COPY: the lane goes on after %d ms%n", millis);
      assertThat(millis).isLessThan(15_000);
      assertThat(catchThrowable(() -> own.await(LIMIT_SECONDS, TimeUnit.SECONDS))).isNotNull();
      assertThat(working.events()).containsExactly("working");
      assertThat(working.gaps()).isEmpty();
    }
  }
}
