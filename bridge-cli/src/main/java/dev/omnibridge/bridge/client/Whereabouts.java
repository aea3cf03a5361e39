// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.client;

import dev.omnibridge.api.directory.v1.Instance;
import dev.omnibridge.api.directory.v1.Instance.Source;
import dev.omnibridge.api.directory.v1.ListInstancesResponse;
import dev.omnibridge.runtime.rpc.Peer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What one process of the suite knows of where the services are.
 *
 * @param asked "host:port" of that process
 * @param told false when it keeps no directory, so that everything is taken to be in it
 * @param clustered it is a member of a cluster
 * @param places the instances it knows, in its order
 * @param own where it is for the others, which may be in a network that is not reached from here
 */
public record Whereabouts(
    String asked, boolean told, boolean clustered, List<Place> places, List<String> own) {
  private static final Pattern LOOPBACK =
      Pattern.compile("(127\\.[0-9.]+|localhost|\\[::1]):([0-9]+)");

  /**
   * One instance of a service.
   *
   * @param source how the address is known; unspecified when it is only taken to be there
   */
  public record Place(String service, String address, Source source, int shards) {
    private Place at(Map<String, String> reached) {
      return new Place(service, reached.getOrDefault(address, address), source, shards);
    }
  }

  /** What a process answered. */
  static Whereabouts of(String asked, ListInstancesResponse answer) {
    var places = answer.getInstancesList().stream().map(one -> place(asked, one)).toList();
    var own =
        answer.getInstancesList().stream()
            .filter(Instance::getSelf)
            .map(Instance::getAddress)
            .distinct()
            .toList();
    return new Whereabouts(asked, true, answer.getClustered(), places, own);
  }

  /** A process that keeps no directory. */
  static Whereabouts allAt(String asked) {
    var places =
        Arrays.stream(Peer.values())
            .map(peer -> new Place(peer.service(), asked, Source.SOURCE_UNSPECIFIED, 0))
            .toList();
    return new Whereabouts(asked, false, false, places, List.of());
  }

  private static Place place(String asked, Instance instance) {
    String address = instance.getSelf() ? asked : seenFromHere(asked, instance.getAddress());
    return new Place(instance.getService(), address, instance.getSource(), instance.getShards());
  }

  /** A loopback address that another machine tells is that machine's. */
  private static String seenFromHere(String asked, String address) {
    var loopback = LOOPBACK.matcher(address);
    return loopback.matches() && !LOOPBACK.matcher(asked).matches()
        ? asked.substring(0, asked.lastIndexOf(':') + 1) + loopback.group(2)
        : address;
  }

  /** True when it knows instances elsewhere than at the given addresses. */
  boolean leadsBeyond(List<String> addresses) {
    return told && places.stream().anyMatch(place -> !addresses.contains(place.address()));
  }

  /** The same, where other processes are reached as they were asked. */
  Whereabouts seenWith(List<Whereabouts> others) {
    var reached = new HashMap<String, String>();
    others.forEach(other -> other.own.forEach(own -> reached.put(own, other.asked)));
    var seen = places.stream().map(place -> place.at(reached)).toList();
    return new Whereabouts(asked, told, clustered, seen, own);
  }

  /** The addresses of a service, in order; empty when none is known. */
  List<String> of(Peer peer) {
    return places.stream()
        .filter(place -> place.service().equals(peer.service()))
        .map(Place::address)
        .distinct()
        .toList();
  }
}
