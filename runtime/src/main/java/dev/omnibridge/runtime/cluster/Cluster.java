// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.cluster;

import dev.omnibridge.runtime.LogKeys;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
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
 * of the list alone never moves work. Who answers also says whether it serves. Safe for use from
 * several threads.
 */
public final class Cluster {
  private static final Logger log = LoggerFactory.getLogger(Cluster.class);
  private static final Duration PULSE = Duration.ofMillis(500);

  /** How long a member is asked on after it was listed last. */
  private static final Duration MEMORY = Duration.ofMinutes(2);

  private final Member self;
  private final Duration suspectAfter;
  private final MemberList list;
  private final Function<Member, Future<Boolean>> pulse;
  private final BooleanSupplier serving;
  private final LongSupplier nanoTime;
  private final Duty ownDuty;
  private final Map<String, Seen> seen = new LinkedHashMap<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final long settledAt;
  private Runnable stopBeating = () -> {};
  private long lastLook;
  private boolean left;
  private volatile List<Member> alive;
  private volatile List<Member> working;
  private volatile boolean settled;

  /** A member, and when it last was listed and last answered, by the nano clock. */
  private static final class Seen {
    final Member member;
    final Duty duty;
    boolean isListed = true;
    long listed;
    long answered;
    boolean asked;
    boolean failed;

    Seen(Member member, long now) {
      this.member = member;
      this.duty = new Duty(now);
      this.answered = now;
    }
  }

  /**
   * Watches over the members of a list, whenever {@link #beat} is called.
   *
   * @param pulse asks a member whether it serves, for less than {@code suspectAfter}; any answer is
   *     a sign of life, and fails when another process has its address
   * @param serving whether this process serves
   */
  Cluster(
      Member self,
      ClusterConfig config,
      MemberList list,
      Function<Member, Future<Boolean>> pulse,
      BooleanSupplier serving,
      LongSupplier nanoTime) {
    this.self = self;
    this.suspectAfter = config.suspectAfter();
    this.list = list;
    this.pulse = pulse;
    this.serving = serving;
    this.nanoTime = nanoTime;
    this.alive = List.of(self);
    this.working = alive;
    this.lastLook = nanoTime.getAsLong();
    this.ownDuty = new Duty(lastLook);
    this.settledAt = lastLook + config.joinLimit().toNanos();
    list.onChange(this::look);
  }

  /** Joins the others in the background; alone until then. */
  public static Cluster join(
      Vertx vertx,
      Member self,
      ClusterConfig config,
      Function<Member, Future<Boolean>> pulse,
      BooleanSupplier serving) {
    var members = HazelcastMembers.join(config, self);
    var cluster = new Cluster(self, config, members, pulse, serving, System::nanoTime);
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
    return offering(alive, service);
  }

  /**
   * The members to share work among: those that offer a service and answer, but for one that does
   * not serve while another does; and the others only, once this process has left.
   */
  public List<Member> working(String service) {
    return offering(working, service);
  }

  private static List<Member> offering(List<Member> members, String service) {
    return members.stream().filter(member -> member.services().contains(service)).toList();
  }

  /** Whoever is asked for signs of life. */
  public synchronized List<Member> known() {
    return seen.values().stream().map(one -> one.member).toList();
  }

  /** Runs the action after every change of what the other methods say. */
  public void onChange(Runnable action) {
    listeners.add(action);
  }

  /** Asks everybody for a sign of life. */
  void beat() {
    List<Seen> others;
    synchronized (this) {
      forgiveOwnPause(nanoTime.getAsLong());
      others = seen.values().stream().filter(one -> !one.asked).toList();
      others.forEach(one -> one.asked = true);
    }
    others.forEach(one -> ask(one.member).onComplete(answer -> heard(one, answer)));
    look();
  }

  private Future<Boolean> ask(Member member) {
    try {
      return pulse.apply(member);
    } catch (RuntimeException unusable) {
      return Future.failedFuture(unusable);
    }
  }

  /** A process that was paused itself has no reason to think that the others were. */
  private void forgiveOwnPause(long now) {
    if (now - lastLook > Math.max(suspectAfter.toNanos() / 2, 2 * PULSE.toNanos())) {
      seen.values().forEach(one -> one.answered = now);
    }
    lastLook = now;
  }

  private void heard(Seen one, AsyncResult<Boolean> answer) {
    synchronized (this) {
      long now = nanoTime.getAsLong();
      forgiveOwnPause(now);
      one.asked = false;
      one.failed = answer.failed();
      if (answer.succeeded()) {
        one.answered = now;
        one.duty.note(answer.result(), now);
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
      forgiveOwnPause(now);
      ownDuty.note(serving.getAsBoolean(), now);
      note(list.members(), now);
      changed = judge(now);
    }
    if (changed) {
      listeners.forEach(Runnable::run);
    }
  }

  /** Of two members at one address only the one that is listed can be there. */
  private void note(List<Member> listed, long now) {
    Set<String> addresses = listed.stream().map(Member::address).collect(Collectors.toSet());
    seen.values().forEach(one -> one.isListed = listed.contains(one.member));
    for (Member member : listed) {
      if (!member.id().equals(self.id())) {
        seen.computeIfAbsent(member.id(), _ -> new Seen(member, now)).listed = now;
      }
    }
    seen.values()
        .removeIf(one ->
            !one.isListed
                && (addresses.contains(one.member.address())
                    || now - one.listed > MEMORY.toNanos()));
  }

  private boolean judge(long now) {
    List<Member> aliveBefore = alive;
    List<Member> workingBefore = working;
    boolean settledBefore = settled;
    Map<Member, Duty> there = there(now);
    alive = there.keySet().stream().sorted(Comparator.comparing(Member::id)).toList();
    working = alive.stream().filter(member -> !passedOver(member, there, now)).toList();
    settled = settledBefore || list.joined() || now - settledAt >= 0;
    if (!aliveBefore.equals(alive)) {
      log.atInfo().addKeyValue(LogKeys.COUNT, alive.size()).log("other members answer now");
    }
    return !aliveBefore.equals(alive) || !workingBefore.equals(working) || settledBefore != settled;
  }

  private Map<Member, Duty> there(long now) {
    return Stream.concat(
            Stream.of(Map.entry(self, ownDuty)),
            seen.values().stream()
                .filter(one -> now - one.answered <= suspectAfter.toNanos())
                .filter(one -> one.isListed || !one.failed)
                .map(one -> Map.entry(one.member, one.duty)))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static boolean passedOver(Member member, Map<Member, Duty> there, long now) {
    Duty duty = there.get(member);
    return duty == null
        || there.entrySet().stream()
            .filter(other -> other.getKey().services().equals(member.services()))
            .anyMatch(other -> duty.isLessThan(other.getValue(), now));
  }

  /** Leaves, so that the others go on at once; nobody is known afterwards. Blocks for a moment. */
  public void leave() {
    synchronized (this) {
      left = true;
      seen.clear();
      alive = List.of(self);
      working = working.stream().filter(member -> !member.equals(self)).toList();
    }
    stopBeating.run();
    list.leave();
    listeners.forEach(Runnable::run);
  }
}
