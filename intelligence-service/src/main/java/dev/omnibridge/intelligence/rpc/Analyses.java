// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.rpc;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.omnibridge.api.intelligence.v1.AnalyzeRequest;
import dev.omnibridge.api.intelligence.v1.AnalyzeRequest.SourceCase;
import dev.omnibridge.api.intelligence.v1.AnalyzeResponse;
import dev.omnibridge.intelligence.IntelligenceConfig;
import dev.omnibridge.intelligence.analysis.Sample;
import dev.omnibridge.intelligence.index.Change.Seen;
import dev.omnibridge.intelligence.rpc.AnalysisCache.Key;
import dev.omnibridge.intelligence.rpc.AnalysisCache.Made;
import dev.omnibridge.intelligence.store.AnalysisEvents;
import dev.omnibridge.intelligence.store.AnalysisRecord;
import dev.omnibridge.intelligence.store.AnalysisRecord.Outcome;
import dev.omnibridge.intelligence.store.ContentSource;
import dev.omnibridge.intelligence.store.TreeStore;
import dev.omnibridge.intelligence.stream.Indexing;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.Timeouts;
import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.runtime.rpc.Statuses;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.TimeoutException;

/**
 * Answers Analyze: finds the bytes, waits for a turn, analyses on a worker thread or takes what was
 * made lately, and looks for near duplicates. The events follow the answer.
 */
public final class Analyses {
  private static final String DEFAULT_NAMESPACE = "default";

  private final IntelligenceConfig config;
  private final ContentSource contents;
  private final TreeStore trees;
  private final Turns turns;
  private final Work work;
  private final Similarity similarity;
  private final Indexing indexing;
  private final AnalysisEvents events;
  private final Clock clock;
  private final AnalysisCache cache = new AnalysisCache(Ticker.systemTicker());

  /** Where the bytes and the trees are. */
  public record Sources(ContentSource contents, TreeStore trees) {}

  /** Where what was found out goes besides the answer. */
  public record Sinks(Indexing indexing, AnalysisEvents events, Clock clock) {}

  public Analyses(
      IntelligenceConfig config,
      Sources sources,
      Turns turns,
      Work work,
      Similarity similarity,
      Sinks sinks) {
    this.config = config;
    this.contents = sources.contents();
    this.trees = sources.trees();
    this.turns = turns;
    this.work = work;
    this.similarity = similarity;
    this.indexing = sinks.indexing();
    this.events = sinks.events();
    this.clock = sinks.clock();
  }

  Future<AnalyzeResponse> analyze(AnalyzeRequest request, CallScope scope) {
    Instant requestedAt = clock.instant().truncatedTo(ChronoUnit.MICROS);
    long started = System.nanoTime();
    Duration limit = scope.within(config.timeout());
    return Timeouts.within(limit, turns.take(scope, limit, () -> answer(request, scope)))
        .recover(Analyses::inTime)
        .andThen((answer, failure) ->
            events.record(
                record(
                    request,
                    requestedAt,
                    System.nanoTime() - started,
                    failure == null
                        ? new Outcome.Completed(answer)
                        : new Outcome.Failed(Statuses.faultOf(failure)))));
  }

  private static AnalysisRecord record(
      AnalyzeRequest request, Instant requestedAt, long nanos, Outcome outcome) {
    String correlation = request.getCorrelationId();
    return new AnalysisRecord(
        namespace(request),
        correlation.isEmpty() ? UUID.randomUUID() : UUID.fromString(correlation),
        request.getFilePath(),
        request.getContentHash().toLowerCase(Locale.ROOT),
        request.getAnalysisContext(),
        requestedAt,
        Duration.ofNanos(nanos / 1_000 * 1_000),
        outcome);
  }

  private static String namespace(AnalyzeRequest request) {
    return request.getNamespace().isEmpty() ? DEFAULT_NAMESPACE : request.getNamespace();
  }

  private Future<AnalyzeResponse> answer(AnalyzeRequest request, CallScope scope) {
    var draft = AnalyzeResponse.newBuilder();
    return inTree(request, draft, scope)
        .compose(inTree ->
            hash(request, scope)
                .compose(hash ->
                    analysed(request, new Key(hash, request.getFilePath(), inTree), draft, scope)));
  }

  /** What waits for its turn keeps the request; of its content only the part is copied. */
  private Future<String> hash(AnalyzeRequest request, CallScope scope) {
    return request.getSourceCase() == SourceCase.CONTENT
        ? work.run(() -> Blake3.hash(request.getContent().toByteArray()).hex(), scope)
        : Future.succeededFuture(request.getContentHash().toLowerCase(Locale.ROOT));
  }

  private Future<AnalyzeResponse> analysed(
      AnalyzeRequest request, Key key, AnalyzeResponse.Builder draft, CallScope scope) {
    Made known = cache.get(key);
    Future<Made> made =
        known != null
            ? Future.succeededFuture(known)
            : sample(request, key.contentHash(), scope)
                .compose(sample -> work.analyze(sample, key.inTree(), scope))
                .onSuccess(fresh -> cache.put(key, fresh));
    return made.compose(analysis -> {
      draft
          .setAnalysis(analysis.analysis())
          .setAnalysisNanos(analysis.nanos())
          .setCached(known != null)
          .setContentHash(key.contentHash());
      return withDuplicates(request, key, analysis, draft, scope);
    });
  }

  private Future<Sample> sample(AnalyzeRequest request, String hash, CallScope scope) {
    String path = request.getFilePath();
    if (request.getSourceCase() != SourceCase.CONTENT) {
      return contents.read(hash, path, scope, scope.within(config.timeout()));
    }
    int size = request.getContent().size();
    byte[] part =
        request.getContent().substring(0, Math.min(size, config.maxBytes())).toByteArray();
    return Future.succeededFuture(new Sample(part, size, path));
  }

  private Future<AnalyzeResponse> withDuplicates(
      AnalyzeRequest request, Key key, Made made, AnalyzeResponse.Builder draft, CallScope scope) {
    if (made.features() == null) {
      return Future.succeededFuture(draft.build());
    }
    indexing.offer(
        new Seen(namespace(request), key.contentHash(), request.getFilePath(), made.features()));
    return similarity
        .nearDuplicates(key.contentHash(), namespace(request), made.features(), scope)
        .map(found -> draft.addAllNearDuplicates(found).build())
        .otherwise(
            failure -> degraded(draft, "Near duplicates were not looked for", failure).build());
  }

  /** Whether the tree that is named has the file; without the tree the analysis is less sure. */
  private Future<Boolean> inTree(
      AnalyzeRequest request, AnalyzeResponse.Builder draft, CallScope scope) {
    if (request.getTreeId().isEmpty()) {
      return Future.succeededFuture(false);
    }
    return trees
        .load(request.getTreeId(), scope)
        .map(loaded -> loaded.search().has(request.getFilePath()))
        .otherwise(failure -> {
          degraded(draft, "The project tree was not used", failure);
          return false;
        });
  }

  private static AnalyzeResponse.Builder degraded(
      AnalyzeResponse.Builder draft, String what, Throwable failure) {
    return draft.setDegraded(true).addDegradations(what + ": " + Statuses.told(failure).sentence());
  }

  private static Future<AnalyzeResponse> inTime(Throwable failure) {
    return Future.failedFuture(
        failure instanceof TimeoutException
            ? Fault.of(
                Kind.TIMEOUT, "ANALYSIS_TIMEOUT", "The time was over before the analysis was done.")
            : failure);
  }
}
