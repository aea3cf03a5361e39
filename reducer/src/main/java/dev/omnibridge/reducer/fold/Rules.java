// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.fold;

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
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an event does: (view, event) to (view', change of the totals, intents). Read the two
 * switches over facts as the specification. A version is folded once and in order; an event that
 * does not fit its stream is an anomaly, never an exception, because the stream goes on after it.
 */
public final class Rules {
  private Rules() {}

  /** Folds the next event of a stream. */
  public static Verdict reduce(StreamView now, Heard event) {
    if (event.version() <= now.version()) {
      return new Repeated();
    }
    if (event.version() > now.version() + 1) {
      return new Gap(now.version());
    }
    return switch (now) {
      case Workflow workflow -> workflow(workflow, event);
      case Stamp stamp -> stamp(stamp, event);
    };
  }

  private static Folded workflow(Workflow now, Heard event) {
    return switch (event.fact()) {
      case Started _ when now.phase() == Phase.ABSENT ->
          moved(now, event, Phase.PENDING, now.begun(event.at()), new Began());
      case Started _ -> refused(now, event, "STARTED_TWICE");
      case Moved(String from, String to) -> move(now, event, from, Phase.named(to));
      case StepEnded(boolean degraded) when now.phase().active() ->
          folded(now.stepped(degraded), event, new Stepped(degraded));
      case StepEnded _ -> refused(now, event, "STEP_OUTSIDE_OF_RUN");
      case Ended(Phase outcome) -> end(now, event, outcome);
      case Noted _ when now.phase() == Phase.ABSENT -> refused(now, event, "NOT_STARTED");
      case Noted _ -> folded(now, event, new Nothing());
      case Stamped _, Restamped _ -> refused(now, event, "FOREIGN_EVENT");
    };
  }

  private static Folded move(Workflow now, Heard event, String from, Phase to) {
    if (now.phase() == Phase.ABSENT) {
      return refused(now, event, "NOT_STARTED");
    }
    if (to == Phase.ABSENT) {
      return refused(now, event, "UNKNOWN_STATE");
    }
    if (Phase.named(from) != now.phase()) {
      return refused(now, event, "WRONG_FROM_STATE");
    }
    if (!now.phase().mayBecome(to)) {
      return refused(now, event, "ILLEGAL_TRANSITION");
    }
    Change change = to.finished() ? new Finished(to) : new Nothing();
    return moved(now, event, to, now.moved(to), change);
  }

  /** The result of a run follows the move to its end; a terminated run's is told as cancelled. */
  private static Folded end(Workflow now, Heard event, Phase outcome) {
    boolean fits =
        now.phase() == outcome || (now.phase() == Phase.TERMINATED && outcome == Phase.CANCELLED);
    if (!fits) {
      return refused(now, event, "OUTCOME_MISMATCH");
    }
    if (now.endedAt() != null) {
      return refused(now, event, "ENDED_TWICE");
    }
    return folded(now.ended(event.at()), event, lasted(now.startedAt(), event.at()));
  }

  /** A clock that went back makes no negative time. */
  private static Change lasted(@Nullable Instant startedAt, Instant endedAt) {
    if (startedAt == null) {
      return new Nothing();
    }
    Duration time = Duration.between(startedAt, endedAt);
    return new Lasted(time.isNegative() ? Duration.ZERO : time);
  }

  private static Folded stamp(Stamp now, Heard event) {
    return switch (event.fact()) {
      case Stamped(long size, String fileType) when now.version() == 0 ->
          folded(now.resized(size), event, new Added(size, fileType));
      case Restamped(long size) when now.version() > 0 ->
          folded(now.resized(size), event, new Resized(size - now.size()));
      case Noted _ when now.version() > 0 -> folded(now, event, new Nothing());
      case Stamped _ -> anomaly(now, event, "STAMPED_TWICE");
      case Restamped _, Noted _ -> anomaly(now, event, "NOT_STAMPED");
      case Started _, Moved _, StepEnded _, Ended _ -> anomaly(now, event, "FOREIGN_EVENT");
    };
  }

  private static Folded moved(
      Workflow before, Heard event, Phase to, Workflow after, Change change) {
    Phase from = before.phase();
    var transition =
        new Transition(event.stream(), event.version(), from, to, to.cause(from), event.at());
    return new Folded(
        after.at(event.version()), new Tally(event.at(), change), List.of(transition));
  }

  private static Folded folded(StreamView after, Heard event, Change change) {
    return new Folded(after.at(event.version()), new Tally(event.at(), change), List.of());
  }

  private static Folded refused(Workflow now, Heard event, String reason) {
    return anomaly(now.refused(), event, reason);
  }

  private static Folded anomaly(StreamView after, Heard event, String reason) {
    return new Folded(
        after.at(event.version()),
        new Tally(event.at(), new Refused()),
        List.of(new Anomaly(event.stream(), event.version(), reason)));
  }
}
