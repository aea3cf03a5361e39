// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.client;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Calls the services and waits for their answers. Every call has a deadline; while a service cannot
 * be reached the same request is sent again, for a bounded time. Failures are {@link Fault}s whose
 * sentence names the address. Safe for use from several threads.
 */
public final class Client implements AutoCloseable {
  /** How long one answer may take unless the caller says otherwise. */
  public static final Duration LIMIT = Duration.ofSeconds(30);

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

  private final Addresses addresses;
  private final Duration patience;
  private final Map<String, ManagedChannel> channels = new HashMap<>();

  private Client(Addresses addresses, Duration patience) {
    this.addresses = addresses;
    this.patience = patience;
  }

  /** Nothing is connected before the first call. */
  public static Client open(Addresses addresses) {
    return new Client(addresses, PATIENCE);
  }

  /** The same, with its own limit for how long an unreachable service is called again. */
  public static Client open(Addresses addresses, Duration patience) {
    return new Client(addresses, patience);
  }

  /** Where the services are. */
  public Addresses addresses() {
    return addresses;
  }

  /** One question, one answer, within the usual limit. */
  public <Q, R> R call(Peer peer, MethodDescriptor<Q, R> method, Q request) {
    return call(peer, method, request, LIMIT);
  }

  /** One question, one answer. */
  public <Q, R> R call(Peer peer, MethodDescriptor<Q, R> method, Q request, Duration limit) {
    return new Attempts(patience)
        .until(() -> once(peer, method, request, limit), () -> channel(peer).resetConnectBackoff());
  }

  private <Q, R> R once(Peer peer, MethodDescriptor<Q, R> method, Q request, Duration limit) {
    try {
      return ClientCalls.blockingUnaryCall(channel(peer), method, options(limit), request);
    } catch (StatusRuntimeException failure) {
      throw told(peer, method, limit, failure);
    }
  }

  /** Hands on every message of a stream as it comes; returns when the server ends the stream. */
  public <Q, R> void stream(
      Peer peer, MethodDescriptor<Q, R> method, Q request, Duration limit, Consumer<R> consumer) {
    var call =
        ClientCalls.blockingV2ServerStreamingCall(channel(peer), method, options(limit), request);
    try {
      for (R next = call.read(); next != null; next = call.read()) {
        consumer.accept(next);
      }
    } catch (StatusException failure) {
      throw told(peer, method, limit, failure);
    } catch (InterruptedException interrupted) {
      throw interrupted(interrupted);
    } finally {
      call.cancel("no longer read", null);
    }
  }

  /** Produces the messages of an upload; asked again from the start when an attempt is repeated. */
  public interface Parts<Q> {
    /** Writes all messages; a reader of files may fail. */
    void writeTo(Sink<Q> sink) throws IOException;
  }

  /** Takes the messages of an upload, and waits while the server is behind. */
  public interface Sink<Q> {
    /** False when the server has ended the call and wants no more. */
    boolean write(Q message);
  }

  /** Sends a stream of messages, no faster than the server takes them; gives the one answer. */
  public <Q, R> R upload(Peer peer, MethodDescriptor<Q, R> method, Duration limit, Parts<Q> parts)
      throws IOException {
    try {
      return new Attempts(patience)
          .until(
              () -> sendUnchecked(peer, method, limit, parts),
              () -> channel(peer).resetConnectBackoff());
    } catch (UncheckedIOException unreadable) {
      throw unreadable.getCause();
    }
  }

  private <Q, R> R sendUnchecked(
      Peer peer, MethodDescriptor<Q, R> method, Duration limit, Parts<Q> parts) {
    try {
      return send(peer, method, limit, parts);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private <Q, R> R send(Peer peer, MethodDescriptor<Q, R> method, Duration limit, Parts<Q> parts)
      throws IOException {
    var call = ClientCalls.blockingClientStreamingCall(channel(peer), method, options(limit));
    try {
      parts.writeTo(message -> write(peer, method, limit, call, message));
      call.halfClose();
      R answer = call.read();
      if (answer == null) {
        throw Fault.broken(new IllegalStateException("An upload ended without an answer"));
      }
      awaitEnd(call);
      return answer;
    } catch (StatusException failure) {
      throw told(peer, method, limit, failure);
    } catch (InterruptedException interrupted) {
      throw interrupted(interrupted);
    } finally {
      call.cancel("no longer needed", null);
    }
  }

  /** Lets the server end the call, which cancelling it would cut short. */
  private static void awaitEnd(BlockingClientCall<?, ?> call)
      throws StatusException, InterruptedException {
    while (call.read() != null) {
      continue;
    }
  }

  private <Q, R> boolean write(
      Peer peer,
      MethodDescriptor<Q, R> method,
      Duration limit,
      BlockingClientCall<Q, R> call,
      Q message) {
    try {
      return call.write(message);
    } catch (StatusException failure) {
      throw told(peer, method, limit, failure);
    } catch (InterruptedException interrupted) {
      throw interrupted(interrupted);
    }
  }

  private static CallOptions options(Duration limit) {
    return CallOptions.DEFAULT.withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  private static Fault interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return Fault.of(Fault.Kind.CANCELLED, "INTERRUPTED", "Interrupted while waiting: " + cause);
  }

  /** The transport knows no sentence that helps a person; what a service says itself is kept. */
  private Fault told(Peer peer, MethodDescriptor<?, ?> method, Duration limit, Exception failure) {
    Code code = io.grpc.Status.fromThrowable(failure).getCode();
    Fault fault = Statuses.faultOf(failure);
    String address = addresses.of(peer);
    if (code == Code.UNIMPLEMENTED) {
      return Fault.unavailable(
          "NOT_OFFERED",
          "%s does not offer %s; name the %s with %s."
              .formatted(address, method.getServiceName(), peer.service(), peer.addressVariable()),
          failure);
    }
    return switch (fault.reason()) {
      case "GRPC_UNAVAILABLE" ->
          Fault.unavailable(
              fault.reason(),
              "Nothing answers at %s; start the suite with ./bridge up, or name another address with --address."
                  .formatted(address),
              failure);
      case "GRPC_DEADLINE_EXCEEDED" ->
          Fault.of(
              Fault.Kind.TIMEOUT,
              fault.reason(),
              "No answer from %s within %d s; it may still be at work, so look before you repeat."
                  .formatted(address, limit.toSeconds()));
      case "GRPC_RESOURCE_EXHAUSTED" ->
          Fault.invalid(
              "MESSAGE_TOO_LARGE", "The request is larger than the 4 MiB that one call may have.");
      default -> fault;
    };
  }

  private synchronized ManagedChannel channel(Peer peer) {
    return channels.computeIfAbsent(
        addresses.of(peer),
        address ->
            NettyChannelBuilder.forTarget("dns:///" + address)
                .usePlaintext()
                .maxInboundMessageSize(Edge.MAX_MESSAGE_BYTES)
                .keepAliveTime(30, TimeUnit.SECONDS)
                .build());
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
