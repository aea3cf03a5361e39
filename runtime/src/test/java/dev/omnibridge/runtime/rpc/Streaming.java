// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.content.v1.ContentServiceGrpc;
import dev.omnibridge.api.content.v1.PutContentRequest;
import dev.omnibridge.api.content.v1.PutContentResponse;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import java.util.zip.GZIPOutputStream;

/** Both ends of a call whose client streams, as tests hold them. */
final class Streaming {
  private static final String PATH =
      "/" + ContentServiceGrpc.getPutContentMethod().getFullMethodName();

  private Streaming() {}

  /** A call that is written byte by byte. */
  static HttpClientRequest request(HttpClient http, int port) throws Exception {
    return http.request(HttpMethod.POST, port, "127.0.0.1", PATH)
        .await(30, SECONDS)
        .setChunked(true)
        .putHeader("content-type", "application/grpc");
  }

  static CompletableFuture<HttpClientResponse> send(HttpClientRequest request) throws Exception {
    request.sendHead().await(30, SECONDS);
    return request.response().toCompletionStage().toCompletableFuture();
  }

  static Buffer message(ByteString chunk, boolean zipped) {
    byte[] bytes = PutContentRequest.newBuilder().setChunk(chunk).build().toByteArray();
    if (zipped) {
      bytes = zip(bytes);
    }
    return Buffer.buffer()
        .appendByte((byte) (zipped ? 1 : 0))
        .appendInt(bytes.length)
        .appendBytes(bytes);
  }

  private static byte[] zip(byte[] bytes) {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return out.toByteArray();
  }

  /** Takes uploads, and leaves it to the test when they go on. */
  static final class Contents extends ContentServiceGrpc.ContentServiceImplBase {
    private final LinkedBlockingQueue<Received> calls = new LinkedBlockingQueue<>();
    private volatile boolean refuses;

    Received next() {
      try {
        Received call = calls.poll(30, SECONDS);
        assertThat(call).isNotNull();
        return call;
      } catch (InterruptedException stopped) {
        throw new IllegalStateException(stopped);
      }
    }

    /** Whether calls are answered at once, before their handler is there. */
    void refuse(boolean all) {
      refuses = all;
    }

    @Override
    public StreamObserver<PutContentRequest> putContent(StreamObserver<PutContentResponse> out) {
      var call = new Received((ServerCallStreamObserver<PutContentResponse>) out);
      if (refuses) {
        out.onError(Status.RESOURCE_EXHAUSTED.asRuntimeException());
      } else {
        call.out.disableAutoRequest();
        call.out.setOnCancelHandler(() -> call.gone.complete(null));
        calls.add(call);
      }
      return call;
    }
  }

  /** A call as its handler sees it. */
  static final class Received implements StreamObserver<PutContentRequest> {
    final ServerCallStreamObserver<PutContentResponse> out;
    final Queue<ByteString> messages = new ConcurrentLinkedQueue<>();
    final CompletableFuture<Void> completed = new CompletableFuture<>();
    final CallScope scope = CallScope.current();
    final CompletableFuture<Void> gone = new CompletableFuture<>();
    volatile IntSupplier asksAnew = () -> 0;

    Received(ServerCallStreamObserver<PutContentResponse> out) {
      this.out = out;
    }

    @Override
    public void onNext(PutContentRequest message) {
      messages.add(message.getChunk());
      int more = asksAnew.getAsInt();
      if (more > 0) {
        // From another thread, as handlers do.
        Thread.ofVirtual().start(() -> out.request(more));
      }
    }

    @Override
    public void onError(Throwable cancelled) {}

    @Override
    public void onCompleted() {
      long size = messages.stream().mapToLong(ByteString::size).sum();
      out.onNext(PutContentResponse.newBuilder().setSize(size).build());
      out.onCompleted();
      completed.complete(null);
    }
  }

  /** Sends whenever its call takes more. */
  static final class Eager
      implements ClientResponseObserver<PutContentRequest, PutContentResponse> {
    private final PutContentRequest message;
    private final long size;
    private final long most;
    final AtomicLong sent = new AtomicLong();
    final CompletableFuture<PutContentResponse> answer = new CompletableFuture<>();

    Eager(int size, long most) {
      this.message =
          PutContentRequest.newBuilder().setChunk(ByteString.copyFrom(new byte[size])).build();
      this.size = size;
      this.most = most;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<PutContentRequest> started) {
      started.setOnReadyHandler(() -> {
        while (started.isReady() && sent.get() < most) {
          started.onNext(message);
          if (sent.addAndGet(size) >= most) {
            started.onCompleted();
          }
        }
      });
    }

    @Override
    public void onNext(PutContentResponse response) {
      answer.complete(response);
    }

    @Override
    public void onError(Throwable failure) {
      answer.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {}
  }
}
