// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.store;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Ids;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.runtime.rpc.Statuses;
import dev.omnibridge.stamping.stamp.Artifact;
import dev.omnibridge.stamping.stamp.Command.RecordBytes;
import dev.omnibridge.stamping.stamp.Decision.Accepted;
import dev.omnibridge.stamping.stamp.Decision.AlreadyDone;
import dev.omnibridge.stamping.stamp.Event;
import dev.omnibridge.stamping.stamp.Stamp;
import dev.omnibridge.stamping.stamp.Stamp.Absent;
import dev.omnibridge.stamping.stamp.Stamp.Stamped;
import dev.omnibridge.stamping.stamp.StampId;
import dev.omnibridge.stamping.stamp.StampKey;
import dev.omnibridge.stamping.stamp.StampRules;
import dev.omnibridge.stamping.store.StampStore.Loaded;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** How a decision about a stamp becomes durable: load, decide, append. */
public final class Stamps {
  private static final int ATTEMPTS = 5;

  private final StampStore store;
  private final Clock clock;
  private final RandomGenerator random;

  public Stamps(StampStore store, Clock clock, RandomGenerator random) {
    this.store = store;
    this.clock = clock;
    this.random = random;
  }

  /** A stamp that is durable, and whether nothing had to be recorded for it. */
  public record Recorded(Stamped stamp, boolean existed) {}

  /**
   * Records bytes, now. Most stamps are new, so the first attempt does not look; the log refuses it
   * when the stamp exists, or when somebody else was faster, and only then is it read.
   */
  public Future<Recorded> record(
      StampKey key, Artifact artifact, UUID correlationId, CallScope scope) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    var command = new RecordBytes(key, new StampId(Ids.uuid7(now, random)), artifact, now);
    return settle(new Loaded(new Absent(), 0), new Task(command, correlationId, scope, ATTEMPTS));
  }

  private Future<Recorded> settle(Loaded loaded, Task task) {
    return switch (StampRules.decide(loaded.stamp(), task.command())) {
      case AlreadyDone() -> Future.succeededFuture(new Recorded((Stamped) loaded.stamp(), true));
      case Accepted(var events) -> append(loaded, events, task);
    };
  }

  private Future<Recorded> append(Loaded loaded, List<Event> events, Task task) {
    Stamp next = loaded.stamp();
    for (Event event : events) {
      next = StampRules.evolve(next, event);
    }
    var recorded = new Recorded((Stamped) next, false);
    return store
        .append(loaded.version(), events, recorded.stamp(), task.correlationId(), task.scope())
        .map(_ -> recorded)
        .recover(failure -> again(Statuses.faultOf(failure), task));
  }

  private Future<Recorded> again(Fault fault, Task task) {
    return fault.is("VERSION_CONFLICT") && task.attempts() > 1
        ? store
            .load(task.command().key(), task.scope())
            .compose(loaded -> settle(loaded, task.anew(after(loaded.stamp()))))
        : Future.failedFuture(fault);
  }

  /** Somebody was faster: a revision is never given an earlier time than what it follows. */
  private Instant after(Stamp stamp) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    return stamp instanceof Stamped before && before.revisedAt().isAfter(now)
        ? before.revisedAt()
        : now;
  }

  private record Task(RecordBytes command, UUID correlationId, CallScope scope, int attempts) {
    Task anew(Instant at) {
      Instant later = at.isAfter(command.at()) ? at : command.at();
      var again = new RecordBytes(command.key(), command.id(), command.artifact(), later);
      return new Task(again, correlationId, scope, attempts - 1);
    }
  }
}
