// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.client;

import dev.omnibridge.api.directory.v1.DirectoryServiceGrpc;
import dev.omnibridge.api.directory.v1.ListInstancesRequest;
import dev.omnibridge.api.directory.v1.ListInstancesResponse;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Does a thing at the first address of a service where it can be done. An address is passed over
 * when nobody greets there soon, when the service there says that it is not available, and when the
 * process there does not have it. Safe for use from several threads.
 */
final class Failover {
  /** How long a process may take to greet, and to tell what it knows, before it is passed over. */
  record Limits(Duration greeting, Duration directory) {
    static final Limits USUAL = new Limits(Duration.ofSeconds(1), Duration.ofSeconds(2));
  }

  private final Addresses addresses;
  private final Channels channels;
  private final Limits limits;
  private final Duration alone;
  private final Routes routes;

  /** An address that has no other beside it is waited for as long as the patience lasts. */
  Failover(Addresses addresses, Channels channels, Duration patience, Limits limits) {
    this.addresses = addresses;
    this.channels = channels;
    this.limits = limits;
    this.alone = patience.compareTo(limits.greeting()) > 0 ? patience : limits.greeting();
    this.routes = new Routes(addresses, this::ask);
  }

  /** Something that is done at one address, whose channel is connected. */
  interface Work<R> {
    R at(String address) throws StatusException, InterruptedException;
  }

  /** What is asked of a service, for the sentences that tell what went wrong. */
  record Question(Peer peer, MethodDescriptor<?, ?> method, Duration limit) {}

  /** What one of the named processes knows of where the services are. */
  Whereabouts whereabouts() {
    return routes.whereabouts();
  }

  /**
   * The result of the work at the first address that does it.
   *
   * @throws Fault UNAVAILABLE when none does, naming all of them
   */
  <R> R somewhere(Question question, Work<R> work) {
    return anyOf(routes.to(question.peer()), question, work);
  }

  private <R> R anyOf(List<String> candidates, Question question, Work<R> work) {
    var tried = new Tried(question.peer(), addresses.main(), question.method().getServiceName());
    for (String address : candidates) {
      try {
        R result = at(address, candidates.size() == 1 ? alone : limits.greeting(), question, work);
        routes.worked(address);
        return result;
      } catch (Fault fault) {
        note(address, fault);
        if (!Tried.isWorthATryElsewhere(fault)) {
          throw fault;
        }
        tried.add(address, fault);
      }
    }
    throw tried.fault();
  }

  private <R> R at(String address, Duration connectLimit, Question question, Work<R> work) {
    try {
      if (!channels.reaches(address, connectLimit)) {
        throw Fault.unavailable(Tried.UNREACHABLE, "Nothing answers at " + address + ".", null);
      }
      return work.at(address);
    } catch (StatusException | StatusRuntimeException failure) {
      throw told(address, question, failure);
    } catch (InterruptedException interrupted) {
      throw interrupted(interrupted);
    }
  }

  private void note(String address, Fault fault) {
    boolean silent = fault.kind() == Kind.TIMEOUT || fault.kind() == Kind.UNAVAILABLE;
    if (silent && !fault.is(Tried.NOT_OFFERED)) {
      routes.failed(address);
    }
  }

  /** The fault of work that broke when it had begun, and so was not tried elsewhere. */
  Fault broken(String address, Question question, Exception failure) {
    Fault fault = told(address, question, failure);
    note(address, fault);
    if (!Tried.isWorthATryElsewhere(fault)) {
      return fault;
    }
    var tried = new Tried(question.peer(), addresses.main(), question.method().getServiceName());
    tried.add(address, fault);
    return tried.fault();
  }

  /** The transport knows no sentence that helps a person; what a service says itself is kept. */
  static Fault told(String address, Question question, Exception failure) {
    Fault fault = Statuses.faultOf(failure);
    if (Status.fromThrowable(failure).getCode() == Code.UNIMPLEMENTED) {
      return Fault.unavailable(Tried.NOT_OFFERED, "It is not offered at " + address + ".", failure);
    }
    return switch (fault.reason()) {
      // Nobody cancelled here: so a process ends the calls that it leaves behind when it goes.
      case "GRPC_CANCELLED" ->
          Fault.unavailable(Tried.UNREACHABLE, address + " went away in the middle.", failure);
      case "GRPC_DEADLINE_EXCEEDED" ->
          Fault.of(
              Kind.TIMEOUT,
              fault.reason(),
              "No answer from %s within %d s; it may still be at work, so look before you repeat."
                  .formatted(address, question.limit().toSeconds()));
      case "GRPC_RESOURCE_EXHAUSTED" ->
          Fault.invalid(
              "MESSAGE_TOO_LARGE", "The request is larger than the 4 MiB that one call may have.");
      default -> fault;
    };
  }

  static Fault interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return Fault.of(Kind.CANCELLED, "INTERRUPTED", "Interrupted while waiting: " + cause);
  }

  static CallOptions within(Duration limit) {
    return CallOptions.DEFAULT.withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * Asks the first that answers. When that leads to addresses that the user did not name, all
   * others are asked what they are: ports may be published elsewhere than where the suite itself
   * has them.
   */
  private Whereabouts ask(List<String> named) {
    Whereabouts first = askOneOf(named);
    var others = named.stream().filter(address -> !address.equals(first.asked())).toList();
    if (others.isEmpty() || !first.leadsBeyond(named)) {
      return first;
    }
    return first.seenWith(
        Crew.map(others, others.size(), this::askIfThere).stream()
            .flatMap(Optional::stream)
            .toList());
  }

  /** In a thread of its own while the routes wait, so it tells them nothing. */
  private Optional<Whereabouts> askIfThere(String address) {
    try {
      return channels.reaches(address, limits.greeting())
          ? Optional.of(askAt(address))
          : Optional.empty();
    } catch (Fault | StatusRuntimeException passedOver) {
      return Optional.empty();
    } catch (InterruptedException interrupted) {
      throw interrupted(interrupted);
    }
  }

  private Whereabouts askOneOf(List<String> named) {
    // Whom it is about does not matter: these addresses were named for the suite as a whole.
    var question =
        new Question(
            Peer.ORCHESTRATOR, DirectoryServiceGrpc.getListInstancesMethod(), limits.directory());
    return anyOf(named, question, this::askAt);
  }

  /** One that keeps no directory is taken to have everything. */
  private Whereabouts askAt(String address) {
    try {
      ListInstancesResponse answer =
          ClientCalls.blockingUnaryCall(
              channels.to(address),
              DirectoryServiceGrpc.getListInstancesMethod(),
              within(limits.directory()),
              ListInstancesRequest.getDefaultInstance());
      return Whereabouts.of(address, answer);
    } catch (StatusRuntimeException failure) {
      return switch (failure.getStatus().getCode()) {
        case UNIMPLEMENTED -> Whereabouts.allAt(address);
        // Greeted, and then fell silent: as good as not there.
        case DEADLINE_EXCEEDED ->
            throw Fault.unavailable(Tried.UNREACHABLE, "No answer from " + address, failure);
        default -> throw failure;
      };
    }
  }
}
