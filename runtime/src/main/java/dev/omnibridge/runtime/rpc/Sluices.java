// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * Puts a {@link Sluice} before every method whose client streams, and tells it what the call asks
 * for. The large messages of all of them together take an eighth of the heap at most, counted until
 * their call asks for more; others wait in their clients meanwhile.
 */
final class Sluices implements ServerInterceptor {
  private static final int PART = 8;

  private final Room room;
  private final Duration second;
  private final Set<String> paths = new HashSet<>();

  Sluices() {
    this(
        new Room(Math.max(2L * Edge.MAX_MESSAGE_BYTES, Runtime.getRuntime().maxMemory() / PART)),
        Duration.ofSeconds(1));
  }

  /** With seconds of another length, for tests. */
  Sluices(Room room, Duration second) {
    this.room = room;
    this.second = second;
  }

  /** Before calls are taken. */
  void learn(ServerServiceDefinition service) {
    service.getMethods().stream()
        .map(method -> method.getMethodDescriptor())
        .filter(method -> !method.getType().clientSendsOneMessage())
        .forEach(method -> paths.add("/" + method.getFullMethodName()));
  }

  /** The request as its server is to read it. */
  HttpServerRequest before(HttpServerRequest request, String contentType) {
    return paths.contains(request.path()) && hasMessages(request, contentType)
        ? new Sluice(request, room, second)
        : request;
  }

  /** Vert.x reads one message of a text, and that as a whole. */
  private static boolean hasMessages(HttpServerRequest request, String contentType) {
    return request.version() == HttpVersion.HTTP_2
        || !contentType.startsWith("application/grpc-web-text");
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    if (!(Deadlines.REQUEST.get() instanceof Sluice sluice)) {
      return next.startCall(call, headers);
    }
    var asking =
        new SimpleForwardingServerCall<Q, R>(call) {
          @Override
          public void request(int messages) {
            sluice.ask(messages, () -> super.request(messages));
          }

          /** Of a call that is closed before its listener is there, no listener hears. */
          @Override
          public void close(Status status, Metadata trailers) {
            sluice.close();
            super.close(status, trailers);
          }
        };
    return new SimpleForwardingServerCallListener<>(next.startCall(asking, headers)) {
      @Override
      public void onMessage(Q message) {
        sluice.arrived();
        super.onMessage(message);
      }

      @Override
      public void onCancel() {
        sluice.close();
        super.onCancel();
      }

      @Override
      public void onComplete() {
        sluice.close();
        super.onComplete();
      }
    };
  }
}
