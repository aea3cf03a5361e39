// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.dbadapter.log.Append;
import dev.omnibridge.dbadapter.log.Intake;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.LogKeys;
import dev.omnibridge.runtime.Timeouts;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One inbox lane's way into the log, in the order of calling. What the database refuses is found
 * out by its answer, which names the row: the row becomes a letter, and the rest goes on. Letters
 * are appended like everything else that is rare; events go by COPY.
 */
public final class Intakes {
  private static final Logger log = LoggerFactory.getLogger(Intakes.class);

  /** Items that are sent again because of one that is refused. */
  private static final int CAREFUL = 64;

  /** What is stored at once: few enough bytes for a slow disk or network to take in time. */
  private static final long MAX_BYTES = 8 << 20;

  private static final int MOST = 1 << 20;

  /** Twice as many would still be far from the server's limit. */
  private static final long QUICK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final Duration APPEND_LIMIT = Duration.ofSeconds(20);

  private final ExecutorService thread;
  private final IntakeWriter writer;
  private final Supplier<UUID> ids;
  private final Function<Append, Future<?>> appends;

  /** Events that are stored at once; fewer while the database is slow. */
  private int most = MOST;

  /** Appends is the common way into the log, for the parts that hold letters. */
  public Intakes(Database database, Supplier<UUID> ids, Function<Append, Future<?>> appends) {
    this.thread =
        Executors.newSingleThreadExecutor(Thread.ofVirtual().name("inbox-writer").factory());
    this.writer = new IntakeWriter(database::connectBlocking, ids);
    this.ids = ids;
    this.appends = appends;
  }

  /** Succeeds when all of it is stored; after a failure a beginning of it may be. */
  public Future<Void> store(Intake intake) {
    Promise<Void> stored = Promise.promise();
    try {
      thread.execute(() -> {
        try {
          bounded(intake);
          stored.complete();
        } catch (Throwable failure) {
          stored.fail(failure);
        }
      });
    } catch (RejectedExecutionException closed) {
      stored.fail(Failures.away(closed));
    }
    return stored.future();
  }

  private void bounded(Intake intake) {
    for (Intake part : intake.bounded(MAX_BYTES)) {
      sort(part);
    }
  }

  private void sort(Intake intake) {
    if (!intake.hasLetters()) {
      storeEvents(intake);
      return;
    }
    for (Intake run : intake.runs()) {
      if (run.hasLetters()) {
        append(run);
      } else {
        storeEvents(run);
      }
    }
  }

  private void storeEvents(Intake intake) {
    int size = intake.items().size();
    if (size > most) {
      storeParts(intake);
      return;
    }
    long began = System.nanoTime();
    try {
      writer.store(intake);
      if (size == most && System.nanoTime() - began < QUICK_NANOS) {
        most = Math.min(MOST, 2 * most);
      }
    } catch (IntakeWriter.RefusedRow refused) {
      unroll(intake, refused);
    } catch (IntakeWriter.TooSlow slow) {
      if (size <= 1) {
        throw slow.fault();
      }
      most = size / 2;
      log.atWarn()
          .addKeyValue(LogKeys.REASON, slow.fault().sentence())
          .addKeyValue("most", most)
          .log("the database is too slow for so many events at once; storing fewer");
      storeParts(intake);
    }
  }

  private void storeParts(Intake intake) {
    for (Intake part : intake.parts(most)) {
      storeEvents(part);
    }
  }

  /** Few enough, and one is named: it is out. Otherwise the parts are tried apart. */
  private void unroll(Intake intake, IntakeWriter.RefusedRow refused) {
    int size = intake.items().size();
    if (size <= CAREFUL && (refused.item() >= 0 || size == 1)) {
      Fault why = why(refused);
      log.atWarn()
          .addKeyValue(LogKeys.REASON, why.sentence())
          .log("the database refuses an event; it becomes a dead letter");
      sort(intake.dead(Math.max(0, refused.item()), why));
      return;
    }
    for (Intake part : intake.parts(size > CAREFUL ? CAREFUL : 1)) {
      storeEvents(part);
    }
  }

  private static Fault why(IntakeWriter.RefusedRow refused) {
    return Fault.invalid(
            "DATABASE_REFUSED",
            "The database refuses the event (SQLSTATE %s).".formatted(refused.state()))
        .with("sqlstate", refused.state());
  }

  private void append(Intake letters) {
    var append =
        new Append(
            ids.get(),
            List.of(),
            List.of(),
            List.of(),
            letters.moves(),
            letters.items().stream().map(item -> ((Intake.Letter) item).letter()).toList(),
            Math.toIntExact(letters.bytes()));
    Timeouts.within(APPEND_LIMIT, appends.apply(append)).await();
  }

  /** After what was begun; nothing may be stored any more. */
  public Future<Void> close() {
    Promise<Void> closed = Promise.promise();
    thread.execute(() -> {
      writer.drop();
      closed.complete();
    });
    thread.shutdown();
    return closed.future();
  }
}
