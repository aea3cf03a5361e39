// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.http.HttpServerRequestInternal;
import io.vertx.core.internal.http.HttpServerRequestWrapper;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * A request whose answer is full when so many bytes of it wait for the caller, and has room again
 * when all of them are taken. On any thread.
 *
 * <p>Vert.x 5.0.12 counts messages instead: beside the one that waits for the window of its stream,
 * 16 more, whatever their size ({@code OutboundMessageQueue}). Of pages of 2.5 MiB these were 42
 * MiB for each caller who takes nothing.
 */
final class Outflow extends HttpServerRequestWrapper {
  /**
   * So what waits is less than this and one message: two pieces of a download, or one page. Pages
   * of 2 MiB are 10 to 20 % slower for it on one machine, since the next one is read only when one
   * is taken; smaller messages are not.
   */
  static final int MOST = 512 * 1024;

  /** What a message takes beside its bytes. */
  private static final int MESSAGE = 1024;

  private final HttpServerResponse response;
  private Handler<@Nullable Void> room = _ -> {};
  private long waiting;
  private boolean full;

  Outflow(HttpServerRequest request) {
    super((HttpServerRequestInternal) request);
    response =
        (HttpServerResponse)
            Proxy.newProxyInstance(
                HttpServerResponse.class.getClassLoader(),
                new Class<?>[] {HttpServerResponse.class},
                (_, method, arguments) -> answer(method, arguments));
  }

  @Override
  public HttpServerResponse response() {
    return response;
  }

  private @Nullable Object answer(Method method, @Nullable Object @Nullable [] arguments)
      throws Throwable {
    Object first = arguments == null ? null : arguments[0];
    return switch (method.getName()) {
      case "writeQueueFull" -> isFull();
      case "drainHandler" -> hearOfRoom(first);
      case "write" -> first instanceof Buffer message ? write(message) : forward(method, arguments);
      default -> forward(method, arguments);
    };
  }

  private @Nullable Object forward(Method method, @Nullable Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(delegate.response(), arguments);
    } catch (InvocationTargetException thrown) {
      throw thrown.getCause();
    }
  }

  private synchronized boolean isFull() {
    return full;
  }

  @SuppressWarnings("unchecked")
  private synchronized HttpServerResponse hearOfRoom(@Nullable Object handler) {
    room = handler == null ? _ -> {} : (Handler<@Nullable Void>) handler;
    return response;
  }

  /** What cannot be written any more waits for ever: nobody is to write behind it. */
  private Future<Void> write(Buffer message) {
    long size = MESSAGE + message.length();
    add(size);
    return delegate.response().write(message).onSuccess(_ -> taken(size));
  }

  private synchronized void add(long size) {
    waiting += size;
    full |= waiting >= MOST;
  }

  /** A handler hears of room by a task of its own, and never within a write. */
  private synchronized void taken(long size) {
    waiting -= size;
    if (full && waiting == 0) {
      full = false;
      context().runOnContext(_ -> hear());
    }
  }

  private void hear() {
    Handler<@Nullable Void> told;
    synchronized (this) {
      told = room;
    }
    told.handle(null);
  }
}
