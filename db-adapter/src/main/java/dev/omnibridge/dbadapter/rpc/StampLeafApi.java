// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.rpc;

import dev.omnibridge.api.log.v1.CompareStampsRequest;
import dev.omnibridge.api.log.v1.CompareStampsResponse;
import dev.omnibridge.api.log.v1.GetStampEventsRequest;
import dev.omnibridge.api.log.v1.GetStampEventsResponse;
import dev.omnibridge.api.log.v1.GetStampLeafRequest;
import dev.omnibridge.api.log.v1.GetStampLeafResponse;
import dev.omnibridge.api.log.v1.GetStampLogRequest;
import dev.omnibridge.api.log.v1.GetStampLogResponse;
import dev.omnibridge.api.log.v1.ListStampCheckpointsRequest;
import dev.omnibridge.api.log.v1.ListStampCheckpointsResponse;
import dev.omnibridge.api.log.v1.ListStrayStampsRequest;
import dev.omnibridge.api.log.v1.ListStrayStampsResponse;
import dev.omnibridge.api.log.v1.ListUnsignedStampLogsRequest;
import dev.omnibridge.api.log.v1.ListUnsignedStampLogsResponse;
import dev.omnibridge.api.log.v1.ReadStampLeavesRequest;
import dev.omnibridge.api.log.v1.ReadStampLeavesResponse;
import dev.omnibridge.api.log.v1.StampLeafServiceGrpc.StampLeafServiceImplBase;
import dev.omnibridge.api.log.v1.StoreStampCheckpointRequest;
import dev.omnibridge.api.log.v1.StoreStampCheckpointResponse;
import dev.omnibridge.dbadapter.store.Database;
import dev.omnibridge.dbadapter.store.StampCheckpoints;
import dev.omnibridge.dbadapter.store.StampLeaves;
import dev.omnibridge.dbadapter.store.StampScan;
import dev.omnibridge.runtime.rpc.Replies;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;

/** The leaves of the stamp logs over gRPC. */
public final class StampLeafApi extends StampLeafServiceImplBase {
  /** As many leaves as are read without a connection of their own. */
  private static final int FEW = 256;

  private final Context context;
  private final Database database;
  private final StampLeaves leaves;
  private final StampCheckpoints checkpoints;
  private final StampRows rows = new StampRows();
  private final Turns turns;

  /** Scans open connections of their own. */
  public StampLeafApi(
      Context context, Database database, StampLeaves leaves, StampCheckpoints checkpoints) {
    this.context = context;
    this.database = database;
    this.leaves = leaves;
    this.checkpoints = checkpoints;
    this.turns = new Turns(context, StampRows::busy);
  }

  @Override
  public void getStampLog(GetStampLogRequest request, StreamObserver<GetStampLogResponse> out) {
    Replies.unary(context, out, _ -> leaves.log(request.getNamespace()));
  }

  @Override
  public void listUnsignedStampLogs(
      ListUnsignedStampLogsRequest request, StreamObserver<ListUnsignedStampLogsResponse> out) {
    Replies.unary(context, out, _ -> leaves.unsigned(request));
  }

  @Override
  public void getStampLeaf(GetStampLeafRequest request, StreamObserver<GetStampLeafResponse> out) {
    Replies.unary(context, out, _ -> leaves.leaf(request));
  }

  @Override
  public void readStampLeaves(
      ReadStampLeavesRequest request, StreamObserver<ReadStampLeavesResponse> out) {
    var caller = (ServerCallStreamObserver<ReadStampLeavesResponse>) out;
    if (request.getToIndex() - request.getFromIndex() <= FEW) {
      var few = new FewLeaves(leaves, request);
      new Pages<>(context, turns, caller, few::next).begin();
      return;
    }
    rows.send(
        caller,
        () ->
            StampScan.leaves(
                database, request.getNamespace(), request.getFromIndex(), request.getToIndex()));
  }

  @Override
  public void compareStamps(
      CompareStampsRequest request, StreamObserver<CompareStampsResponse> out) {
    rows.send(
        (ServerCallStreamObserver<CompareStampsResponse>) out,
        () ->
            StampScan.compared(
                database,
                request.getNamespace(),
                request.getOnlyDiffering(),
                request.getFromIndex(),
                request.getToIndex()));
  }

  @Override
  public void listStrayStamps(
      ListStrayStampsRequest request, StreamObserver<ListStrayStampsResponse> out) {
    Replies.unary(context, out, _ -> leaves.strays(request.getNamespace()));
  }

  @Override
  public void getStampEvents(
      GetStampEventsRequest request, StreamObserver<GetStampEventsResponse> out) {
    Replies.unary(context, out, _ -> leaves.events(request));
  }

  @Override
  public void storeStampCheckpoint(
      StoreStampCheckpointRequest request, StreamObserver<StoreStampCheckpointResponse> out) {
    Replies.unary(context, out, _ -> checkpoints.store(request));
  }

  @Override
  public void listStampCheckpoints(
      ListStampCheckpointsRequest request, StreamObserver<ListStampCheckpointsResponse> out) {
    Replies.unary(context, out, _ -> checkpoints.list(request));
  }
}
