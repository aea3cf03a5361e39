// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.rpc;

import dev.omnibridge.api.intelligence.v1.AnalyzeResponse;
import dev.omnibridge.intelligence.analysis.Analyzer;
import dev.omnibridge.intelligence.analysis.Sample;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.CallScope;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;

/** Runs analyses on worker threads, never on an event loop. */
public final class Analyses {
  private final Analyzer analyzer;
  private final WorkerExecutor workers;

  public Analyses(Analyzer analyzer, WorkerExecutor workers) {
    this.analyzer = analyzer;
    this.workers = workers;
  }

  /** Analyses a sample, unless nobody waits for the answer any more. */
  Future<AnalyzeResponse> run(Sample sample, CallScope scope) {
    return workers.executeBlocking(() -> analyze(sample, scope), false);
  }

  private AnalyzeResponse analyze(Sample sample, CallScope scope) {
    if (scope.cancelled()) {
      throw Fault.of(
          Kind.CANCELLED, "CALL_CANCELLED", "The caller no longer waits for the answer.");
    }
    long started = System.nanoTime();
    var analysis = analyzer.analyze(sample);
    long spent = System.nanoTime() - started;
    return AnalyzeResponse.newBuilder()
        .setAnalysis(AnalysisMessages.toMessage(analysis))
        .setAnalysisNanos(spent)
        .build();
  }
}
