// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.rpc;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.content.v1.ContentServiceGrpc;
import dev.omnibridge.api.content.v1.GetContentRequest;
import dev.omnibridge.api.content.v1.GetContentResponse;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.runtime.rpc.Replies;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The other side of a read, which can be told to hang or to stop too early. */
public final class StoredContents extends ContentServiceGrpc.ContentServiceImplBase {
  private static final int CHUNK = 1000;

  private final Map<String, byte[]> stored = new ConcurrentHashMap<>();
  private final Queue<ServerCallStreamObserver<GetContentResponse>> held =
      new ConcurrentLinkedQueue<>();
  public final Queue<GetContentRequest> asked = new ConcurrentLinkedQueue<>();
  final CompletableFuture<Duration> timeLeft = new CompletableFuture<>();
  final CompletableFuture<Void> cancelled = new CompletableFuture<>();
  public volatile boolean holding;
  volatile boolean stoppingEarly;

  public String put(byte[] bytes) {
    String hash = Blake3.hash(bytes).hex();
    stored.put(hash, bytes);
    return hash;
  }

  public int held() {
    return held.size();
  }

  /** Answers the calls that were held, with nothing in them, and holds no more. */
  public void release() {
    holding = false;
    for (var out = held.poll(); out != null; out = held.poll()) {
      out.onNext(GetContentResponse.getDefaultInstance());
      out.onCompleted();
    }
  }

  @Override
  public void getContent(GetContentRequest request, StreamObserver<GetContentResponse> answer) {
    var out = (ServerCallStreamObserver<GetContentResponse>) answer;
    asked.add(request);
    timeLeft.complete(CallScope.current().within(Duration.ofHours(1)));
    out.setOnCancelHandler(() -> cancelled.complete(null));
    byte[] bytes = stored.get(request.getContentHash());
    if (bytes == null) {
      Replies.fail(out, Fault.notFound("CONTENT_NOT_FOUND", "There is no such content."));
    } else if (holding) {
      held.add(out);
    } else {
      send(bytes, request, out);
    }
  }

  private void send(
      byte[] bytes, GetContentRequest request, StreamObserver<GetContentResponse> out) {
    int end =
        request.getLength() == 0 ? bytes.length : (int) Math.min(bytes.length, request.getLength());
    for (int at = 0; at == 0 || at < end; at += CHUNK) {
      var part = GetContentResponse.newBuilder();
      part.setChunk(ByteString.copyFrom(bytes, at, Math.min(CHUNK, end - at)));
      if (at == 0) {
        part.setTotalSize(bytes.length);
      }
      out.onNext(part.build());
      if (stoppingEarly) {
        break;
      }
    }
    out.onCompleted();
  }
}
