// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge;

import dev.omnibridge.api.directory.v1.DirectoryServiceGrpc.DirectoryServiceImplBase;
import dev.omnibridge.api.directory.v1.Instance;
import dev.omnibridge.api.directory.v1.Instance.Source;
import dev.omnibridge.api.directory.v1.ListInstancesRequest;
import dev.omnibridge.api.directory.v1.ListInstancesResponse;
import dev.omnibridge.runtime.rpc.Peer;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Says that services are where a test wants them to be. */
public final class FakeDirectory extends DirectoryServiceImplBase {
  public final List<Instance> instances = new CopyOnWriteArrayList<>();
  public final AtomicInteger asked = new AtomicInteger();

  public FakeDirectory knows(Peer peer, String address) {
    return knows(peer, address, false, 0);
  }

  public FakeDirectory knows(Peer peer, String address, boolean self, int shards) {
    instances.add(
        Instance.newBuilder()
            .setService(peer.service())
            .setAddress(address)
            .setSelf(self)
            .setSource(self ? Source.SOURCE_LOCAL : Source.SOURCE_CLUSTER)
            .setShards(shards)
            .build());
    return this;
  }

  @Override
  public void listInstances(
      ListInstancesRequest request, StreamObserver<ListInstancesResponse> out) {
    asked.incrementAndGet();
    out.onNext(
        ListInstancesResponse.newBuilder().addAllInstances(instances).setClustered(true).build());
    out.onCompleted();
  }
}
