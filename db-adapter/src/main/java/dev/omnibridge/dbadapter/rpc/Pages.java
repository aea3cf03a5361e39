// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.rpc;

import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.runtime.rpc.Replies;
import io.grpc.stub.ServerCallStreamObserver;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Streams pages as fast as their caller takes them: the next one is read when there is room for it,
 * so a slow caller holds a page of memory and no connection. It has its turn until the last page is
 * taken, too, or one is not taken in time. Lives on one context.
 */
final class Pages<R> {
  /** The messages of a page; nothing follows the last one. */
  record Page<R>(List<R> messages, boolean last) {}

  private final Context context;
  private final Turns turns;
  private final ServerCallStreamObserver<R> out;
  private final Supplier<Future<Page<R>>> next;
  private final Promise<Void> turn = Promise.promise();
  private final CallScope scope = CallScope.current();
  private @Nullable Runnable tooSlow;
  private boolean hasTurn;
  private boolean busy = true;
  private boolean last;
  private boolean late;
  private boolean ended;

  /** Of what is next, asked one page after the other; made where the call is handled. */
  Pages(
      Context context,
      Turns turns,
      ServerCallStreamObserver<R> out,
      Supplier<Future<Page<R>>> next) {
    this.context = context;
    this.turns = turns;
    this.out = out;
    this.next = next;
  }

  void begin() {
    out.setOnCancelHandler(() -> context.runOnContext(_ -> end()));
    out.setOnReadyHandler(() -> context.runOnContext(_ -> pump()));
    var unused = turn.future().onSuccess(_ -> takeTurn()).onFailure(this::fail);
    context.runOnContext(_ -> queue());
  }

  private void queue() {
    if (!ended) {
      turns.take(turn);
    }
  }

  private void takeTurn() {
    if (ended) {
      turns.giveBack();
      return;
    }
    hasTurn = true;
    busy = false;
    pump();
  }

  private void pump() {
    if (busy || ended) {
      return;
    }
    if (!out.isReady()) {
      awaitRoom();
      return;
    }
    callOff();
    if (late) {
      fail(StampRows.tooSlow());
      return;
    }
    if (last) {
      end();
      out.onCompleted();
      return;
    }
    busy = true;
    next.get().onSuccess(this::send).onFailure(this::fail);
  }

  private void awaitRoom() {
    if (tooSlow == null) {
      tooSlow = turns.unlessTaken(this::giveUp);
    }
  }

  private void callOff() {
    if (tooSlow != null) {
      tooSlow.run();
      tooSlow = null;
    }
  }

  /**
   * A caller who comes back soon hears why, when there is room for it. Until then the call goes on,
   * so that we hear when its caller goes: what was sent is held no longer than the turn.
   */
  private void giveUp() {
    tooSlow = null;
    if (!out.isReady()) {
      late = true;
      tooSlow = turns.unlessBack(this::drop);
    }
  }

  /** In process nothing waits with us, and the caller is told. */
  private void drop() {
    if (out.isReady()) {
      fail(StampRows.tooSlow());
      return;
    }
    try {
      if (!scope.drop()) {
        Replies.fail(out, StampRows.tooSlow());
      }
    } finally {
      end();
    }
  }

  private void send(Page<R> page) {
    busy = false;
    if (ended) {
      return;
    }
    page.messages().forEach(out::onNext);
    last = page.last();
    pump();
  }

  private void fail(Throwable failure) {
    if (!ended) {
      end();
      Replies.fail(out, failure);
    }
  }

  private void end() {
    ended = true;
    callOff();
    if (hasTurn) {
      hasTurn = false;
      turns.giveBack();
    } else {
      turns.giveUp(turn);
    }
  }
}
