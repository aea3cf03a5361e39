// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.rpc;

import dev.omnibridge.api.log.v1.ListStampRowsRequest;
import dev.omnibridge.api.log.v1.ListStampRowsResponse;
import dev.omnibridge.api.stamping.v1.BatchCreateStampsRequest;
import dev.omnibridge.api.stamping.v1.BatchCreateStampsResponse;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.CreateStampResponse;
import dev.omnibridge.api.stamping.v1.ExportStampRequest;
import dev.omnibridge.api.stamping.v1.ExportStampResponse;
import dev.omnibridge.api.stamping.v1.GetSliceRequest;
import dev.omnibridge.api.stamping.v1.GetSliceResponse;
import dev.omnibridge.api.stamping.v1.GetStampRequest;
import dev.omnibridge.api.stamping.v1.GetStampResponse;
import dev.omnibridge.api.stamping.v1.GetUploadRequest;
import dev.omnibridge.api.stamping.v1.GetUploadResponse;
import dev.omnibridge.api.stamping.v1.ListStampsRequest;
import dev.omnibridge.api.stamping.v1.ListStampsResponse;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc.StampingServiceImplBase;
import dev.omnibridge.api.stamping.v1.UploadStampRequest;
import dev.omnibridge.api.stamping.v1.UploadStampResponse;
import dev.omnibridge.api.stamping.v1.ValidateStampRequest;
import dev.omnibridge.api.stamping.v1.ValidateStampResponse;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.runtime.rpc.MessageRules;
import dev.omnibridge.runtime.rpc.Replies;
import dev.omnibridge.stamping.store.StampStore;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;
import io.vertx.core.Future;

/** The stamping service over gRPC. */
public final class StampingApi extends StampingServiceImplBase {
  private final Context context;
  private final Stamper stamper;
  private final Sources sources;
  private final Uploads uploads;
  private final Checks checks;
  private final Exports exports;
  private final StampStore store;
  private final int batchLanes;
  private final MessageRules rules = new MessageRules();

  public StampingApi(
      Context context,
      Stamper stamper,
      Sources sources,
      Uploads uploads,
      Checks checks,
      Exports exports,
      StampStore store,
      int batchLanes) {
    this.context = context;
    this.stamper = stamper;
    this.sources = sources;
    this.uploads = uploads;
    this.checks = checks;
    this.exports = exports;
    this.store = store;
    this.batchLanes = batchLanes;
  }

  @Override
  public void createStamp(CreateStampRequest request, StreamObserver<CreateStampResponse> out) {
    Replies.unary(context, out, scope -> stamper.create(request, scope));
  }

  @Override
  public StreamObserver<UploadStampRequest> uploadStamp(StreamObserver<UploadStampResponse> out) {
    var call = (ServerCallStreamObserver<UploadStampResponse>) out;
    return Upload.start(context, stamper, uploads, call);
  }

  @Override
  public void getUpload(GetUploadRequest request, StreamObserver<GetUploadResponse> out) {
    Replies.unary(
        context,
        out,
        _ ->
            uploads
                .offset(request.getUploadId())
                .map(offset -> GetUploadResponse.newBuilder().setOffset(offset).build()));
  }

  @Override
  public void batchCreateStamps(
      BatchCreateStampsRequest request, StreamObserver<BatchCreateStampsResponse> out) {
    Replies.unary(
        context,
        out,
        scope -> Batch.run(request, batchLanes, rules, item -> stamper.create(item, scope)));
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
    Replies.unary(context, out, scope -> checks.validate(request, scope));
  }

  @Override
  public void listStamps(ListStampsRequest request, StreamObserver<ListStampsResponse> out) {
    Replies.unary(context, out, scope -> store.list(rows(request), scope).map(StampingApi::page));
  }

  @Override
  public void getSlice(GetSliceRequest request, StreamObserver<GetSliceResponse> out) {
    Replies.unary(context, out, scope -> sources.slice(request, scope));
  }

  @Override
  public void exportStamp(ExportStampRequest request, StreamObserver<ExportStampResponse> out) {
    Replies.unary(context, out, scope -> exports.export(request, scope));
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
