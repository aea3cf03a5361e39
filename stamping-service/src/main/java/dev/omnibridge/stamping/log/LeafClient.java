// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.log;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.CompareStampsRequest;
import dev.omnibridge.api.log.v1.CompareStampsResponse;
import dev.omnibridge.api.log.v1.GetStampEventsRequest;
import dev.omnibridge.api.log.v1.GetStampEventsResponse;
import dev.omnibridge.api.log.v1.GetStampLeafRequest;
import dev.omnibridge.api.log.v1.GetStampLeafResponse;
import dev.omnibridge.api.log.v1.GetStampLogRequest;
import dev.omnibridge.api.log.v1.GetStampLogResponse;
import dev.omnibridge.api.log.v1.ListStampCheckpointsRequest;
import dev.omnibridge.api.log.v1.ListStrayStampsRequest;
import dev.omnibridge.api.log.v1.ListUnsignedStampLogsRequest;
import dev.omnibridge.api.log.v1.ReadStampLeavesRequest;
import dev.omnibridge.api.log.v1.StampCheckpoint;
import dev.omnibridge.api.log.v1.StampLeafServiceGrpc;
import dev.omnibridge.api.log.v1.StampLeafServiceGrpc.StampLeafServiceBlockingStub;
import dev.omnibridge.api.log.v1.StampRevision;
import dev.omnibridge.api.log.v1.StoreStampCheckpointRequest;
import dev.omnibridge.api.log.v1.StrayStamp;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/** What db-adapter keeps of the stamp logs. Waits for every answer, within a limit. */
final class LeafClient {
  private final StampLeafServiceBlockingStub stub;
  private final Duration answer;
  private final Duration scan;

  /** With the longest wait for an answer, and for a whole scan. */
  LeafClient(Channel dbAdapter, Duration answer, Duration scan) {
    this.stub = StampLeafServiceGrpc.newBlockingStub(dbAdapter);
    this.answer = answer;
    this.scan = scan;
  }

  GetStampLogResponse log(String namespace) {
    var request = GetStampLogRequest.newBuilder().setNamespace(namespace).build();
    return ask(within -> within.getStampLog(request));
  }

  GetStampLeafResponse leaf(GetStampLeafRequest request) {
    return ask(within -> within.getStampLeaf(request));
  }

  List<String> unsigned(byte[] publicKey, String after) {
    var request =
        ListUnsignedStampLogsRequest.newBuilder()
            .setPublicKey(ByteString.copyFrom(publicKey))
            .setAfterNamespace(after)
            .build();
    return ask(within -> within.listUnsignedStampLogs(request).getNamespacesList());
  }

  List<StrayStamp> strays(String namespace) {
    var request = ListStrayStampsRequest.newBuilder().setNamespace(namespace).build();
    return ask(within -> within.listStrayStamps(request).getStampsList());
  }

  GetStampEventsResponse events(String namespace, List<StampRevision> revisions) {
    var request =
        GetStampEventsRequest.newBuilder()
            .setNamespace(namespace)
            .addAllRevisions(revisions)
            .build();
    return ask(within -> within.getStampEvents(request));
  }

  StampCheckpoint store(StoreStampCheckpointRequest request) {
    return ask(within -> within.storeStampCheckpoint(request).getCheckpoint());
  }

  /** The largest of the newest epoch first; of one size, or of all with 0. */
  List<StampCheckpoint> checkpoints(String namespace, long size, int limit) {
    var request =
        ListStampCheckpointsRequest.newBuilder()
            .setNamespace(namespace)
            .setSize(size)
            .setLimit(limit)
            .build();
    return ask(within -> within.listStampCheckpoints(request).getCheckpointsList());
  }

  /** Pieces of leaves, in their order. */
  void read(String namespace, long from, long to, Consumer<ByteString> piece) {
    var request =
        ReadStampLeavesRequest.newBuilder()
            .setNamespace(namespace)
            .setFromIndex(from)
            .setToIndex(to)
            .build();
    scan(within ->
        within.readStampLeaves(request).forEachRemaining(part -> piece.accept(part.getLeaves())));
  }

  /** Leaves, and beside them the rows that do not say the same. */
  void compare(String namespace, long from, long to, Consumer<CompareStampsResponse> piece) {
    var request =
        CompareStampsRequest.newBuilder()
            .setNamespace(namespace)
            .setFromIndex(from)
            .setToIndex(to)
            .setOnlyDiffering(true)
            .build();
    scan(within -> within.compareStamps(request).forEachRemaining(piece));
  }

  /** A scan that is not read to its end is not left to db-adapter. */
  private void scan(Consumer<StampLeafServiceBlockingStub> reading) {
    Context.CancellableContext call = Context.current().withCancellation();
    Context before = call.attach();
    try {
      boolean unused =
          ask(
              scan,
              within -> {
                reading.accept(within);
                return true;
              });
    } finally {
      call.detach(before);
      boolean unused = call.cancel(null);
    }
  }

  private <R> R ask(Function<StampLeafServiceBlockingStub, R> question) {
    return ask(answer, question);
  }

  private <R> R ask(Duration limit, Function<StampLeafServiceBlockingStub, R> question) {
    try {
      return question.apply(stub.withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS));
    } catch (StatusRuntimeException failure) {
      throw Statuses.faultOf(failure);
    }
  }
}
