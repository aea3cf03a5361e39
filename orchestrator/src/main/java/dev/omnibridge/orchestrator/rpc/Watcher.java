// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.rpc;

import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.log.v1.ReadStreamResponse;
import dev.omnibridge.api.log.v1.WorkflowRow;
import dev.omnibridge.api.workflow.v1.WatchWorkflowResponse;
import dev.omnibridge.orchestrator.run.Hints;
import dev.omnibridge.orchestrator.run.RunKey;
import dev.omnibridge.orchestrator.store.WorkflowLog;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Replies;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.stub.ServerCallStreamObserver;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sends the events of one run to one client, as fast as the client takes them: reads a page, sends
 * it, reads the next; at the end of the stream it waits for a hint, and reads again after a second
 * even without one. Everything happens on one context.
 */
final class Watcher {
  private static final long REREAD_MILLIS = 1000;
  private static final Set<String> LAST =
      Set.of(
          "dev.omnibridge.workflow.completed.v1",
          "dev.omnibridge.workflow.failed.v1",
          "dev.omnibridge.workflow.cancelled.v1");

  private final Vertx vertx;
  private final Context context;
  private final WorkflowLog log;
  private final ServerCallStreamObserver<WatchWorkflowResponse> out;
  private final Queue<RecordedEvent> unsent = new ArrayDeque<>();
  private Hints.@Nullable Subscription subscription;
  private @Nullable RunKey key;
  private long sent;
  private long rereading = -1;
  private boolean reading;
  private boolean moved;
  private boolean ended;

  Watcher(
      Vertx vertx,
      Context context,
      WorkflowLog log,
      ServerCallStreamObserver<WatchWorkflowResponse> out) {
    this.vertx = vertx;
    this.context = context;
    this.log = log;
    this.out = out;
  }

  /** Must be called before the handler of the call returns. */
  void prepare() {
    out.setOnReadyHandler(() -> context.runOnContext(_ -> advance()));
    out.setOnCancelHandler(() -> context.runOnContext(_ -> end()));
  }

  void start(WorkflowRow row, long afterVersion, Hints hints) {
    if (ended) {
      return;
    }
    sent = afterVersion;
    key = Lookup.key(row);
    if (row.getFinished() && afterVersion >= row.getVersion()) {
      complete();
      return;
    }
    subscription =
        hints.listen(
            row.getRunId(),
            _ -> {
              moved = true;
              advance();
            });
    rereading = vertx.setPeriodic(REREAD_MILLIS, _ -> read());
    read();
  }

  private void advance() {
    while (!ended && out.isReady() && !unsent.isEmpty()) {
      send(unsent.remove());
    }
    if (unsent.isEmpty() && moved) {
      read();
    }
  }

  private void send(RecordedEvent event) {
    sent = event.getVersion();
    out.onNext(WatchWorkflowResponse.newBuilder().setEvent(event).build());
    if (LAST.contains(event.getType())) {
      complete();
    }
  }

  private void read() {
    if (ended || reading || key == null || !unsent.isEmpty()) {
      return;
    }
    reading = true;
    moved = false;
    log.events(key, sent)
        .onComplete(result -> {
          reading = false;
          if (result.succeeded()) {
            take(result.result());
          } else {
            retryOrFail(result.cause());
          }
        });
  }

  private void take(ReadStreamResponse page) {
    unsent.addAll(page.getEventsList());
    if (!page.getEventsList().isEmpty()
        && page.getEventsList().getLast().getVersion() < page.getHeadVersion()) {
      moved = true;
    }
    advance();
  }

  /** A log that is away is waited for; the next reading comes within a second. */
  private void retryOrFail(Throwable failure) {
    Fault fault = Statuses.faultOf(failure);
    if (!fault.kind().worthRetrying() && !ended) {
      end();
      Replies.fail(out, fault);
    }
  }

  void fail(Throwable failure) {
    if (!ended) {
      end();
      Replies.fail(out, failure);
    }
  }

  private void complete() {
    end();
    out.onCompleted();
  }

  private void end() {
    ended = true;
    unsent.clear();
    if (subscription != null) {
      subscription.close();
    }
    if (rereading >= 0) {
      vertx.cancelTimer(rereading);
      rereading = -1;
    }
  }
}
