// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc;
import dev.omnibridge.api.stamping.v1.UploadStampRequest;
import dev.omnibridge.api.stamping.v1.UploadStampResponse;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A client that uploads as fast as the server takes it in, and no faster. */
final class UploadClient
    implements ClientResponseObserver<UploadStampRequest, UploadStampResponse> {
  private final Iterator<ByteString> pieces;
  private final CompletableFuture<UploadStampResponse> answer = new CompletableFuture<>();
  private UploadStampRequest.Builder next;

  private UploadClient(StampOptions options, Iterator<ByteString> pieces) {
    this.pieces = pieces;
    this.next = UploadStampRequest.newBuilder().setOptions(options);
  }

  static CompletableFuture<UploadStampResponse> upload(
      Channel channel, StampOptions options, Iterator<ByteString> pieces) {
    return upload(channel, options, pieces, Duration.ofSeconds(60));
  }

  static CompletableFuture<UploadStampResponse> upload(
      Channel channel, StampOptions options, Iterator<ByteString> pieces, Duration limit) {
    var upload = new UploadClient(options, pieces);
    StampingServiceGrpc.newStub(channel)
        .withWaitForReady()
        .withDeadlineAfter(limit.toSeconds(), TimeUnit.SECONDS)
        .uploadStamp(upload);
    return upload.answer;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<UploadStampRequest> call) {
    call.setOnReadyHandler(() -> sendWhileReady(call));
  }

  private void sendWhileReady(ClientCallStreamObserver<UploadStampRequest> call) {
    while (call.isReady() && pieces.hasNext()) {
      call.onNext(next.setChunk(pieces.next()).build());
      next = UploadStampRequest.newBuilder();
      if (!pieces.hasNext()) {
        call.onCompleted();
      }
    }
  }

  @Override
  public void onNext(UploadStampResponse response) {
    answer.complete(response);
  }

  @Override
  public void onError(Throwable failure) {
    answer.completeExceptionally(failure);
  }

  @Override
  public void onCompleted() {
    answer.completeExceptionally(new IllegalStateException("The call ended without an answer"));
  }
}
