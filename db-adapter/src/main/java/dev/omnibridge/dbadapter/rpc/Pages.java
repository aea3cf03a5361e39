// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.rpc;

import dev.omnibridge.runtime.rpc.Replies;
import io.grpc.stub.ServerCallStreamObserver;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Supplier;

/**
 * Streams pages as fast as their caller takes them: the next one is read when there is room for it,
 * so a slow caller holds a page of memory and no connection. It has its turn until the last page is
 * taken, too. Lives on one context.
 */
final class Pages<R> {
  /** The messages of a page; nothing follows the last one. */
  record Page<R>(List<R> messages, boolean last) {}

  private final Context context;
  private final Turns turns;
  private final ServerCallStreamObserver<R> out;
  private final Supplier<Future<Page<R>>> next;
  private boolean hasTurn;
  private boolean busy = true;
  private boolean last;
  private boolean ended;

  /** Of what is next, asked one page after the other. */
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
    context.runOnContext(_ -> turns.take().onSuccess(_ -> takeTurn()).onFailure(this::fail));
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
    if (busy || ended || !out.isReady()) {
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
    if (hasTurn) {
      hasTurn = false;
      turns.giveBack();
    }
  }
}
