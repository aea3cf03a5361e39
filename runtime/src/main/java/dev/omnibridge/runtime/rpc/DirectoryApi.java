// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import dev.omnibridge.api.directory.v1.DirectoryServiceGrpc.DirectoryServiceImplBase;
import dev.omnibridge.api.directory.v1.Instance;
import dev.omnibridge.api.directory.v1.Instance.Source;
import dev.omnibridge.api.directory.v1.ListInstancesRequest;
import dev.omnibridge.api.directory.v1.ListInstancesResponse;
import dev.omnibridge.runtime.cluster.Cluster;
import dev.omnibridge.runtime.cluster.Member;
import dev.omnibridge.runtime.cluster.Rendezvous;
import io.grpc.stub.StreamObserver;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The DirectoryService: tells what the directory knows. */
final class DirectoryApi extends DirectoryServiceImplBase {
  private final Directory directory;
  private final Supplier<String> ownAddress;

  DirectoryApi(Directory directory, Supplier<String> ownAddress) {
    this.directory = directory;
    this.ownAddress = ownAddress;
  }

  @Override
  public void listInstances(
      ListInstancesRequest request, StreamObserver<ListInstancesResponse> out) {
    Cluster cluster = directory.cluster();
    Map<String, Integer> shards = cluster == null ? Map.of() : shards(cluster);
    var response =
        ListInstancesResponse.newBuilder().setClustered(cluster != null && cluster.joined());
    for (Peer peer : Peer.values()) {
      if (request.getService().isEmpty() || request.getService().equals(peer.service())) {
        response.addAllInstances(instances(peer, shards));
      }
    }
    out.onNext(response.build());
    out.onCompleted();
  }

  private List<Instance> instances(Peer peer, Map<String, Integer> shards) {
    Directory.Found found = directory.find(peer);
    if (found.source() != Directory.Source.LOCAL) {
      return found.addresses().stream()
          .sorted()
          .map(address -> instance(peer, address, source(found.source()), shards))
          .toList();
    }
    Instance own = instance(peer, ownAddress.get(), Source.SOURCE_LOCAL, shards);
    Cluster cluster = directory.cluster();
    return cluster == null
        ? List.of(own)
        : cluster.alive(peer.service()).stream()
            .map(member ->
                member.equals(cluster.self())
                    ? own
                    : instance(peer, member.address(), Source.SOURCE_CLUSTER, shards))
            .toList();
  }

  private Instance instance(Peer peer, String address, Source source, Map<String, Integer> shards) {
    return Instance.newBuilder()
        .setService(peer.service())
        .setAddress(address)
        .setSource(source)
        .setSelf(source == Source.SOURCE_LOCAL)
        .setShards(peer == Peer.ORCHESTRATOR ? shards.getOrDefault(address, 0) : 0)
        .build();
  }

  private static Source source(Directory.Source source) {
    return switch (source) {
      case LOCAL -> Source.SOURCE_LOCAL;
      case CONFIGURED -> Source.SOURCE_CONFIGURED;
      case CLUSTER -> Source.SOURCE_CLUSTER;
      case DEFAULT -> Source.SOURCE_DEFAULT;
    };
  }

  /** How many shards each orchestrator has, by its address. */
  private static Map<String, Integer> shards(Cluster cluster) {
    Map<String, String> addresses = new HashMap<>();
    cluster
        .working(Peer.ORCHESTRATOR.service())
        .forEach((Member member) -> addresses.put(member.id(), member.address()));
    if (addresses.isEmpty()) {
      return Map.of();
    }
    Map<String, Integer> counts = new HashMap<>();
    Arrays.stream(Rendezvous.owners(addresses.keySet()))
        .forEach(owner -> counts.merge(addresses.getOrDefault(owner, ""), 1, Integer::sum));
    return counts;
  }
}
