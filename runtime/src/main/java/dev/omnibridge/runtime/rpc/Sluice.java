// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.internal.http.HttpServerRequestInternal;
import io.vertx.core.internal.http.HttpServerRequestWrapper;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A request whose client streams, read no further than one message ahead of its call. In memory are
 * the message that the call has, the next one, and what fits into the window of the stream; then
 * HTTP/2 holds the client. All but {@link #ask} and {@link #close} is for the request's context.
 *
 * <p>Vert.x gRPC 5.0.7 reads on until 16 messages wait ({@code GrpcReadStreamBase}), however few
 * the call has asked for, and joins the frames of a message in a buffer that it doubles, copying
 * what comes after the message behind it ({@code Http2GrpcMessageDeframer}): 8 MiB for one of 1
 * MiB. Here it is given whole messages, each in a buffer of its size, which it takes as it is.
 */
final class Sluice extends HttpServerRequestWrapper {
  /** Before each message: whether it is compressed, in a byte, and its length, in four. */
  private static final int PREFIX = 5;

  /** What fits into the window of a stream needs no room: so much may be there at any time. */
  private static final int SMALL = 64 * 1024;

  private static final long PROTOCOL_ERROR = 0x1;
  private static final long ENHANCE_YOUR_CALM = 0xb;

  private final Room room;
  private final Duration second;
  private Handler<Buffer> server = _ -> {};
  private ByteBuf frame = Unpooled.EMPTY_BUFFER;
  private ByteBuf message = Unpooled.buffer(PREFIX);
  private int whole = PREFIX;
  private volatile Room.@Nullable Share share;

  /** Of the message that the call has. */
  private Room.@Nullable Share given;

  private Patience patience = new Patience(0);
  private long timer = -1;
  private long asked;
  private boolean flows;
  private boolean over;

  /** There is more, or something else, than the server was given: it is told of no end. */
  private boolean broken;

  /** The last message came to the call. */
  private boolean arrived;

  private volatile boolean closed;

  Sluice(HttpServerRequest request, Room room, Duration second) {
    super((HttpServerRequestInternal) request);
    this.room = room;
    this.second = second;
  }

  /**
   * The call asks for more messages, and so has done with those it has; on any thread. The server
   * is told first, on the context: it loses what is asked for elsewhere while it begins the call,
   * and decodes a message at once, as {@link #handOn} needs it, if it knows that it is wanted.
   */
  void ask(int messages, Runnable tellServer) {
    context()
        .runOnContext(_ -> {
          if (!over) {
            tellServer.run();
            given = free(given);
            asked += messages;
            flow();
          }
        });
  }

  /** A large message comes, or waits for room; its time is limited here. On any thread. */
  boolean isComing() {
    return share != null;
  }

  /** The call is over; what still comes goes nowhere, and what is asked for. On any thread. */
  void close() {
    closed = true;
    context()
        .runOnContext(_ -> {
          drop();
          flow();
        });
  }

  /** The call has a message, within {@link #handOn}. */
  void arrived() {
    arrived = true;
  }

  /** What nobody wants to read, Vert.x reads over, for the sake of its connection. */
  @Override
  public HttpServerRequest handler(@Nullable Handler<Buffer> handler) {
    server = handler == null ? _ -> {} : handler;
    if (handler != null && !flows) {
      var unused = delegate.pause();
    }
    var unused = delegate.handler(handler == null ? null : this::take);
    return this;
  }

  @Override
  public HttpServerRequest endHandler(@Nullable Handler<Void> handler) {
    var unused = delegate.endHandler(handler == null ? null : _ -> ended(handler));
    return this;
  }

  /** What the server wants to read, {@link #ask} says. */
  @Override
  public HttpServerRequest pause() {
    return this;
  }

  @Override
  public HttpServerRequest resume() {
    return this;
  }

  @Override
  public HttpServerRequest fetch(long amount) {
    return this;
  }

  /** Comes only while it flows, when the frame before has been read to its end. */
  private void take(Buffer next) {
    if (!over) {
      frame = ((BufferInternal) next).getByteBuf();
      flow();
    }
  }

  private void flow() {
    handOn();
    while (isOpen() && frame.isReadable()) {
      collect();
      handOn();
    }
    if (flows != (over || isOpen()) && !delegate.isEnded()) {
      flows = !flows;
      var unused = flows ? delegate.resume() : delegate.pause();
    }
  }

  private boolean isOpen() {
    Room.Share needed = share;
    return !over && !isWhole() && (needed == null || needed.isGranted());
  }

  private boolean isWhole() {
    return message.writerIndex() == whole;
  }

  private void collect() {
    if (message.writerIndex() == PREFIX) {
      message = Unpooled.buffer(whole).writeBytes(message);
    }
    int missing = whole - message.writerIndex();
    message.writeBytes(frame, Math.min(missing, frame.readableBytes()));
    if (message.writerIndex() == PREFIX) {
      measure();
    }
    if (isWhole()) {
      stopClock();
    }
  }

  /** The prefix is there; the message takes memory when there is room, and its first byte. */
  private void measure() {
    long length = message.getUnsignedInt(1);
    if (length > Edge.MAX_MESSAGE_BYTES) {
      refuse();
      return;
    }
    whole = PREFIX + (int) length;
    if (length > SMALL) {
      Room.Share needed = room.take((int) length, () -> context().runOnContext(_ -> granted()));
      share = needed;
      if (needed.isGranted()) {
        startClock();
      }
    }
  }

  /** It may be late: its message may have come meanwhile, and the next one wait for room. */
  private void granted() {
    if (over) {
      return;
    }
    if (share != null && share.isGranted() && !isWhole()) {
      startClock();
    }
    flow();
  }

  /** From its room on, and until it is whole, a message has to come. */
  private void startClock() {
    stopClock();
    patience = new Patience(whole);
    waitASecond();
  }

  private void waitASecond() {
    timer = context().owner().setTimer(second.toMillis(), _ -> look());
  }

  private void look() {
    if (over || isWhole()) {
      return;
    }
    if (patience.endsWith(message.writerIndex())) {
      end(ENHANCE_YOUR_CALM);
    } else {
      waitASecond();
    }
  }

  private void stopClock() {
    var unused = context().owner().cancelTimer(timer);
  }

  /** For the prefix alone the server ends the call, with RESOURCE_EXHAUSTED. */
  private void refuse() {
    ByteBuf prefix = message;
    broken = true;
    drop();
    server.handle(BufferInternal.buffer(prefix));
  }

  /**
   * The server keeps the last message until the next one, so its bytes are taken from it. One that
   * it cannot decode it drops without a word, or throws: the call would wait for it for ever.
   */
  private void handOn() {
    if (over || asked == 0 || !isWhole()) {
      return;
    }
    ByteBuf full = message;
    given = share;
    share = null;
    begin();
    asked--;
    if (asked > 0) {
      given = free(given);
    }
    arrived = false;
    try {
      server.handle(BufferInternal.buffer(full));
    } finally {
      var unused = full.release();
      if (!arrived && !closed) {
        end(PROTOCOL_ERROR);
      }
    }
  }

  /** The handler hears of it as of a caller who has gone. */
  private void end(long code) {
    broken = true;
    drop();
    var unused = response().reset(code);
  }

  private void begin() {
    stopClock();
    message = Unpooled.buffer(PREFIX);
    whole = PREFIX;
  }

  private void drop() {
    over = true;
    frame = Unpooled.EMPTY_BUFFER;
    begin();
    share = free(share);
    given = free(given);
  }

  private static Room.@Nullable Share free(Room.@Nullable Share taken) {
    if (taken != null) {
      taken.free();
    }
    return null;
  }

  /** What is cut off has no end: a handler would take the messages before for all there are. */
  private void ended(Handler<Void> handler) {
    if (message.isReadable()) {
      end(PROTOCOL_ERROR);
    } else if (!broken) {
      handler.handle(null);
    }
  }
}
