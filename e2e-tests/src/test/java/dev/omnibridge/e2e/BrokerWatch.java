// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Finds out when a broker that is away answers for the first time, by asking which versions it
 * speaks: a connection alone may also be that of a proxy, or wait for a broker that is not ready.
 */
final class BrokerWatch implements AutoCloseable {
  private static final int LIMIT_MILLIS = 1_000;
  private static final int PATIENCE_SECONDS = 30;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final short API_VERSIONS = 18;
  private static final int REQUEST_BYTES = 10;

  private final String host;
  private final int port;
  private final CompletableFuture<Long> answered = new CompletableFuture<>();
  private volatile boolean closed;

  private BrokerWatch(String address) {
    int colon = address.lastIndexOf(':');
    this.host = address.substring(0, colon);
    this.port = Integer.parseInt(address.substring(colon + 1));
  }

  /** Asks from now on, again and again. */
  static BrokerWatch of(String address) {
    var watch = new BrokerWatch(address);
    var unused = Thread.ofPlatform().daemon().name("broker-watch").start(watch::look);
    return watch;
  }

  private void look() {
    while (!closed) {
      if (answers()) {
        boolean unused = answered.complete(System.nanoTime());
        return;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private boolean answers() {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), LIMIT_MILLIS);
      socket.setSoTimeout(LIMIT_MILLIS);
      socket.getOutputStream().write(request());
      return new DataInputStream(socket.getInputStream()).readInt() > 0;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Its length, the kind of question, its version, its number, and no name of who asks. */
  private static byte[] request() {
    return ByteBuffer.allocate(Integer.BYTES + REQUEST_BYTES)
        .putInt(REQUEST_BYTES)
        .putShort(API_VERSIONS)
        .putShort((short) 0)
        .putInt(1)
        .putShort((short) -1)
        .array();
  }

  /** How long before a moment of {@link System#nanoTime} the first answer came. */
  Duration before(long nanos) throws Exception {
    long first = answered.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    return Duration.ofNanos(Math.max(0, nanos - first));
  }

  @Override
  public void close() {
    closed = true;
  }
}
