// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.rpc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.stub.ServerCallStreamObserver;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each caller holds a page while it takes nothing, so only so many may hold one. */
class PagesTest {
  private static final Fault BUSY = Fault.of(Fault.Kind.EXHAUSTED, "SCANS_BUSY", "Too many.");

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Alarms alarms = new Alarms();
  private final Turns turns = new Turns(context, alarms, () -> BUSY);

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  /** Begins to read two pages, of one message each. */
  private Caller begun() {
    var caller = new Caller();
    new Pages<>(context, turns, caller, caller::next).begin();
    return caller;
  }

  private List<Caller> begun(int count) {
    return IntStream.range(0, count).mapToObj(_ -> begun()).toList();
  }

  /** After all that the context has been given to do, and what that gave it. */
  private void settled() {
    for (int turn = 0; turn < 3; turn++) {
      Promise<Void> done = Promise.promise();
      context.runOnContext(_ -> done.complete());
      var unused = done.future().timeout(30, TimeUnit.SECONDS).await();
    }
  }

  private void pass(long millis) {
    context.runOnContext(_ -> alarms.pass(millis));
    settled();
  }

  @Test
  void shouldReadForNoMoreCallersAtOnceThanThereAreTurns() {
    var slow = begun(Turns.MOST);
    var waiting = begun(2);
    settled();
    assertThat(slow).allSatisfy(caller -> assertThat(caller.taken).containsExactly("page 1"));
    assertThat(waiting).allSatisfy(caller -> assertThat(caller.asked).isZero());

    slow.getFirst().takeUp();
    settled();
    assertThat(slow.getFirst().taken).containsExactly("page 1", "page 2");
    assertThat(waiting).allSatisfy(caller -> assertThat(caller.asked).isZero());

    slow.getFirst().takeUp();
    settled();
    assertThat(slow.getFirst().completed).isTrue();
    assertThat(waiting.getFirst().taken).containsExactly("page 1");
    assertThat(waiting.getLast().asked).isZero();

    slow.getLast().cancel.run();
    settled();
    assertThat(waiting.getLast().taken).containsExactly("page 1");
  }

  @Test
  void shouldPassByWhoHasGoneWhileWaiting() {
    var slow = begun(Turns.MOST);
    var gone = begun();
    var next = begun();
    settled();
    gone.cancel.run();
    settled();
    slow.getFirst().cancel.run();
    settled();
    assertThat(gone.asked).isZero();
    assertThat(next.taken).containsExactly("page 1");
  }

  @Test
  void shouldRefuseAtOnceWhenTooManyWait() {
    var unused = begun(Turns.MOST + Turns.WAITING);
    var refused = begun();
    settled();
    assertThat(refused.asked).isZero();
    assertThat(refused.reason()).isEqualTo("SCANS_BUSY");
  }

  @Test
  void shouldRefuseWhoWaitedForTooLongAndNobodyElse() {
    var slow = begun(Turns.MOST);
    var refused = begun();
    settled();
    pass(Turns.WAIT_MILLIS - 1);
    assertThat(refused.failure).isNull();
    pass(1);
    assertThat(refused.reason()).isEqualTo("SCANS_BUSY");
    assertThat(refused.asked).isZero();
    slow.getFirst().cancel.run();
    var next = begun();
    settled();
    assertThat(next.taken).containsExactly("page 1");
    assertThat(slow).allSatisfy(caller -> assertThat(caller.failure).isNull());
  }

  @Test
  void shouldEndWhoTakesNothingForTooLongAndLetTheNextOneHaveItsTurn() {
    var slow = begun(Turns.MOST);
    settled();
    pass(Turns.TAKE_MILLIS - 1);
    slow.getFirst().takeUp();
    settled();
    pass(1);
    pass(Turns.REST_MILLIS - 1);
    var next = begun();
    settled();
    assertThat(next.asked).isZero();
    pass(1);
    assertThat(slow.getFirst().failure).isNull();
    assertThat(slow.subList(1, Turns.MOST))
        .allSatisfy(caller -> assertThat(caller.reason()).isEqualTo("CALLER_TOO_SLOW"));
    assertThat(next.taken).containsExactly("page 1");

    pass(Turns.TAKE_MILLIS);
    pass(Turns.REST_MILLIS);
    assertThat(slow.getFirst().taken).containsExactly("page 1", "page 2");
    assertThat(slow.getFirst().reason()).isEqualTo("CALLER_TOO_SLOW");
  }

  @Test
  void shouldHandTheTurnOnAtOnceWhenWhoWasTooSlowComesBackOrGoes() {
    var slow = begun(Turns.MOST);
    settled();
    pass(Turns.TAKE_MILLIS);
    var next = begun(3);
    settled();
    assertThat(next).allSatisfy(caller -> assertThat(caller.asked).isZero());

    slow.getFirst().takeUp();
    slow.getLast().cancel.run();
    settled();
    assertThat(slow.getFirst().taken).containsExactly("page 1");
    assertThat(slow.getFirst().reason()).isEqualTo("CALLER_TOO_SLOW");
    assertThat(slow.getLast().failure).isNull();
    assertThat(next.subList(0, 2))
        .allSatisfy(caller -> assertThat(caller.taken).containsExactly("page 1"));
    assertThat(next.getLast().asked).isZero();
  }

  @Test
  void shouldHandTheTurnOnWithoutGrowingTheStackToAllWhoEndAtOnce() {
    var slow = begun(Turns.MOST);
    var depths = new ArrayList<Long>();
    var refused = IntStream.range(0, Turns.WAITING).mapToObj(_ -> new Caller()).toList();
    for (Caller caller : refused) {
      new Pages<String>(
              context,
              turns,
              caller,
              () -> {
                depths.add(StackWalker.getInstance().walk(Stream::count));
                return Future.failedFuture(BUSY);
              })
          .begin();
    }
    settled();
    slow.forEach(caller -> caller.cancel.run());
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> {
          settled();
          return refused.getLast().failure != null;
        });
    assertThat(depths).hasSize(Turns.WAITING).allMatch(depth -> depth < 100);
    var all = begun(Turns.MOST);
    settled();
    assertThat(all).allSatisfy(caller -> assertThat(caller.taken).containsExactly("page 1"));
  }

  @Test
  void shouldMakeRoomForOthersWhenThoseWhoWaitHaveGone() {
    var slow = begun(Turns.MOST);
    var gone = begun(Turns.WAITING);
    settled();
    gone.forEach(caller -> caller.cancel.run());
    var next = begun();
    settled();
    assertThat(next.failure).isNull();
    assertThat(alarms.set).hasSize(Turns.MOST + 1);
    slow.getFirst().cancel.run();
    settled();
    assertThat(next.taken).containsExactly("page 1");
  }

  @Test
  void shouldGiveTheTurnBackWhenAPageCannotBeRead() {
    var broken = new Caller();
    new Pages<String>(context, turns, broken, () -> Future.failedFuture(BUSY)).begin();
    settled();
    assertThat(broken.failure).isNotNull();
    var all = begun(Turns.MOST);
    settled();
    assertThat(all).allSatisfy(caller -> assertThat(caller.taken).hasSize(1));
  }

  /** A time that passes when the test says so. */
  private static final class Alarms implements Turns.Timers {
    private final List<Alarm> set = new ArrayList<>();
    private long now;

    private record Alarm(long at, Runnable action) {}

    @Override
    public Runnable after(long millis, Runnable action) {
      var alarm = new Alarm(now + millis, action);
      set.add(alarm);
      return () -> set.remove(alarm);
    }

    void pass(long millis) {
      now += millis;
      var due = set.stream().filter(alarm -> alarm.at() <= now).toList();
      due.stream().filter(set::remove).forEach(alarm -> alarm.action().run());
    }
  }

  /** Has room for one message, and then again when it has taken that. */
  private static final class Caller extends ServerCallStreamObserver<String> {
    private final List<String> taken = new ArrayList<>();
    private int asked;
    private boolean ready = true;
    private boolean completed;
    private @Nullable Throwable failure;
    private Runnable room = () -> {};
    private Runnable cancel = () -> {};

    Future<Pages.Page<String>> next() {
      asked++;
      return Future.succeededFuture(new Pages.Page<>(List.of("page " + asked), asked == 2));
    }

    void takeUp() {
      ready = true;
      room.run();
    }

    String reason() {
      return Statuses.faultOf(requireNonNull(failure)).reason();
    }

    @Override
    public boolean isReady() {
      return ready;
    }

    @Override
    public void onNext(String message) {
      taken.add(message);
      ready = false;
    }

    @Override
    public void onCompleted() {
      completed = true;
    }

    @Override
    public void onError(Throwable thrown) {
      failure = thrown;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {
      room = handler;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {
      cancel = handler;
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public void setCompression(String compression) {}

    @Override
    public void setMessageCompression(boolean enable) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void request(int count) {}
  }
}
