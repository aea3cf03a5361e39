// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.rpc;

import dev.omnibridge.intelligence.analysis.Analysis;
import dev.omnibridge.intelligence.analysis.Analyzer;
import dev.omnibridge.intelligence.analysis.Sample;
import dev.omnibridge.intelligence.index.Features;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.CallScope;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.Callable;

/** Does what takes long on worker threads, never on an event loop. */
public final class Work {
  private final Analyzer analyzer;
  private final WorkerExecutor workers;

  public Work(Analyzer analyzer, WorkerExecutor workers) {
    this.analyzer = analyzer;
    this.workers = workers;
  }

  /** Analyses a sample, unless nobody waits for the answer any more. */
  Future<AnalysisCache.Made> analyze(Sample sample, boolean inTree, CallScope scope) {
    return run(() -> made(sample, inTree), scope);
  }

  private AnalysisCache.Made made(Sample sample, boolean inTree) {
    long started = System.nanoTime();
    Analysis analysis = analyzer.analyze(sample, inTree);
    long spent = System.nanoTime() - started;
    String text = analysis.text() == null ? null : sample.text();
    return new AnalysisCache.Made(
        AnalysisMessages.toMessage(analysis), spent, text == null ? null : Features.of(text));
  }

  /** Runs something, unless nobody waits for the answer any more. */
  <T> Future<T> run(Callable<T> task, CallScope scope) {
    return workers.executeBlocking(
        () -> {
          if (scope.cancelled()) {
            throw Fault.of(
                Kind.CANCELLED, "CALL_CANCELLED", "The caller no longer waits for the answer.");
          }
          return task.call();
        },
        false);
  }

  Analyzer analyzer() {
    return analyzer;
  }
}
