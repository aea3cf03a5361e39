// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit;

import dev.omnibridge.embedded.FreePorts;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on loopback between a client and one server, faulty at the test's command. A command
 * holds for open and for new connections and is in force when its method returns.
 */
public final class FaultProxy implements AutoCloseable {
  private static final long BIND_NANOS = 2_000_000_000L;
  private static final int CONNECT_LIMIT_MILLIS = 2_000;
  private static final int CHUNK = 16 << 10;
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private enum Mode {
    PASS,
    REFUSE,
    SWALLOW
  }

  private final int port;
  private final int targetPort;
  private final ReentrantLock commands = new ReentrantLock();
  private final Condition changed = commands.newCondition();
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private volatile Mode mode = Mode.PASS;
  private volatile Duration latency = Duration.ZERO;
  private volatile boolean closed;
  private @Nullable ServerSocket entrance;

  private FaultProxy(int port, int targetPort) {
    this.port = port;
    this.targetPort = targetPort;
  }

  /** A passing proxy on a free port. */
  public static FaultProxy to(int targetPort) {
    return at(FreePorts.next(), targetPort);
  }

  /** A passing proxy on a port that had to be known before, as in a broker's advertised address. */
  public static FaultProxy at(int port, int targetPort) {
    var proxy = new FaultProxy(port, targetPort);
    proxy.pass();
    return proxy;
  }

  public int port() {
    return port;
  }

  /** Connections that are open at this moment. */
  public int connections() {
    return links.size();
  }

  /** Everything goes through, with the latency in force. */
  public void pass() {
    command(Mode.PASS);
  }

  /** Resets every open connection, once; new ones are treated as before. */
  public void cut() {
    links.forEach(Link::reset);
  }

  /** Resets every open connection and listens no more: nobody is at home. */
  public void refuse() {
    command(Mode.REFUSE);
    cut();
  }

  /**
   * Keeps connections open, accepts new ones, and delivers nothing in either direction until told
   * otherwise. What is in flight then is delivered late, as after a stalled network.
   */
  public void swallow() {
    command(Mode.SWALLOW);
  }

  /** Holds every chunk back for this long, in both directions. */
  public void delay(Duration added) {
    latency = added;
  }

  private void command(Mode next) {
    commands.lock();
    try {
      if (closed) {
        throw new IllegalStateException("The proxy is closed");
      }
      mode = next;
      if (next == Mode.REFUSE) {
        stopListening();
      } else {
        listen();
      }
      changed.signalAll();
    } finally {
      commands.unlock();
    }
  }

  /** The port may be held for a moment by the accepting thread of the socket closed before. */
  private ServerSocket bind(long deadline) throws IOException {
    while (true) {
      var socket = new ServerSocket();
      socket.setReuseAddress(true);
      try {
        socket.bind(new InetSocketAddress(LOOPBACK, port));
        return socket;
      } catch (BindException held) {
        socket.close();
        if (System.nanoTime() - deadline > 0) {
          throw held;
        }
        Thread.onSpinWait();
      }
    }
  }

  private void listen() {
    if (entrance != null) {
      return;
    }
    try {
      ServerSocket opened = bind(System.nanoTime() + BIND_NANOS);
      entrance = opened;
      Thread.ofVirtual().name("fault-proxy-" + port).start(() -> accept(opened));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private void stopListening() {
    var open = entrance;
    entrance = null;
    if (open != null) {
      closeQuietly(open);
    }
  }

  private void accept(ServerSocket open) {
    while (!open.isClosed()) {
      try {
        var client = open.accept();
        Thread.ofVirtual().start(() -> connect(client));
      } catch (IOException _) {
        return;
      }
    }
  }

  private void connect(Socket client) {
    var server = new Socket();
    var link = new Link(client, server);
    links.add(link);
    try {
      if (!awaitPass()) {
        link.reset();
        return;
      }
      server.connect(new InetSocketAddress(LOOPBACK, targetPort), CONNECT_LIMIT_MILLIS);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      Thread.ofVirtual().start(() -> link.pump(client, server));
      link.pump(server, client);
    } catch (IOException _) {
      link.reset();
    }
  }

  /** Waits out a swallowing proxy; false when there is nothing to wait for any more. */
  private boolean awaitPass() {
    commands.lock();
    try {
      while (mode == Mode.SWALLOW && !closed) {
        changed.awaitUninterruptibly();
      }
      return mode == Mode.PASS && !closed;
    } finally {
      commands.unlock();
    }
  }

  /** Resets every connection and listens no more. */
  @Override
  public void close() {
    commands.lock();
    try {
      closed = true;
      stopListening();
      changed.signalAll();
    } finally {
      commands.unlock();
    }
    cut();
  }

  private static void closeQuietly(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception _) {
      // Its other end is gone already, which is what was wanted.
    }
  }

  /** One client's connection and the server's end of it. */
  private final class Link {
    private final Socket client;
    private final Socket server;
    private final AtomicInteger openDirections = new AtomicInteger(2);

    Link(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    /** Hands the end of one direction on; the connection ends with its second direction. */
    void pump(Socket from, Socket to) {
      try {
        copy(from.getInputStream(), to.getOutputStream());
        to.shutdownOutput();
        if (openDirections.decrementAndGet() == 0) {
          end();
        }
      } catch (IOException _) {
        reset();
      }
    }

    private void copy(InputStream in, OutputStream out) throws IOException {
      var chunk = new byte[CHUNK];
      for (var length = in.read(chunk); length >= 0; length = in.read(chunk)) {
        LockSupport.parkNanos(latency.toNanos());
        if (!awaitPass()) {
          throw new SocketException("The proxy refuses");
        }
        out.write(chunk, 0, length);
      }
    }

    /** With a reset instead of a farewell, as when a machine or a process vanishes. */
    void reset() {
      linger(client);
      linger(server);
      end();
    }

    private void linger(Socket socket) {
      try {
        socket.setSoLinger(true, 0);
      } catch (SocketException _) {
        return; // closed already
      }
    }

    private void end() {
      links.remove(this);
      closeQuietly(client);
      closeQuietly(server);
    }
  }
}
