// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.client;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of a service that did not do, and why; told in one sentence when no other is left.
 * Used by one thread.
 */
final class Tried {
  /** Nobody answers there, so that nothing was done. */
  static final String UNREACHABLE = "GRPC_UNAVAILABLE";

  /** The process there does not have the service. */
  static final String NOT_OFFERED = "NOT_OFFERED";

  private final Peer peer;
  private final List<String> main;
  private final String offer;
  private final List<String> unreachable = new ArrayList<>();
  private final List<String> notOffering = new ArrayList<>();
  private final List<String> refusing = new ArrayList<>();
  private @Nullable Fault refusal;

  /**
   * Nothing tried yet.
   *
   * @param main the addresses that the user named for the suite
   * @param offer the gRPC service that is wanted
   */
  Tried(Peer peer, List<String> main, String offer) {
    this.peer = peer;
    this.main = main;
    this.offer = offer;
  }

  /** True when another address may do what this one did not. */
  static boolean isWorthATryElsewhere(Fault fault) {
    return fault.kind() == Kind.UNAVAILABLE;
  }

  void add(String address, Fault fault) {
    switch (fault.reason()) {
      case UNREACHABLE -> unreachable.add(address);
      case NOT_OFFERED -> notOffering.add(address);
      default -> {
        refusing.add(address);
        refusal = fault;
      }
    }
  }

  /**
   * Why the service was not reached, naming every address. What a service says itself is worth more
   * than that another one is not there.
   */
  Fault fault() {
    Fault told = refusal;
    if (told != null) {
      return refusing.size() + unreachable.size() + notOffering.size() == 1
          ? told
          : Fault.unavailable(told.reason(), told.sentence() + " " + everyAddress(), told)
              .withFacts(told.facts());
    }
    return unreachable.isEmpty()
        ? Fault.unavailable(
            NOT_OFFERED,
            "%s; name the %s with %s.".formatted(noOffer(), peer.service(), peer.addressVariable()),
            null)
        : Fault.unavailable(UNREACHABLE, nobody(), null);
  }

  private String everyAddress() {
    return "Tried: "
        + Stream.of(refusing, unreachable, notOffering)
            .flatMap(List::stream)
            .collect(Collectors.joining(", "))
        + ".";
  }

  private String nobody() {
    String others = notOffering.isEmpty() ? "" : ", and " + noOffer();
    String todo =
        main.containsAll(unreachable)
            ? "start the suite with ./bridge up, or name another address with --address"
            : "start the %s, or name where it is reached from here, with --address or %s"
                .formatted(peer.service(), peer.addressVariable());
    return "Nothing answers at %s%s; %s.".formatted(joined(unreachable, " or "), others, todo);
  }

  private String noOffer() {
    return "%s %s not offer %s"
        .formatted(joined(notOffering, " and "), notOffering.size() == 1 ? "does" : "do", offer);
  }

  private static String joined(List<String> addresses, String last) {
    int end = addresses.size() - 1;
    return end == 0
        ? addresses.getFirst()
        : String.join(", ", addresses.subList(0, end)) + last + addresses.get(end);
  }
}
