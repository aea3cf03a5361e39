// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.api.log.v1.AppendResponse;
import dev.omnibridge.dbadapter.log.Append;
import dev.omnibridge.dbadapter.log.Batch;
import dev.omnibridge.dbadapter.log.Repeats;
import dev.omnibridge.dbadapter.log.Verdict;
import dev.omnibridge.dbadapter.log.Verdict.Accepted;
import dev.omnibridge.dbadapter.log.Verdict.Misplaced;
import dev.omnibridge.dbadapter.log.Verdict.Refused;
import dev.omnibridge.dbadapter.log.Verdict.Repeated;
import dev.omnibridge.dbadapter.log.Verdict.Unclear;
import dev.omnibridge.dbadapter.store.CommitGroup.Pending;
import dev.omnibridge.dbadapter.store.WriterConnection.NotConnected;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.LogKeys;
import dev.omnibridge.runtime.Timeouts;
import dev.omnibridge.runtime.resilience.Breaker;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits appends in groups, without a timer: while one transaction is in flight the next group
 * collects. An append is answered only after its commit. A commit whose answer was lost is
 * repeated: the lanes' locks wait until the old transaction has ended, and what it wrote answers
 * the repeat. Lives on one Vert.x context.
 */
final class LogWriter {
  private static final Logger log = LoggerFactory.getLogger(LogWriter.class);
  private static final int MAX_QUEUED = 8_192;
  private static final int MAX_APPENDS = 256;
  private static final int MAX_BYTES = 8 << 20;
  private static final Duration TRANSACTION_LIMIT = Duration.ofSeconds(7);

  /** Longer than the server lets any transaction of ours hold a lane. */
  private static final long RACE_NANOS = Duration.ofSeconds(7).toNanos();

  private static final long FIRST_PAUSE_MILLIS = 20;
  private static final long LONGEST_PAUSE_MILLIS = 500;

  private final Vertx vertx;
  private final WriterConnection connection;
  private final Breaker database;
  private final Pool pool;
  private final Consumer<Set<Integer>> committed;
  private final AppendBudget budget;
  private final Pulse pulse;
  private final Deque<Pending> queue = new ArrayDeque<>();
  private boolean busy;
  private boolean away;

  /** What the database said itself about its trouble, until it works again. */
  private @Nullable Throwable lastWords;

  /**
   * Asks the database through the breaker that all ways to it share. Committed hears after every
   * commit which lanes have moved. The budget is shared with the other writers.
   */
  LogWriter(
      Vertx vertx,
      WriterConnection connection,
      Breaker database,
      Pool pool,
      Consumer<Set<Integer>> committed,
      AppendBudget budget) {
    this.vertx = vertx;
    this.connection = connection;
    this.database = database;
    this.pool = pool;
    this.committed = committed;
    this.budget = budget;
    this.pulse = new Pulse(connection, () -> !busy && !away, this::gone);
  }

  /** Queues an append; it is dropped when it was abandoned before its turn. */
  Future<AppendResponse> append(Append append, BooleanSupplier abandoned) {
    if (away) {
      return Future.failedFuture(notTried(away(new IllegalStateException("not connected"))));
    }
    if (queue.size() >= MAX_QUEUED || !budget.take(append.bytes())) {
      return Future.failedFuture(
          Fault.of(Fault.Kind.EXHAUSTED, "LOG_BUSY", "Too many appends are waiting."));
    }
    // Of the context: what goes wrong when one is answered must not keep others from their answers.
    Promise<AppendResponse> waiting = ((ContextInternal) vertx.getOrCreateContext()).promise();
    var pending = new Pending(append, waiting, abandoned);
    var answer = pending.answer().future().onComplete(_ -> budget.giveBack(append.bytes()));
    queue.add(pending);
    next();
    return answer;
  }

  private void next() {
    if (busy || queue.isEmpty()) {
      return;
    }
    List<Pending> members = collect();
    if (members.isEmpty()) {
      return;
    }
    busy = true;
    run(CommitGroup.of(members))
        .onFailure(bug -> {
          log.atError().setCause(bug).log("appends are not answered as they should be");
          members.forEach(each -> each.answer().tryFail(Fault.broken()));
        })
        .onComplete(_ -> {
          busy = false;
          next();
        });
  }

  private List<Pending> collect() {
    var members = new ArrayList<Pending>();
    int bytes = 0;
    while (members.size() < MAX_APPENDS && bytes < MAX_BYTES) {
      Pending pending = queue.poll();
      if (pending == null) {
        break;
      }
      if (!isAbandoned(pending)) {
        members.add(pending);
        bytes += pending.append().bytes();
      }
    }
    return members;
  }

  private static boolean isAbandoned(Pending pending) {
    boolean gone = pending.abandoned().getAsBoolean();
    if (gone) {
      pending
          .answer()
          .fail(Fault.of(Fault.Kind.CANCELLED, "APPEND_ABANDONED", "The caller has gone."));
    }
    return gone;
  }

  /** Settles every member of the group; never fails. */
  private Future<Void> run(CommitGroup group) {
    return database
        .call(() -> connected().compose(_ -> transact(group)), LogWriter::fault)
        .transform(
            done -> done.succeeded() ? settled(group, done.result()) : failed(group, done.cause()));
  }

  private Future<PgConnection> connected() {
    return connection.get().recover(failure -> Future.failedFuture(new NotConnected(failure)));
  }

  /** Whether it speaks of the database; one that refuses is there. */
  static Fault fault(Throwable failure) {
    boolean away = failure instanceof NotConnected || Failures.of(failure) == Failures.AWAY;
    return away
        ? Failures.away(failure)
        : Fault.of(Fault.Kind.CONFLICT, "ROW_CONFLICT", "The database refused a statement.");
  }

  /** One transaction; the verdicts hold when the future succeeds. */
  private Future<List<Verdict>> transact(CommitGroup group) {
    Pipeline pipeline = connection.begin();
    return Timeouts.within(
        TRANSACTION_LIMIT,
        Future.succeededFuture()
            .compose(
                _ -> new LogReads(pipeline, group.appends()).read(group.lanes(), group.thorough()))
            .compose(found -> decide(pipeline, group, new Batch(found)))
            .recover(failure -> pipeline.rollback().transform(_ -> Future.failedFuture(failure))));
  }

  private Future<List<Verdict>> decide(Pipeline pipeline, CommitGroup group, Batch batch) {
    List<Verdict> verdicts;
    try {
      verdicts = group.appends().stream().map(batch::add).toList();
    } catch (RuntimeException bug) {
      // Nothing was sent: it speaks of an append, not of the database. Which one, each finds alone.
      (group.members().size() == 1 ? log.atError() : log.atWarn())
          .setCause(bug)
          .log("appends cannot be decided");
      return Future.failedFuture(Fault.broken());
    }
    boolean misplaced = verdicts.stream().anyMatch(Misplaced.class::isInstance);
    Future<?> ended = misplaced || batch.isEmpty() ? pipeline.rollback() : commit(pipeline, batch);
    return ended.map(verdicts);
  }

  private Future<?> commit(Pipeline pipeline, Batch batch) {
    new LogWrites(pipeline, batch).send();
    return pipeline.commit().onSuccess(_ -> committed.accept(batch.movedLanes().keySet()));
  }

  /** False while the database is away for so long that appends are refused at once. */
  boolean available() {
    return !away;
  }

  private Future<Void> settled(CommitGroup group, List<Verdict> verdicts) {
    away = false;
    lastWords = null;
    Set<Integer> elsewhere =
        verdicts.stream()
            .filter(Misplaced.class::isInstance)
            .flatMap(verdict -> ((Misplaced) verdict).lanes().stream())
            .collect(Collectors.toSet());
    if (!elsewhere.isEmpty()) {
      return group.overdue() ? giveUp(group, elsewhere) : run(group.in(elsewhere));
    }
    if (group.doubt() && verdicts.stream().anyMatch(Repeated.class::isInstance)) {
      log.atInfo().log("a commit whose answer was lost had been made");
    }
    for (int i = 0; i < verdicts.size(); i++) {
      settle(group.members().get(i), verdicts.get(i));
    }
    return Future.succeededFuture();
  }

  private Future<Void> giveUp(CommitGroup group, Object why) {
    return fail(group, Failures.away(new IllegalStateException("lanes " + why)));
  }

  private void settle(Pending pending, Verdict verdict) {
    switch (verdict) {
      case Accepted(var answer) -> pending.answer().complete(answer);
      case Repeated(var answer) -> pending.answer().complete(answer);
      case Refused(var fault) -> pending.answer().fail(fault);
      case Unclear(var refusal) -> clarify(pending, refusal);
      case Misplaced _ -> throw new IllegalStateException("A misplaced append was not moved");
    }
  }

  private void clarify(Pending pending, Fault refusal) {
    LogReads.events(pool, pending.append())
        .compose(known ->
            Repeats.of(pending.append(), known)
                .map(Future::succeededFuture)
                .orElseGet(() -> Future.failedFuture(refusal)))
        .recover(failure -> Future.failedFuture(Failures.fault(failure)))
        .onComplete(pending.answer());
  }

  private Future<Void> failed(CommitGroup group, Throwable failure) {
    if (failure instanceof NotConnected || isRefusedByBreaker(failure)) {
      return lost(group.again(), failure);
    }
    return switch (Failures.of(failure)) {
      case DUPLICATE -> duplicate(group, failure);
      case RACE ->
          group.overdue(RACE_NANOS) ? fail(group, Failures.away(failure)) : pause(group.again());
      case AWAY -> lost(Failures.isCertain(failure) ? group.again() : group.afterDoubt(), failure);
      case REJECTED -> rejected(group, failure);
    };
  }

  private static boolean isRefusedByBreaker(Throwable failure) {
    return failure instanceof Fault refused && refused.is("CIRCUIT_OPEN");
  }

  /** Somebody else was first: decided anew, and then with a look at every single event. */
  private Future<Void> duplicate(CommitGroup group, Throwable failure) {
    // In doubt it may be the leaf of the try before, which a look at every event would have found.
    boolean known = !group.doubt() || group.thorough();
    StampDamage damage = known ? StampDamage.of(failure) : null;
    if (damage != null) {
      return damaged(group, damage, failure);
    }
    if (!group.thorough() || group.attempt() < 4) {
      return run(group.thoroughly());
    }
    return rejected(group, failure);
  }

  /** Deciding anew would meet the same leaf, and keep the others waiting. */
  private Future<Void> damaged(CommitGroup group, StampDamage damage, Throwable failure) {
    log.atError()
        .addKeyValue(LogKeys.NAMESPACE, damage.namespace())
        .addKeyValue(LogKeys.REASON, failure.getMessage())
        .log("a log of stamps was changed and takes no leaf");
    var touching = group.members().stream().filter(damage::touches).toList();
    touching.forEach(member -> member.answer().fail(damage.fault()));
    var others = group.members().stream().filter(member -> !touching.contains(member)).toList();
    return others.isEmpty() ? Future.succeededFuture() : run(CommitGroup.of(others));
  }

  /** The connection went, maybe in the middle of the commit: repeating finds out. */
  private Future<Void> lost(CommitGroup group, Throwable failure) {
    if (!isRefusedByBreaker(failure)) {
      connection.drop();
    }
    Fault fault = away(failure);
    if (!group.overdue()) {
      return pause(group);
    }
    var waiting = List.copyOf(queue);
    queue.clear();
    gone(failure);
    waiting.forEach(pending -> pending.answer().fail(notTried(fault)));
    return fail(group, group.doubt() ? fault : notTried(fault));
  }

  /** Says that what is refused was certainly not written. */
  private static Fault notTried(Fault fault) {
    return fault.with(Fault.TRIED, false);
  }

  private Fault away(Throwable failure) {
    if (Failures.isDiskFull(failure)) {
      lastWords = failure;
    }
    return Failures.away(lastWords == null ? failure : lastWords);
  }

  private void gone(Throwable failure) {
    away = true;
    log.atWarn().addKeyValue(LogKeys.REASON, failure.getMessage()).log("database is away");
    probe();
  }

  /** Asks the database whether it is there, unless an append is finding out. */
  void look() {
    pulse.beat();
  }

  /** Until the breaker lets everything through again; the first answer brings the others. */
  private void probe() {
    long unused = vertx.setTimer(LONGEST_PAUSE_MILLIS, _ -> probing());
  }

  private void probing() {
    database
        .call(connection::get, Failures::away)
        .onSuccess(_ -> {
          away = !database.closed();
          if (away) {
            probing();
          }
        })
        .onFailure(_ -> probe());
  }

  /** One member is refused for what it is; alone, it cannot fail the others. */
  private Future<Void> rejected(CommitGroup group, Throwable failure) {
    if (group.members().size() == 1) {
      if (!(failure instanceof Fault)) {
        log.atError().setCause(failure).log("an append cannot be written");
      }
      return fail(group, Fault.broken());
    }
    Future<Void> alone = Future.succeededFuture();
    for (Pending member : group.members()) {
      alone = alone.compose(_ -> away ? notWaiting(group.alone(member)) : run(group.alone(member)));
    }
    return alone;
  }

  /** The first of many that found the database away has waited for all of them. */
  private Future<Void> notWaiting(CommitGroup group) {
    Fault fault = away(new IllegalStateException("not connected"));
    return fail(group, group.doubt() ? fault : notTried(fault));
  }

  private Future<Void> fail(CommitGroup group, Fault fault) {
    group.members().forEach(member -> member.answer().fail(fault));
    return Future.succeededFuture();
  }

  private Future<Void> pause(CommitGroup group) {
    long millis =
        Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(5, group.attempt()));
    return vertx
        .timer(millis, TimeUnit.MILLISECONDS)
        .compose(_ -> group.doubt() ? run(group) : runForTheLiving(group));
  }

  /** What was certainly not written is not written for callers that have gone meanwhile. */
  private Future<Void> runForTheLiving(CommitGroup group) {
    List<Pending> living = group.members().stream().filter(member -> !isAbandoned(member)).toList();
    return living.isEmpty() ? Future.succeededFuture() : run(group.only(living));
  }
}
