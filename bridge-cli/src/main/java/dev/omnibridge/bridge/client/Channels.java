// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.client;

import dev.omnibridge.runtime.rpc.Edge;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One channel per address, connected when it is first used. Safe for use from several threads. */
final class Channels implements AutoCloseable {
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

  private final Map<String, ManagedChannel> channels = new HashMap<>();

  /** The channel to an address; a call on it may be the first to find that nobody is there. */
  synchronized ManagedChannel to(String address) {
    return channels.computeIfAbsent(address, Channels::make);
  }

  private static ManagedChannel make(String address) {
    return NettyChannelBuilder.forTarget("dns:///" + address)
        .usePlaintext()
        .maxInboundMessageSize(Edge.MAX_MESSAGE_BYTES)
        // A process that was stopped in the middle of a stream is noticed within both together.
        .keepAliveTime(10, TimeUnit.SECONDS)
        .keepAliveTimeout(5, TimeUnit.SECONDS)
        .build();
  }

  /**
   * True once the process at the address has greeted over HTTP/2: connected by its kernel alone, as
   * a stopped one still is, does not count. Nothing was sent when it is false.
   */
  boolean reaches(String address, Duration limit) throws InterruptedException {
    ManagedChannel channel = fresh(address);
    long end = System.nanoTime() + limit.toNanos();
    ConnectivityState state = channel.getState(true);
    while (state != ConnectivityState.READY) {
      if (state == ConnectivityState.TRANSIENT_FAILURE || state == ConnectivityState.SHUTDOWN) {
        return false;
      }
      var changed = new CountDownLatch(1);
      channel.notifyWhenStateChanged(state, changed::countDown);
      if (!changed.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return false;
      }
      state = channel.getState(true);
    }
    return true;
  }

  /** A channel that failed pauses before it connects again; a new one does so at once. */
  private synchronized ManagedChannel fresh(String address) {
    ManagedChannel channel = to(address);
    if (channel.getState(false) != ConnectivityState.TRANSIENT_FAILURE) {
      return channel;
    }
    ManagedChannel unused = channel.shutdownNow();
    channels.remove(address);
    return to(address);
  }

  @Override
  public synchronized void close() {
    channels.values().forEach(ManagedChannel::shutdownNow);
    long end = System.nanoTime() + CLOSE_LIMIT.toNanos();
    try {
      for (ManagedChannel channel : channels.values()) {
        boolean unused = channel.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
