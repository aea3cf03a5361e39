// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.Given.any;
import static dev.omnibridge.dbadapter.Given.append;

import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.LogServiceGrpc.LogServiceBlockingStub;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Appends at a fixed rate, whatever becomes of them, from a thread of its own until closed. */
final class AppendLoad implements AutoCloseable {
  private final LogServiceBlockingStub log;
  private final List<StreamName> streams;
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private final AtomicInteger refused = new AtomicInteger();
  private final Phaser underWay = new Phaser(1);
  private final Thread thread;
  private final long intervalNanos;
  private volatile boolean running = true;

  /** To streams of its own. */
  AppendLoad(Channel channel, int perSecond) {
    this(channel, perSecond, OutboxRig.runs(40));
  }

  /** To these streams by turns. */
  AppendLoad(Channel channel, int perSecond, List<StreamName> streams) {
    this.streams = streams;
    this.log = LogServiceGrpc.newBlockingStub(channel);
    this.intervalNanos = Duration.ofSeconds(1).toNanos() / perSecond;
    this.thread = Thread.ofPlatform().name("load").start(this::run);
  }

  private void run() {
    long due = System.nanoTime();
    for (int i = 0; running; i++) {
      AppendRequest request = append(any(streams.get(i % streams.size()), 1)).build();
      int unused = underWay.register();
      Thread.ofVirtual().start(() -> send(request));
      due += intervalNanos;
      LockSupport.parkNanos(due - System.nanoTime());
    }
  }

  private void send(AppendRequest request) {
    try {
      var unused = log.append(request);
      acknowledged.add(request.getAppends(0).getEvents(0).getEventId());
    } catch (StatusRuntimeException failure) {
      int unused = refused.incrementAndGet();
    } finally {
      int unused = underWay.arriveAndDeregister();
    }
  }

  /** The ids of the events whose appends were answered. */
  Set<String> acknowledged() {
    return acknowledged;
  }

  int refused() {
    return refused.get();
  }

  /** Ends when the last answer is there. */
  @Override
  public void close() throws InterruptedException {
    running = false;
    thread.join();
    int unused = underWay.arriveAndAwaitAdvance();
  }
}
