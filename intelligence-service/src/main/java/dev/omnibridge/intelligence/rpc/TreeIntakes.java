// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.rpc;

import dev.omnibridge.api.intelligence.v1.AnalyzeTreeRequest;
import dev.omnibridge.api.intelligence.v1.AnalyzeTreeResponse;
import dev.omnibridge.intelligence.store.ContentSource;
import dev.omnibridge.intelligence.store.TreeStore;
import dev.omnibridge.runtime.rpc.Replies;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers AnalyzeTree: a few trees at once, each in a bounded part of the memory. */
public final class TreeIntakes {
  private static final int AT_ONCE = 4;

  private final Context context;
  private final Work work;
  private final ContentSource contents;
  private final TreeStore trees;
  private final TreeRoom room = new TreeRoom();
  private final AtomicInteger underWay = new AtomicInteger();

  public TreeIntakes(Context context, Work work, ContentSource contents, TreeStore trees) {
    this.context = context;
    this.work = work;
    this.contents = contents;
    this.trees = trees;
  }

  StreamObserver<AnalyzeTreeRequest> begin(ServerCallStreamObserver<AnalyzeTreeResponse> out) {
    if (underWay.incrementAndGet() > AT_ONCE) {
      underWay.decrementAndGet();
      Replies.fail(out, TreeRoom.busy());
      return new Ignored();
    }
    return TreeIntake.begin(
        context,
        out,
        new TreeIntake.Means(work, contents, trees, room),
        () -> underWay.decrementAndGet());
  }

  /** What a client still sends after its call was refused. */
  private static final class Ignored implements StreamObserver<AnalyzeTreeRequest> {
    @Override
    public void onNext(AnalyzeTreeRequest message) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
