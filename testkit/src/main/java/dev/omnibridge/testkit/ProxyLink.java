// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit;

import dev.omnibridge.testkit.FaultProxy.Ambush;
import dev.omnibridge.testkit.FaultProxy.Direction;
import dev.omnibridge.testkit.FaultProxy.Moment.AfterBytes;
import dev.omnibridge.testkit.FaultProxy.Moment.AfterText;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One client's connection and the server's end of it. Lives on the proxy's event loop. */
final class ProxyLink {
  private static final int MOST_WAITING = 1 << 20;
  private static final long STEPS_PER_SECOND = 50;

  private final FaultProxy proxy;
  private final NetSocket client;
  private final Way toServer = new Way(Direction.TO_SERVER);
  private final Way toClient = new Way(Direction.TO_CLIENT);
  private @Nullable NetSocket server;
  private boolean dialled;
  private boolean ended;

  ProxyLink(FaultProxy proxy, NetSocket client) {
    this.proxy = proxy;
    this.client = client;
    toServer.listenTo(client);
  }

  void dialled() {
    dialled = true;
  }

  void connected(NetSocket to) {
    server = to;
    toClient.listenTo(to);
    if (ended) {
      abort(to);
      return;
    }
    toClient.to = client;
    toServer.to = to;
    push();
  }

  /** Forgets what was swallowed here and delivers what has waited. */
  void passAgain() {
    toServer.silenced = false;
    toClient.silenced = false;
    if (dialled) {
      push();
    } else {
      proxy.dial(this);
    }
  }

  void silence() {
    toServer.silenced = true;
    toClient.silenced = true;
  }

  void push() {
    toServer.push();
    toClient.push();
  }

  byte[] recorded(Direction direction) {
    return (direction == Direction.TO_SERVER ? toServer : toClient).handedOn.getBytes();
  }

  /** With a reset instead of a farewell, as when a machine or a process vanishes. */
  void reset() {
    if (!ended) {
      end();
      abort(client);
      if (server != null) {
        abort(server);
      }
    }
  }

  private void end() {
    ended = true;
    proxy.ended(this);
  }

  private static Channel channel(NetSocket socket) {
    return ((NetSocketInternal) socket).channelHandlerContext().channel();
  }

  private static void abort(NetSocket socket) {
    Channel channel = channel(socket);
    if (channel.isOpen()) {
      try {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
      } catch (ChannelException closedMeanwhile) {
        // Its other end vanished first: there is nobody left who could be told.
      }
    }
    var unused = channel.close();
  }

  private void wayEnded() {
    if (toServer.finished && toClient.finished && !ended) {
      end();
      var unused = client.close();
      if (server != null) {
        unused = server.close();
      }
    }
  }

  /** Bytes that are not delivered yet, and from when on they may be. */
  private record Piece(Buffer bytes, long due) {}

  /** One direction. */
  private final class Way {
    private final Direction direction;
    private final Deque<Piece> waiting = new ArrayDeque<>();
    private final Buffer handedOn = Buffer.buffer();
    private @Nullable NetSocket from;
    private @Nullable NetSocket to;
    private long passed;
    private long nextStep;
    private String lastText = "";
    private int bytesWaiting;
    private boolean silenced;
    private boolean paused;
    private boolean timed;
    private boolean sourceEnded;
    private boolean finished;

    Way(Direction direction) {
      this.direction = direction;
    }

    void listenTo(NetSocket source) {
      from = source;
      channel(source).config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
      source.handler(this::take);
      source.exceptionHandler(_ -> reset());
      source.closeHandler(_ -> reset());
      ((NetSocketInternal) source)
          .eventHandler(event -> {
            if (event instanceof ChannelInputShutdownEvent) {
              sourceEnded = true;
              push();
            }
          });
    }

    private void take(Buffer bytes) {
      waiting.add(new Piece(bytes, System.nanoTime() + proxy.latencyNanos()));
      bytesWaiting += bytes.length();
      if (bytesWaiting > MOST_WAITING && from != null) {
        paused = true;
        from.pause();
      }
      push();
    }

    void push() {
      NetSocket target = to;
      while (target != null && !ended && !isSilent() && !waiting.isEmpty()) {
        if (target.writeQueueFull()) {
          target.drainHandler(_ -> push());
          return;
        }
        long wait = Math.max(waiting.element().due(), nextStep) - System.nanoTime();
        if (wait > 0) {
          pushIn(wait);
          return;
        }
        step(target);
      }
      resumeSource();
      finish();
    }

    private boolean isSilent() {
      return silenced || proxy.isSilent(direction);
    }

    private void pushIn(long nanos) {
      if (!timed) {
        timed = true;
        proxy
            .vertx()
            .setTimer(
                TimeUnit.NANOSECONDS.toMillis(nanos) + 1,
                _ -> {
                  timed = false;
                  push();
                });
      }
    }

    /** Hands on as much of the first piece as speed and strokes allow. */
    private void step(NetSocket target) {
      Piece piece = waiting.remove();
      int length = piece.bytes().length();
      long speed = proxy.bytesPerSecond();
      if (speed > 0) {
        length = Math.clamp(speed / STEPS_PER_SECOND, 1, length);
        nextStep = System.nanoTime() + length * TimeUnit.SECONDS.toNanos(1) / speed;
      }
      Ambush ambush = null;
      for (Ambush waitingOne : proxy.ambushes()) {
        int reach = reach(waitingOne, piece.bytes());
        if (reach >= 0 && reach <= length) {
          length = reach;
          ambush = waitingOne;
        }
      }
      if (length < piece.bytes().length()) {
        waiting.addFirst(
            new Piece(piece.bytes().slice(length, piece.bytes().length()), piece.due()));
      }
      handOn(target, piece.bytes().slice(0, length), ambush);
    }

    /** How many of these bytes go until the moment has come; -1 when it does not come in them. */
    private int reach(Ambush ambush, Buffer bytes) {
      if (ambush.moment().direction() != direction) {
        return -1;
      }
      return switch (ambush.moment()) {
        case AfterBytes(_, long count) ->
            count >= passed && count - passed <= bytes.length() ? (int) (count - passed) : -1;
        case AfterText(_, String text) -> {
          String known = lastText.substring(Math.max(0, lastText.length() - text.length() + 1));
          int found = (known + ascii(bytes)).indexOf(text);
          yield found < 0 ? -1 : found + text.length() - known.length();
        }
      };
    }

    private static String ascii(Buffer bytes) {
      return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    private void handOn(NetSocket target, Buffer bytes, @Nullable Ambush ambush) {
      passed += bytes.length();
      bytesWaiting -= bytes.length();
      String text = lastText + ascii(bytes);
      lastText = text.substring(Math.max(0, text.length() - 100));
      if (proxy.isRecording()) {
        handedOn.appendBuffer(bytes);
      }
      if (ambush == null) {
        var unused = target.write(bytes);
        return;
      }
      proxy.ambushes().remove(ambush);
      silence(ambush.stroke());
      target
          .write(bytes)
          .onComplete(_ -> {
            if (ambush.stroke() == FaultProxy.Stroke.CUT) {
              reset();
            }
            ambush.struck().tryComplete();
          });
    }

    private void silence(FaultProxy.Stroke stroke) {
      toServer.silenced |= stroke != FaultProxy.Stroke.SWALLOW_TO_CLIENT;
      toClient.silenced |= stroke != FaultProxy.Stroke.SWALLOW_TO_SERVER;
    }

    private void resumeSource() {
      if (paused && bytesWaiting <= MOST_WAITING / 2 && from != null) {
        paused = false;
        from.resume();
        proxy.vertx().runOnContext(_ -> push());
      }
    }

    /** Hands the end of this direction on; the connection ends with its second direction. */
    private void finish() {
      NetSocket target = to;
      if (sourceEnded
          && !finished
          && !paused
          && waiting.isEmpty()
          && !isSilent()
          && !ended
          && target != null) {
        finished = true;
        target
            .write(Buffer.buffer())
            .onComplete(_ -> {
              if (!ended) {
                var unused = ((DuplexChannel) channel(target)).shutdownOutput();
                wayEnded();
              }
            });
      }
    }
  }
}
