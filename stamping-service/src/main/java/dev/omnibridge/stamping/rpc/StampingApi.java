// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.rpc;

import dev.omnibridge.api.log.v1.ListStampRowsRequest;
import dev.omnibridge.api.log.v1.ListStampRowsResponse;
import dev.omnibridge.api.stamping.v1.BatchCreateStampsRequest;
import dev.omnibridge.api.stamping.v1.BatchCreateStampsResponse;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.CreateStampResponse;
import dev.omnibridge.api.stamping.v1.GetStampRequest;
import dev.omnibridge.api.stamping.v1.GetStampResponse;
import dev.omnibridge.api.stamping.v1.ListStampsRequest;
import dev.omnibridge.api.stamping.v1.ListStampsResponse;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc.StampingServiceImplBase;
import dev.omnibridge.api.stamping.v1.UploadStampRequest;
import dev.omnibridge.api.stamping.v1.UploadStampResponse;
import dev.omnibridge.api.stamping.v1.ValidateStampRequest;
import dev.omnibridge.api.stamping.v1.ValidateStampResponse;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.runtime.rpc.Replies;
import dev.omnibridge.stamping.store.StampStore;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Duration;

/** The stamping service over gRPC. */
public final class StampingApi extends StampingServiceImplBase {
  private final Context context;
  private final Stamper stamper;
  private final StampStore store;
  private final int batchLanes;
  private final Duration uploadIdle;

  public StampingApi(
      Context context, Stamper stamper, StampStore store, int batchLanes, Duration uploadIdle) {
    this.context = context;
    this.stamper = stamper;
    this.store = store;
    this.batchLanes = batchLanes;
    this.uploadIdle = uploadIdle;
  }

  @Override
  public void createStamp(CreateStampRequest request, StreamObserver<CreateStampResponse> out) {
    Replies.unary(context, out, scope -> stamper.create(request, scope));
  }

  @Override
  public StreamObserver<UploadStampRequest> uploadStamp(StreamObserver<UploadStampResponse> out) {
    var call = (ServerCallStreamObserver<UploadStampResponse>) out;
    return Upload.start(context, stamper, uploadIdle, call);
  }

  @Override
  public void batchCreateStamps(
      BatchCreateStampsRequest request, StreamObserver<BatchCreateStampsResponse> out) {
    Replies.unary(
        context, out, scope -> Batch.run(request, batchLanes, item -> stamper.create(item, scope)));
  }

  @Override
  public void getStamp(GetStampRequest request, StreamObserver<GetStampResponse> out) {
    Replies.unary(context, out, scope -> find(request, scope));
  }

  private Future<GetStampResponse> find(GetStampRequest request, CallScope scope) {
    var hash = Hashes.parse("hash", request.getHash());
    return store
        .find(Order.namespace(request.getNamespace()), hash, scope)
        .map(row -> GetStampResponse.newBuilder().setStamp(Messages.stamp(row)).build());
  }

  @Override
  public void validateStamp(
      ValidateStampRequest request, StreamObserver<ValidateStampResponse> out) {
    Replies.unary(context, out, _ -> stamper.validate(request));
  }

  @Override
  public void listStamps(ListStampsRequest request, StreamObserver<ListStampsResponse> out) {
    Replies.unary(context, out, scope -> store.list(rows(request), scope).map(StampingApi::page));
  }

  private static ListStampRowsRequest rows(ListStampsRequest request) {
    return ListStampRowsRequest.newBuilder()
        .setNamespace(Order.namespace(request.getNamespace()))
        .setRunId(request.getRunId())
        .setPageSize(request.getPageSize())
        .setPageToken(request.getPageToken())
        .build();
  }

  private static ListStampsResponse page(ListStampRowsResponse rows) {
    var page = ListStampsResponse.newBuilder().setNextPageToken(rows.getNextPageToken());
    rows.getStampsList().forEach(row -> page.addStamps(Messages.stamp(row)));
    return page.build();
  }
}
