// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator;

import dev.omnibridge.api.workflow.v1.WatchWorkflowRequest;
import dev.omnibridge.api.workflow.v1.WatchWorkflowResponse;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Asks for events only when the test says so. */
final class SlowWatcher
    implements ClientResponseObserver<WatchWorkflowRequest, WatchWorkflowResponse> {
  final CompletableFuture<List<Long>> done = new CompletableFuture<>();
  private final List<Long> versions = new ArrayList<>();
  private @Nullable ClientCallStreamObserver<WatchWorkflowRequest> call;

  @Override
  public void beforeStart(ClientCallStreamObserver<WatchWorkflowRequest> started) {
    started.disableAutoRequestWithInitial(1);
    call = started;
  }

  void ask(int count) {
    Objects.requireNonNull(call).request(count);
  }

  @Override
  public void onNext(WatchWorkflowResponse response) {
    versions.add(response.getEvent().getVersion());
  }

  @Override
  public void onError(Throwable failure) {
    done.completeExceptionally(failure);
  }

  @Override
  public void onCompleted() {
    done.complete(versions);
  }
}
