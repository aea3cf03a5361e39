// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.rpc;

import dev.omnibridge.api.intelligence.v1.AnalyzeRequest;
import dev.omnibridge.api.intelligence.v1.AnalyzeRequest.SourceCase;
import dev.omnibridge.api.intelligence.v1.AnalyzeResponse;
import dev.omnibridge.api.intelligence.v1.IntelligenceServiceGrpc;
import dev.omnibridge.intelligence.IntelligenceConfig;
import dev.omnibridge.intelligence.analysis.Sample;
import dev.omnibridge.intelligence.store.ContentSource;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.runtime.rpc.Replies;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Answers Analyze: finds the bytes, waits for a turn, analyses on a worker thread. */
public final class IntelligenceApi extends IntelligenceServiceGrpc.IntelligenceServiceImplBase {
  private final Context context;
  private final IntelligenceConfig config;
  private final ContentSource contents;
  private final Turns turns;
  private final Analyses analyses;

  public IntelligenceApi(
      Context context,
      IntelligenceConfig config,
      ContentSource contents,
      Turns turns,
      Analyses analyses) {
    this.context = context;
    this.config = config;
    this.contents = contents;
    this.turns = turns;
    this.analyses = analyses;
  }

  @Override
  public void analyze(AnalyzeRequest request, StreamObserver<AnalyzeResponse> out) {
    Replies.unary(context, out, scope -> analyze(request, scope));
  }

  private Future<AnalyzeResponse> analyze(AnalyzeRequest request, CallScope scope) {
    Duration limit = scope.within(config.timeout());
    return turns
        .take(scope, limit, work(request, scope))
        .timeout(Math.max(1, limit.toMillis()), TimeUnit.MILLISECONDS)
        .recover(IntelligenceApi::inTime);
  }

  /** What waits for its turn keeps the part to analyse, not the whole request. */
  private Supplier<Future<AnalyzeResponse>> work(AnalyzeRequest request, CallScope scope) {
    String path = request.getFilePath();
    if (request.getSourceCase() == SourceCase.CONTENT) {
      int size = request.getContent().size();
      byte[] part =
          request.getContent().substring(0, Math.min(size, config.maxBytes())).toByteArray();
      return () -> analyses.run(new Sample(part, size, path), scope);
    }
    String hash = request.getContentHash().toLowerCase(Locale.ROOT);
    return () ->
        contents
            .read(hash, path, scope, scope.within(config.timeout()))
            .compose(sample -> analyses.run(sample, scope));
  }

  private static Future<AnalyzeResponse> inTime(Throwable failure) {
    return Future.failedFuture(
        failure instanceof TimeoutException
            ? Fault.of(
                Kind.TIMEOUT, "ANALYSIS_TIMEOUT", "The time was over before the analysis was done.")
            : failure);
  }
}
