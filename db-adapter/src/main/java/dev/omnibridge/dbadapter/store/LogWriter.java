// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.api.log.v1.AppendResponse;
import dev.omnibridge.dbadapter.log.Append;
import dev.omnibridge.dbadapter.log.Append.StreamWrite;
import dev.omnibridge.dbadapter.log.Batch;
import dev.omnibridge.dbadapter.log.Repeats;
import dev.omnibridge.dbadapter.log.Verdict;
import dev.omnibridge.dbadapter.log.Verdict.Accepted;
import dev.omnibridge.dbadapter.log.Verdict.Misplaced;
import dev.omnibridge.dbadapter.log.Verdict.Refused;
import dev.omnibridge.dbadapter.log.Verdict.Repeated;
import dev.omnibridge.dbadapter.log.Verdict.Unclear;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.LogKeys;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
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
  private static final long MAX_QUEUED_BYTES = 128L << 20;
  private static final int MAX_APPENDS = 256;
  private static final int MAX_BYTES = 8 << 20;
  private static final int TRANSACTION_SECONDS = 7;

  /**
   * How long a group waits for a database that is away, and how long it clears up a lost answer.
   */
  private static final long WAIT_NANOS = Duration.ofSeconds(3).toNanos();

  private static final long DOUBT_NANOS = Duration.ofSeconds(15).toNanos();
  private static final long FIRST_PAUSE_MILLIS = 20;
  private static final long LONGEST_PAUSE_MILLIS = 500;

  private record Pending(
      Append append, Promise<AppendResponse> answer, BooleanSupplier abandoned) {}

  /**
   * A group on its way: which lanes to lock, how carefully to look, how often it was tried, and
   * whether an earlier try may have been committed.
   */
  private record Group(
      List<Pending> members,
      Set<Integer> lanes,
      boolean thorough,
      boolean doubt,
      int attempt,
      long began) {
    static Group of(List<Pending> members) {
      Set<Integer> lanes =
          members.stream()
              .flatMap(member -> member.append().streams().stream())
              .map(StreamWrite::lane)
              .collect(Collectors.toSet());
      return new Group(members, lanes, false, false, 1, System.nanoTime());
    }

    Group again() {
      return new Group(members, lanes, thorough, doubt, attempt + 1, began);
    }

    Group afterDoubt() {
      return new Group(members, lanes, thorough, true, attempt + 1, began);
    }

    Group thoroughly() {
      return new Group(members, lanes, true, doubt, attempt + 1, began);
    }

    Group in(Set<Integer> more) {
      var all = new HashSet<>(lanes);
      all.addAll(more);
      return new Group(members, all, thorough, doubt, attempt + 1, began);
    }

    List<Append> appends() {
      return members.stream().map(Pending::append).toList();
    }

    boolean overdue() {
      return System.nanoTime() - began > (doubt ? DOUBT_NANOS : WAIT_NANOS);
    }
  }

  private final Vertx vertx;
  private final WriterConnection connection;
  private final Pool pool;
  private final Consumer<Set<Integer>> committed;
  private final Deque<Pending> queue = new ArrayDeque<>();
  private long queuedBytes;
  private boolean busy;
  private boolean away;

  /** Committed hears after every commit which lanes have moved. */
  LogWriter(Vertx vertx, WriterConnection connection, Pool pool, Consumer<Set<Integer>> committed) {
    this.vertx = vertx;
    this.connection = connection;
    this.pool = pool;
    this.committed = committed;
  }

  /** Queues an append; it is dropped when it was abandoned before its turn. */
  Future<AppendResponse> append(Append append, BooleanSupplier abandoned) {
    if (away) {
      return Future.failedFuture(Failures.away(new IllegalStateException("not connected")));
    }
    if (queue.size() >= MAX_QUEUED || queuedBytes + append.bytes() > MAX_QUEUED_BYTES) {
      return Future.failedFuture(
          Fault.of(Fault.Kind.EXHAUSTED, "LOG_BUSY", "Too many appends are waiting."));
    }
    var pending = new Pending(append, Promise.promise(), abandoned);
    queue.add(pending);
    queuedBytes += append.bytes();
    next();
    return pending.answer().future();
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
    run(Group.of(members))
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
      queuedBytes -= pending.append().bytes();
      if (pending.abandoned().getAsBoolean()) {
        pending
            .answer()
            .fail(Fault.of(Fault.Kind.CANCELLED, "APPEND_ABANDONED", "The caller has gone."));
      } else {
        members.add(pending);
        bytes += pending.append().bytes();
      }
    }
    return members;
  }

  /** Settles every member of the group; never fails. */
  private Future<Void> run(Group group) {
    return connection
        .get()
        .transform(opened ->
            opened.failed()
                ? lost(group.again(), opened.cause())
                : transact(opened.result(), group)
                    .transform(done ->
                        done.succeeded()
                            ? settled(group, done.result())
                            : failed(group, done.cause())));
  }

  /** One transaction; the verdicts hold when the future succeeds. */
  private Future<List<Verdict>> transact(SqlConnection open, Group group) {
    var pipeline = Pipeline.begin(open);
    return new LogReads(pipeline, group.appends())
        .read(group.lanes(), group.thorough())
        .compose(found -> decide(pipeline, group, new Batch(found)))
        .recover(failure -> pipeline.rollback().transform(_ -> Future.failedFuture(failure)))
        .timeout(TRANSACTION_SECONDS, TimeUnit.SECONDS);
  }

  private Future<List<Verdict>> decide(Pipeline pipeline, Group group, Batch batch) {
    List<Verdict> verdicts = group.appends().stream().map(batch::add).toList();
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

  private Future<Void> settled(Group group, List<Verdict> verdicts) {
    away = false;
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

  private Future<Void> giveUp(Group group, Object why) {
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

  private Future<Void> failed(Group group, Throwable failure) {
    return switch (Failures.of(failure)) {
      case DUPLICATE -> duplicate(group, failure);
      case RACE -> group.overdue() ? fail(group, Failures.away(failure)) : pause(group.again());
      case AWAY -> lost(group.afterDoubt(), failure);
      case REJECTED -> rejected(group, failure);
    };
  }

  /** Somebody else was first: decided anew, and then with a look at every single event. */
  private Future<Void> duplicate(Group group, Throwable failure) {
    if (!group.thorough() || group.attempt() < 4) {
      return run(group.thoroughly());
    }
    return rejected(group, failure);
  }

  /** The connection went, maybe in the middle of the commit: repeating finds out. */
  private Future<Void> lost(Group group, Throwable failure) {
    connection.drop();
    if (!group.overdue()) {
      return pause(group);
    }
    away = true;
    log.atWarn().addKeyValue(LogKeys.REASON, failure.getMessage()).log("database is away");
    var waiting = new ArrayList<>(group.members());
    waiting.addAll(queue);
    queue.clear();
    queuedBytes = 0;
    waiting.forEach(pending -> pending.answer().fail(Failures.away(failure)));
    probe();
    return Future.succeededFuture();
  }

  private void probe() {
    vertx.setTimer(
        LONGEST_PAUSE_MILLIS,
        _ ->
            connection
                .get()
                .onComplete(open -> {
                  away = open.failed();
                  if (away) {
                    probe();
                  }
                }));
  }

  /** One member is refused by the database itself; alone, it cannot fail the others. */
  private Future<Void> rejected(Group group, Throwable failure) {
    if (group.members().size() == 1) {
      log.atError().setCause(failure).log("append is refused by the database");
      return fail(group, Fault.broken(failure));
    }
    Future<Void> alone = Future.succeededFuture();
    for (Pending member : group.members()) {
      alone = alone.compose(_ -> run(Group.of(List.of(member))));
    }
    return alone;
  }

  private Future<Void> fail(Group group, Fault fault) {
    group.members().forEach(member -> member.answer().fail(fault));
    return Future.succeededFuture();
  }

  private Future<Void> pause(Group group) {
    long millis =
        Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(5, group.attempt()));
    return vertx.timer(millis, TimeUnit.MILLISECONDS).mapEmpty().compose(_ -> run(group));
  }
}
