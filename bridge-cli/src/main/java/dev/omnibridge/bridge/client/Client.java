// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.client;

import dev.omnibridge.bridge.client.Failover.Question;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Peer;
import io.grpc.MethodDescriptor;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Calls the services and waits for their answers. Every call has a deadline. While a service cannot
 * be reached at one address the same request is sent to the next, and to all of them again, for a
 * bounded time. Failures are {@link Fault}s whose sentence names the addresses. Safe for use from
 * several threads.
 */
public final class Client implements AutoCloseable {
  /** How long one answer may take unless the caller says otherwise. */
  public static final Duration LIMIT = Duration.ofSeconds(30);

  /** How long a service that is away is called again unless the caller says otherwise. */
  public static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Addresses addresses;
  private final Duration patience;
  private final Channels channels = new Channels();
  private final Failover failover;

  private Client(Addresses addresses, Duration patience, Failover.Limits limits) {
    this.addresses = addresses;
    this.patience = patience;
    this.failover = new Failover(addresses, channels, patience, limits);
  }

  /** Nothing is connected before the first call. */
  public static Client open(Addresses addresses) {
    return open(addresses, PATIENCE);
  }

  /** The same, with its own limit for how long an unreachable service is called again. */
  public static Client open(Addresses addresses, Duration patience) {
    return open(addresses, patience, Failover.Limits.USUAL);
  }

  /** The same, for a machine on which the others may be slow to answer. */
  static Client open(Addresses addresses, Duration patience, Failover.Limits limits) {
    return new Client(addresses, patience, limits);
  }

  /** What the user named. */
  public Addresses addresses() {
    return addresses;
  }

  /** What one of the named processes knows of where the services are. */
  public Whereabouts whereabouts() {
    return new Attempts(patience).until(failover::whereabouts);
  }

  /** One question, one answer, within the usual limit. */
  public <Q, R> R call(Peer peer, MethodDescriptor<Q, R> method, Q request) {
    return call(peer, method, request, LIMIT);
  }

  /** One question, one answer. */
  public <Q, R> R call(Peer peer, MethodDescriptor<Q, R> method, Q request, Duration limit) {
    var question = new Question(peer, method, limit);
    return new Attempts(patience)
        .until(
            () -> failover.somewhere(question, address -> once(address, method, request, limit)));
  }

  private <Q, R> R once(String address, MethodDescriptor<Q, R> method, Q request, Duration limit) {
    return ClientCalls.blockingUnaryCall(
        channels.to(address), method, Failover.within(limit), request);
  }

  /**
   * Hands on every message of a stream as it comes; returns when the server ends the stream. One
   * that breaks is left to the caller, who alone knows from where to go on; the next one begins at
   * another address if there is any.
   */
  public <Q, R> void stream(
      Peer peer, MethodDescriptor<Q, R> method, Q request, Duration limit, Consumer<R> consumer) {
    var question = new Question(peer, method, limit);
    String address = failover.somewhere(question, reached -> reached);
    var call =
        ClientCalls.blockingV2ServerStreamingCall(
            channels.to(address), method, Failover.within(limit), request);
    try {
      for (R next = call.read(); next != null; next = call.read()) {
        consumer.accept(next);
      }
    } catch (StatusException failure) {
      throw failover.broken(address, question, failure);
    } catch (InterruptedException interrupted) {
      throw Failover.interrupted(interrupted);
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
    var question = new Question(peer, method, limit);
    try {
      return new Attempts(patience)
          .until(() ->
              failover.somewhere(question, address -> send(address, method, question, parts)));
    } catch (UncheckedIOException unreadable) {
      throw unreadable.getCause();
    }
  }

  private <Q, R> R send(
      String address, MethodDescriptor<Q, R> method, Question question, Parts<Q> parts)
      throws StatusException, InterruptedException {
    var call =
        ClientCalls.blockingClientStreamingCall(
            channels.to(address), method, Failover.within(question.limit()));
    try {
      parts.writeTo(message -> write(address, question, call, message));
      call.halfClose();
      R answer = call.read();
      if (answer == null) {
        throw Fault.broken(new IllegalStateException("An upload ended without an answer"));
      }
      awaitEnd(call);
      return answer;
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
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

  private static <Q> boolean write(
      String address, Question question, BlockingClientCall<Q, ?> call, Q message) {
    try {
      return call.write(message);
    } catch (StatusException failure) {
      throw Failover.told(address, question, failure);
    } catch (InterruptedException interrupted) {
      throw Failover.interrupted(interrupted);
    }
  }

  /** The health of a gRPC service at an address, asked once and within the limit. */
  public Health health(String address, String service, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    try {
      if (!channels.reaches(address, limit)) {
        return Health.UNREACHABLE;
      }
      var request = HealthCheckRequest.newBuilder().setService(service).build();
      var left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
      var status = once(address, HealthGrpc.getCheckMethod(), request, left).getStatus();
      return status == ServingStatus.SERVING ? Health.SERVING : Health.NOT_SERVING;
    } catch (StatusRuntimeException failure) {
      return switch (failure.getStatus().getCode()) {
        case NOT_FOUND, UNIMPLEMENTED -> Health.NOT_OFFERED;
        default -> Health.UNREACHABLE;
      };
    } catch (InterruptedException interrupted) {
      throw Failover.interrupted(interrupted);
    }
  }

  @Override
  public void close() {
    channels.close();
  }
}
