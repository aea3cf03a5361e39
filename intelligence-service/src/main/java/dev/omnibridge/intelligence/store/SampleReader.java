// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.store;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.content.v1.GetContentRequest;
import dev.omnibridge.api.content.v1.GetContentResponse;
import dev.omnibridge.intelligence.analysis.Sample;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.vertx.core.Promise;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Collects a stream of chunks into a sample, asking for one chunk at a time. */
final class SampleReader implements ClientResponseObserver<GetContentRequest, GetContentResponse> {
  private static final int FIRST_BUFFER = 8192;

  private final Promise<Sample> promise;
  private final @Nullable String path;
  private final int limit;
  private volatile @Nullable ClientCallStreamObserver<GetContentRequest> call;
  private byte[] buffer = new byte[0];
  private int length;
  private long totalSize = -1;

  SampleReader(Promise<Sample> promise, @Nullable String path, int limit) {
    this.promise = promise;
    this.path = path;
    this.limit = limit;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<GetContentRequest> started) {
    started.disableAutoRequestWithInitial(1);
    call = started;
  }

  @Override
  public void onNext(GetContentResponse part) {
    if (totalSize < 0) {
      totalSize = part.getTotalSize();
      buffer = new byte[(int) Math.clamp(totalSize, 0L, Math.min(limit, FIRST_BUFFER))];
    }
    append(part.getChunk());
    var current = call;
    if (current != null) {
      current.request(1);
    }
  }

  /** More than was asked for is left out; the store would have to be wrong to send it. */
  private void append(ByteString chunk) {
    int taken = Math.min(chunk.size(), limit - length);
    if (length + taken > buffer.length) {
      long wanted = Math.min(Math.max(totalSize, length + taken), limit);
      buffer = Arrays.copyOf(buffer, (int) wanted);
    }
    chunk.substring(0, taken).copyTo(buffer, length);
    length += taken;
  }

  @Override
  public void onCompleted() {
    long expected = Math.min(Math.max(totalSize, 0), limit);
    if (length < expected) {
      promise.tryFail(
          Fault.unavailable("CONTENT_INCOMPLETE", "The content ended before its stated size.", null)
              .with("expected_bytes", expected)
              .with("received_bytes", length));
      return;
    }
    byte[] bytes = length == buffer.length ? buffer : Arrays.copyOf(buffer, length);
    promise.tryComplete(new Sample(bytes, Math.max(totalSize, length), path));
  }

  @Override
  public void onError(Throwable failure) {
    promise.tryFail(Statuses.faultOf(failure));
  }

  /** Gives the call up; the store stops sending. */
  void cancel() {
    var current = call;
    if (current != null) {
      current.cancel("The caller no longer waits", null);
    }
  }
}
