// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.store;

import dev.omnibridge.api.content.v1.ContentServiceGrpc;
import dev.omnibridge.api.content.v1.GetContentRequest;
import dev.omnibridge.intelligence.analysis.Sample;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.CallScope;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.stub.ClientCalls;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads stored contents from db-adapter, a chunk at a time and never more than the bound. */
public final class ContentSource {
  private final Channel channel;
  private final int limit;

  public ContentSource(Channel channel, int limit) {
    this.channel = channel;
    this.limit = limit;
  }

  /**
   * Reads the first part of a content. The answer arrives on the Vert.x context of the caller.
   * Fails with CONTENT_NOT_FOUND, or with CONTENT_STORE_UNAVAILABLE while db-adapter is away.
   */
  public Future<Sample> read(String hash, @Nullable String path, CallScope scope, Duration time) {
    var context = (ContextInternal) Vertx.currentContext();
    Promise<Sample> promise = context == null ? Promise.promise() : context.promise();
    var request = GetContentRequest.newBuilder().setContentHash(hash).setLength(limit).build();
    var reader = new SampleReader(promise, path, limit);
    // A fresh gRPC context: deadline and cancellation are passed on explicitly.
    io.grpc.Context.ROOT.run(() ->
        ClientCalls.asyncServerStreamingCall(
            channel.newCall(
                ContentServiceGrpc.getGetContentMethod(),
                CallOptions.DEFAULT.withDeadlineAfter(
                    Math.max(1, time.toNanos()), TimeUnit.NANOSECONDS)),
            request,
            reader));
    Runnable forget = scope.onCancelled(reader::cancel);
    return promise.future().onComplete(_ -> forget.run()).recover(ContentSource::told);
  }

  /** What only the transport says gets a name of its own; what the store says passes unchanged. */
  private static Future<Sample> told(Throwable failure) {
    if (failure instanceof Fault fault && fault.is("GRPC_UNAVAILABLE")) {
      return Future.failedFuture(
          Fault.unavailable(
              "CONTENT_STORE_UNAVAILABLE", "The content store cannot be reached.", failure));
    }
    if (failure instanceof Fault fault && fault.is("GRPC_DEADLINE_EXCEEDED")) {
      return Future.failedFuture(
          Fault.of(
              Kind.TIMEOUT,
              "CONTENT_STORE_TIMEOUT",
              "The content store did not send the content in time."));
    }
    return Future.failedFuture(failure);
  }
}
