// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.client;

import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.workflow.v1.WatchWorkflowRequest;
import dev.omnibridge.api.workflow.v1.WatchWorkflowResponse;
import dev.omnibridge.api.workflow.v1.WorkflowKey;
import dev.omnibridge.api.workflow.v1.WorkflowServiceGrpc;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.Peer;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Follows a workflow from a version on to its end: each event once, in version order, also when the
 * stream breaks and has to be opened again.
 */
public final class WorkflowWatch {
  private static final Duration SLICE = Duration.ofMinutes(5);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Client client;
  private final WorkflowKey key;
  private final long end;
  private long version;

  /** A watch that gives up (TIMEOUT) when the limit is over. */
  public WorkflowWatch(Client client, WorkflowKey key, long afterVersion, Duration limit) {
    this.client = client;
    this.key = key;
    this.version = afterVersion;
    this.end = System.nanoTime() + limit.toNanos();
  }

  /** Hands on every event on this thread; returns after the last one of the run. */
  public void forEach(Consumer<RecordedEvent> consumer) {
    var attempts = new Attempts(PATIENCE);
    while (true) {
      long before = version;
      try {
        follow(consumer);
        return;
      } catch (Fault fault) {
        if (version > before) {
          attempts = new Attempts(PATIENCE);
        }
        boolean sliceIsOver = fault.kind() == Kind.TIMEOUT && left().isPositive();
        if (!sliceIsOver && !attempts.pauseAfter(fault)) {
          throw fault;
        }
      }
    }
  }

  private void follow(Consumer<RecordedEvent> consumer) {
    var request = WatchWorkflowRequest.newBuilder().setKey(key).setAfterVersion(version).build();
    Duration slice = left().compareTo(SLICE) < 0 ? left() : SLICE;
    client.stream(
        Peer.ORCHESTRATOR,
        WorkflowServiceGrpc.getWatchWorkflowMethod(),
        request,
        slice,
        (WatchWorkflowResponse response) -> accept(response.getEvent(), consumer));
  }

  private void accept(RecordedEvent event, Consumer<RecordedEvent> consumer) {
    if (event.getVersion() > version) {
      version = event.getVersion();
      consumer.accept(event);
    }
  }

  private Duration left() {
    return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
  }
}
