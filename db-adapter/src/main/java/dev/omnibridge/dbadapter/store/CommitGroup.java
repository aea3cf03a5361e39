// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.api.log.v1.AppendResponse;
import dev.omnibridge.dbadapter.log.Append;
import dev.omnibridge.dbadapter.log.Append.StreamWrite;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Appends on their way to one commit.
 *
 * @param lanes which lanes to lock
 * @param thorough whether every single event is looked for first
 * @param doubt whether an earlier try may have been committed
 * @param attempt which try this is, from 1
 * @param began when the first one began, by the nano clock
 */
record CommitGroup(
    List<Pending> members,
    Set<Integer> lanes,
    boolean thorough,
    boolean doubt,
    int attempt,
    long began) {

  /** How long a group waits for a database that is away. */
  private static final long WAIT_NANOS = Duration.ofSeconds(3).toNanos();

  /** How long it clears up a lost answer. */
  private static final long DOUBT_NANOS = Duration.ofSeconds(15).toNanos();

  /** An append, who waits for it, and whether that one has gone. */
  record Pending(Append append, Promise<AppendResponse> answer, BooleanSupplier abandoned) {}

  static CommitGroup of(List<Pending> members) {
    Set<Integer> lanes =
        members.stream()
            .flatMap(member -> member.append().streams().stream())
            .map(StreamWrite::lane)
            .collect(Collectors.toSet());
    return new CommitGroup(members, lanes, false, false, 1, System.nanoTime());
  }

  CommitGroup again() {
    return new CommitGroup(members, lanes, thorough, doubt, attempt + 1, began);
  }

  CommitGroup afterDoubt() {
    return new CommitGroup(members, lanes, thorough, true, attempt + 1, began);
  }

  CommitGroup thoroughly() {
    return new CommitGroup(members, lanes, true, doubt, attempt + 1, began);
  }

  CommitGroup only(List<Pending> some) {
    return new CommitGroup(some, lanes, thorough, doubt, attempt, began);
  }

  /** One of them from the beginning; what may have been committed with the others still may. */
  CommitGroup alone(Pending member) {
    CommitGroup fresh = of(List.of(member));
    return new CommitGroup(fresh.members, fresh.lanes, false, doubt, 1, fresh.began);
  }

  CommitGroup in(Set<Integer> more) {
    var all = new HashSet<>(lanes);
    all.addAll(more);
    return new CommitGroup(members, all, thorough, doubt, attempt + 1, began);
  }

  List<Append> appends() {
    return members.stream().map(Pending::append).toList();
  }

  boolean overdue() {
    return overdue(WAIT_NANOS);
  }

  /** A doubt is worth more patience than any other reason to wait. */
  boolean overdue(long limitNanos) {
    return System.nanoTime() - began > (doubt ? DOUBT_NANOS : limitNanos);
  }
}
