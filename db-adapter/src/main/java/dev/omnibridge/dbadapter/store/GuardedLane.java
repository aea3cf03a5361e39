// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.dbadapter.log.Outgoing;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Timeouts;
import dev.omnibridge.runtime.resilience.Breaker;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A lane whose database is asked within a limit, through the breaker that all ways to it share. The
 * breaker hears of a database that is away and of nothing else: a lane whose rows are held, or
 * which it refuses, must not keep the others from it.
 */
public record GuardedLane(OutboxLane behind, Breaker database) implements OutboxLane {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private <T> Future<T> ask(Supplier<Future<T>> question) {
    return database.call(() -> Timeouts.within(LIMIT, question.get()), LogWriter::fault);
  }

  @Override
  public int lane() {
    return behind.lane();
  }

  @Override
  public Future<Boolean> hold() {
    return ask(behind::hold);
  }

  @Override
  public Future<List<Outgoing>> next(int most) {
    return ask(() -> behind.next(most));
  }

  @Override
  public Future<List<Outgoing>> after(Outgoing last, int most) {
    return ask(() -> behind.after(last, most));
  }

  @Override
  public boolean isAll(List<Outgoing> records, int most) {
    return behind.isAll(records, most);
  }

  @Override
  public Future<Boolean> passed(List<Outgoing> published) {
    return ask(() -> behind.passed(published));
  }

  @Override
  public Optional<Outgoing> insteadOf(Outgoing tooLarge) {
    return behind.insteadOf(tooLarge);
  }

  @Override
  public Future<Boolean> giveUp(Outgoing refused, Fault why) {
    return ask(() -> behind.giveUp(refused, why));
  }

  @Override
  public Future<?> release() {
    return ask(() -> behind.release().mapEmpty());
  }
}
