// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit;

import dev.omnibridge.embedded.FreePorts;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on loopback between a client and one server, faulty at the test's command. A command
 * holds for open and for new connections and is in force when its method returns. For any thread.
 */
public final class FaultProxy implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";
  private static final int CONNECT_LIMIT_MILLIS = 2_000;
  private static final int LIMIT_SECONDS = 10;
  private static final long BIND_NANOS = 2_000_000_000L;
  private static final int BIND_TRIES = 100;

  /** Which way bytes go. */
  public enum Direction {
    TO_SERVER,
    TO_CLIENT
  }

  /** What befalls one connection at a {@link Moment}. */
  public enum Stroke {
    /** Both ends are reset. */
    CUT,
    /** Nothing follows to the server; the other direction goes on. */
    SWALLOW_TO_SERVER,
    /** Nothing follows to the client; the other direction goes on. */
    SWALLOW_TO_CLIENT,
    /** Nothing follows in either direction. */
    SWALLOW
  }

  /** A point in the bytes of one direction of a connection, counted from its beginning. */
  public sealed interface Moment {
    Direction direction();

    /** When exactly so many bytes have been handed on. */
    record AfterBytes(Direction direction, long count) implements Moment {}

    /** When this text of ASCII characters has just been handed on. */
    record AfterText(Direction direction, String text) implements Moment {}
  }

  /** A stroke that waits for its moment; the first connection to reach it takes it. */
  record Ambush(Moment moment, Stroke stroke, Promise<Void> struck) {}

  private final int port;
  private final int targetPort;
  private final Vertx vertx =
      Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
  private final Context loop = vertx.getOrCreateContext();
  private final NetClient dialler =
      vertx.createNetClient(new NetClientOptions().setConnectTimeout(CONNECT_LIMIT_MILLIS));
  private final Set<ProxyLink> links = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean closed = new AtomicBoolean();

  // What follows is touched on the loop only.
  private final Set<Direction> silent = EnumSet.noneOf(Direction.class);
  private final List<Ambush> ambushes = new ArrayList<>();
  private final List<ProxyLink> recorded = new ArrayList<>();
  private @Nullable NetServer entrance;
  private boolean refusing;
  private boolean recording;
  private long latencyNanos;
  private long bytesPerSecond;

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

  /** Everything goes through again, with the latency and the speed in force. */
  public void pass() {
    command(() -> {
      refusing = false;
      silent.clear();
      links.forEach(ProxyLink::passAgain);
      return listen(System.nanoTime() + BIND_NANOS, 1);
    });
  }

  /** Everything goes through, at once and at full speed; no stroke is waiting any more. */
  public void calm() {
    delay(Duration.ZERO);
    drip(0);
    command(() -> {
      ambushes.clear();
      return Future.succeededFuture();
    });
    pass();
  }

  /** Resets every open connection, once; new ones are treated as before. */
  public void cut() {
    command(this::resetAll);
  }

  /** Resets every open connection and listens no more: nobody is at home. */
  public void refuse() {
    command(() -> {
      refusing = true;
      Future<Void> reset = resetAll();
      return stopListening().compose(_ -> reset);
    });
  }

  /**
   * Keeps connections open, accepts new ones, and delivers nothing in either direction until told
   * otherwise. What is in flight then is delivered late, as after a stalled network.
   */
  public void swallow() {
    command(() -> {
      silent.addAll(EnumSet.allOf(Direction.class));
      return Future.succeededFuture();
    });
  }

  /** The same in one direction only; the other one goes on. */
  public void swallow(Direction direction) {
    command(() -> {
      silent.add(direction);
      return Future.succeededFuture();
    });
  }

  /**
   * Open connections stay open and are dead from now on, in both directions, until the proxy passes
   * again; new ones work: as when a firewall forgets what it let through.
   */
  public void strand() {
    command(() -> {
      links.forEach(ProxyLink::silence);
      return Future.succeededFuture();
    });
  }

  /** Holds every byte back for this long, in both directions. */
  public void delay(Duration added) {
    command(() -> {
      latencyNanos = added.toNanos();
      return Future.succeededFuture();
    });
  }

  /** Lets so many bytes a second through, per connection and direction; 0 is full speed. */
  public void drip(long bytes) {
    command(() -> {
      bytesPerSecond = bytes;
      links.forEach(ProxyLink::push);
      return Future.succeededFuture();
    });
  }

  /**
   * Strikes one connection once, exactly at this moment: the first that reaches it, open or new. A
   * count that an open connection has passed already does not come for it. The future completes
   * after the stroke.
   */
  public Future<Void> once(Moment moment, Stroke stroke) {
    Promise<Void> struck = Promise.promise();
    command(() -> {
      ambushes.add(new Ambush(moment, stroke, struck));
      return Future.succeededFuture();
    });
    return struck.future();
  }

  /** From now on keeps what new connections hand on. */
  public void record() {
    command(() -> {
      recording = true;
      return Future.succeededFuture();
    });
  }

  /** What the connections since {@link #record} have handed on, in the order of their opening. */
  public List<byte[]> recorded(Direction direction) {
    var bytes = new ArrayList<byte[]>();
    command(() -> {
      recorded.forEach(link -> bytes.add(link.recorded(direction)));
      return Future.succeededFuture();
    });
    return bytes;
  }

  private void command(Supplier<Future<?>> change) {
    if (closed.get()) {
      throw new IllegalStateException("The proxy is closed");
    }
    Promise<Void> done = Promise.promise();
    loop.runOnContext(
        _ -> Future.succeededFuture().compose(_ -> change.get().<Void>mapEmpty()).onComplete(done));
    join(done.future());
  }

  /** Blocks also where Vert.x would not let its own threads wait: the loop is another one. */
  private static void join(Future<?> future) {
    try {
      var unused =
          future.toCompletionStage().toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("The proxy's command was interrupted", interrupted);
    } catch (ExecutionException | TimeoutException failure) {
      throw new IllegalStateException("The proxy does not obey", failure);
    }
  }

  /** Every link, whatever becomes of another; the first failure is told at the end. */
  private Future<Void> resetAll() {
    Future<Void> done = Future.succeededFuture();
    for (ProxyLink link : links) {
      try {
        link.reset();
      } catch (RuntimeException failure) {
        done = done.failed() ? done : Future.failedFuture(failure);
      }
    }
    return done;
  }

  /**
   * The port may be held for a moment by the socket closed before. A moment in which the whole
   * machine stood still has room for one try only, so the tries count as well.
   */
  private Future<?> listen(long deadline, int tries) {
    if (entrance != null) {
      return Future.succeededFuture();
    }
    NetServer opening =
        vertx.createNetServer(new NetServerOptions().setHost(LOOPBACK).setPort(port));
    return opening
        .connectHandler(this::accepted)
        .listen()
        .onSuccess(_ -> entrance = opening)
        .recover(held ->
            System.nanoTime() - deadline > 0 && tries >= BIND_TRIES
                ? Future.failedFuture(held)
                : vertx
                    .timer(5, TimeUnit.MILLISECONDS)
                    .compose(_ -> listen(deadline, tries + 1).map(opening)));
  }

  private Future<?> stopListening() {
    NetServer open = entrance;
    entrance = null;
    return open == null ? Future.succeededFuture() : open.close();
  }

  private void accepted(NetSocket client) {
    var link = new ProxyLink(this, client);
    links.add(link);
    if (recording) {
      recorded.add(link);
    }
    if (refusing) {
      link.reset();
    } else if (!isMute()) {
      dial(link);
    }
  }

  /** To a server that nothing reaches nobody is connected either. */
  private boolean isMute() {
    return silent.size() == Direction.values().length;
  }

  void dial(ProxyLink link) {
    link.dialled();
    dialler.connect(targetPort, LOOPBACK).onComplete(link::connected, _ -> link.reset());
  }

  boolean isSilent(Direction direction) {
    return silent.contains(direction);
  }

  long latencyNanos() {
    return latencyNanos;
  }

  long bytesPerSecond() {
    return bytesPerSecond;
  }

  boolean isRecording() {
    return recording;
  }

  List<Ambush> ambushes() {
    return ambushes;
  }

  Vertx vertx() {
    return vertx;
  }

  void ended(ProxyLink link) {
    links.remove(link);
  }

  /** Resets every connection and listens no more. */
  @Override
  public void close() {
    if (!closed.get()) {
      try {
        refuse();
      } finally {
        closed.set(true);
        join(vertx.close());
      }
    }
  }
}
