// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.cluster;

import dev.omnibridge.runtime.LogKeys;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The members that answer. The list of members says who may be there; twice a second each of them
 * is asked, and one that has not answered for a while is passed over, though it is still listed.
 * One that is not listed any more, as after a split, counts as long as it answers, so that a change
 * of the list alone never moves work. Safe for use from several threads.
 */
public final class Cluster {
  private static final Logger log = LoggerFactory.getLogger(Cluster.class);
  private static final Duration PULSE = Duration.ofMillis(500);

  /** How long an unlisted member that answers is remembered without being listed again. */
  private static final Duration MEMORY = Duration.ofMinutes(2);

  private final Member self;
  private final Duration suspectAfter;
  private final MemberList list;
  private final Function<String, Future<?>> pulse;
  private final LongSupplier nanoTime;
  private final Map<String, Seen> seen = new LinkedHashMap<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final long settledAt;
  private long lastBeat;
  private Runnable stopBeating = () -> {};
  private boolean left;
  private volatile List<Member> alive;
  private volatile boolean settled;

  /** A member, and when it last was listed and last answered, by the nano clock. */
  private static final class Seen {
    final Member member;
    long listed;
    long answered;
    boolean asked;
    boolean failed;

    Seen(Member member, long now) {
      this.member = member;
      this.answered = now;
    }
  }

  /**
   * Watches over the members of a list, whenever {@link #beat} is called.
   *
   * @param pulse asks the process at an address for a sign of life, for less than {@code
   *     suspectAfter}
   */
  Cluster(
      Member self,
      ClusterConfig config,
      MemberList list,
      Function<String, Future<?>> pulse,
      LongSupplier nanoTime) {
    this.self = self;
    this.suspectAfter = config.suspectAfter();
    this.list = list;
    this.pulse = pulse;
    this.nanoTime = nanoTime;
    this.alive = List.of(self);
    this.lastBeat = nanoTime.getAsLong();
    this.settledAt = lastBeat + config.joinLimit().toNanos();
    list.onChange(this::look);
  }

  /** Joins the others in the background; alone until then. */
  public static Cluster join(
      Vertx vertx, Member self, ClusterConfig config, Function<String, Future<?>> pulse) {
    var cluster =
        new Cluster(self, config, HazelcastMembers.join(config, self), pulse, System::nanoTime);
    long timer = vertx.setPeriodic(PULSE.toMillis(), _ -> cluster.beat());
    cluster.stopBeating =
        () -> {
          boolean unused = vertx.cancelTimer(timer);
        };
    return cluster;
  }

  /** This process. */
  public Member self() {
    return self;
  }

  /** True while this process is a member. */
  public boolean joined() {
    return list.joined();
  }

  /** False while it may still meet the others for the first time. */
  public boolean settled() {
    return settled;
  }

  /** The members that answer, this process among them, in the order of their ids. */
  public List<Member> alive() {
    return alive;
  }

  /** Those that offer a service. */
  public List<Member> alive(String service) {
    return alive.stream().filter(member -> member.services().contains(service)).toList();
  }

  /** Runs the action after every change of what {@link #alive} or {@link #settled} says. */
  public void onChange(Runnable action) {
    listeners.add(action);
  }

  /** Asks everybody for a sign of life. */
  void beat() {
    long now = nanoTime.getAsLong();
    List<Seen> others;
    synchronized (this) {
      forgiveOwnPause(now);
      others = seen.values().stream().filter(one -> !one.asked).toList();
      others.forEach(one -> one.asked = true);
    }
    others.forEach(one ->
        pulse.apply(one.member.address()).onComplete(answer -> heard(one, answer.succeeded())));
    look();
  }

  /** A process that was paused itself has no reason to think that the others were. */
  private void forgiveOwnPause(long now) {
    if (now - lastBeat > suspectAfter.toNanos() / 2) {
      seen.values().forEach(one -> one.answered = now);
    }
    lastBeat = now;
  }

  private void heard(Seen one, boolean answered) {
    synchronized (this) {
      one.asked = false;
      one.failed = !answered;
      if (answered) {
        one.answered = nanoTime.getAsLong();
      }
    }
    look();
  }

  /** Takes note of who is listed and who answers. */
  void look() {
    boolean changed;
    synchronized (this) {
      if (left) {
        return;
      }
      long now = nanoTime.getAsLong();
      note(list.members(), now);
      List<Member> before = alive;
      boolean wasSettled = settled;
      alive =
          Stream.concat(
                  Stream.of(self),
                  seen.values().stream()
                      .filter(one -> now - one.answered <= suspectAfter.toNanos())
                      .map(one -> one.member))
              .sorted(Comparator.comparing(Member::id))
              .toList();
      settled = wasSettled || list.joined() || now - settledAt >= 0;
      changed = !before.equals(alive) || wasSettled != settled;
      if (!before.equals(alive)) {
        log.atInfo().addKeyValue(LogKeys.COUNT, alive.size()).log("other members answer now");
      }
    }
    if (changed) {
      listeners.forEach(Runnable::run);
    }
  }

  private void note(List<Member> listed, long now) {
    Set<String> ids = listed.stream().map(Member::id).collect(Collectors.toSet());
    for (Member member : listed) {
      if (!member.id().equals(self.id())) {
        seen.computeIfAbsent(member.id(), _ -> new Seen(member, now)).listed = now;
      }
    }
    seen.values()
        .removeIf(one ->
            !ids.contains(one.member.id()) && (one.failed || now - one.listed > MEMORY.toNanos()));
  }

  /** Leaves, so that the others go on at once; nobody is known afterwards. Blocks for a moment. */
  public void leave() {
    synchronized (this) {
      left = true;
      seen.clear();
      alive = List.of(self);
    }
    stopBeating.run();
    list.leave();
  }
}
