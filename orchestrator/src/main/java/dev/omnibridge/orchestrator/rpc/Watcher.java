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
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.Channel;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sends the events of one run to one client, as fast as the client takes them: reads a page, sends
 * it, reads the next; at the end of the stream it waits for a hint, and reads again after a second
 * even without one. The owner of a run that lives elsewhere is listened to; what it says spares a
 * reading, and nothing depends on it. Everything happens on one context.
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
  private final Audience<?> audience;
  private final Queue<RecordedEvent> unsent = new ArrayDeque<>();
  private Hints.@Nullable Subscription subscription;
  private @Nullable RunKey key;
  private @Nullable Owners owners;
  private @Nullable Following following;
  private long sent;
  private long rereading = -1;
  private boolean reading;
  private boolean moved;
  private boolean ended;

  Watcher(Vertx vertx, Context context, WorkflowLog log, Audience<?> audience) {
    this.vertx = vertx;
    this.context = context;
    this.log = log;
    this.audience = audience;
  }

  /** Must be called before the handler of the call returns. */
  void prepare() {
    audience.listen(
        () -> context.runOnContext(_ -> advance()), () -> context.runOnContext(_ -> end()));
  }

  void start(WorkflowRow row, long afterVersion, Hints hints, Owners whoElse) {
    if (ended) {
      return;
    }
    sent = afterVersion;
    key = Lookup.key(row);
    owners = whoElse;
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
    rereading =
        vertx.setPeriodic(
            REREAD_MILLIS,
            _ -> {
              follow();
              read();
            });
    follow();
    read();
  }

  /** Listens to the owner, unless that is this process or it is listened to already. */
  private void follow() {
    if (ended || key == null || owners == null || following != null && !following.ended()) {
      return;
    }
    Channel owner = owners.elsewhere(key);
    following = owner == null ? null : Following.start(owner, key, sent, context, this::heard);
  }

  /** The next event is taken as it is; any other says that there is something to read. */
  private void heard(RecordedEvent event) {
    if (!reading && event.getVersion() == sent + unsent.size() + 1) {
      unsent.add(event);
    } else {
      moved |= event.getVersion() > sent + unsent.size();
    }
    advance();
  }

  private void advance() {
    while (!ended && audience.ready() && !unsent.isEmpty()) {
      send(unsent.remove());
    }
    if (unsent.isEmpty() && following != null) {
      following.more();
    }
    if (unsent.isEmpty() && moved) {
      read();
    }
  }

  private void send(RecordedEvent event) {
    sent = event.getVersion();
    audience.tell(WatchWorkflowResponse.newBuilder().setEvent(event).build());
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
      audience.fail(fault);
    }
  }

  void fail(Throwable failure) {
    if (!ended) {
      end();
      audience.fail(failure);
    }
  }

  private void complete() {
    end();
    audience.complete();
  }

  private void end() {
    ended = true;
    unsent.clear();
    if (subscription != null) {
      subscription.close();
    }
    if (following != null) {
      following.close();
    }
    if (rereading >= 0) {
      vertx.cancelTimer(rereading);
      rereading = -1;
    }
  }
}
