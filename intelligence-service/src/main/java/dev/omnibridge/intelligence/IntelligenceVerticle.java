// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence;

import dev.omnibridge.intelligence.analysis.Analyzer;
import dev.omnibridge.intelligence.embedding.Embedders;
import dev.omnibridge.intelligence.index.ArtifactIndex;
import dev.omnibridge.intelligence.index.Searches;
import dev.omnibridge.intelligence.rpc.Analyses;
import dev.omnibridge.intelligence.rpc.IntelligenceApi;
import dev.omnibridge.intelligence.rpc.Questions;
import dev.omnibridge.intelligence.rpc.Similarity;
import dev.omnibridge.intelligence.rpc.TreeIntakes;
import dev.omnibridge.intelligence.rpc.TreeQuestions;
import dev.omnibridge.intelligence.rpc.Turns;
import dev.omnibridge.intelligence.rpc.Work;
import dev.omnibridge.intelligence.similarity.LexicalVector;
import dev.omnibridge.intelligence.store.AnalysisEvents;
import dev.omnibridge.intelligence.store.ContentSource;
import dev.omnibridge.intelligence.store.TreeStore;
import dev.omnibridge.intelligence.stream.EmbeddingPass;
import dev.omnibridge.intelligence.stream.FeedPositions;
import dev.omnibridge.intelligence.stream.Indexing;
import dev.omnibridge.intelligence.stream.StampFeed;
import dev.omnibridge.intelligence.testgen.TestGenerationPublisher;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.runtime.stream.Pump;
import dev.omnibridge.runtime.stream.PumpConfig;
import io.grpc.Channel;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Wires the intelligence service into an edge. */
public final class IntelligenceVerticle extends VerticleBase {
  private static final int FEED_BATCH = 64;

  /** What is indexed together is committed together; nobody waits for the index. */
  private static final Duration FEED_GATHER = Duration.ofMillis(250);

  private static final Duration FEED_LIMIT = Duration.ofMinutes(2);
  private static final long LONGEST_TASK_MINUTES = 5;

  private final IntelligenceConfig config;
  private final Edge edge;
  private @Nullable Running running;

  /** What has to be ended. */
  private record Running(
      List<WorkerExecutor> executors,
      Indexing indexing,
      EmbeddingPass pass,
      AnalysisEvents events,
      TestGenerationPublisher generations) {}

  public IntelligenceVerticle(IntelligenceConfig config, Edge edge) {
    this.config = config;
    this.edge = edge;
  }

  @Override
  public Future<?> start() {
    var similar = config.similar();
    WorkerExecutor writer = executor("index", 1);
    return writer
        .executeBlocking(() -> ArtifactIndex.open(similar.index(), similar.indexMax()), false)
        .onFailure(_ -> writer.close())
        .compose(index -> startOn(index, new Indexing(context, index, writer)));
  }

  /** What fails to start is not stopped by Vert.x, and the index is of one process at a time. */
  private Future<?> startOn(ArtifactIndex index, Indexing indexing) {
    return Future.succeededFuture()
        .compose(_ -> wire(index, indexing))
        .recover(failure ->
            (running == null ? indexing.close() : stop())
                .transform(_ -> Future.failedFuture(failure)));
  }

  private Future<?> wire(ArtifactIndex index, Indexing indexing) {
    Channel dbAdapter = edge.peer(Peer.DB_ADAPTER);
    var random = new SecureRandom();
    WorkerExecutor workers = executor("analysis", config.workers());
    WorkerExecutor embedding = executor("embedding", 1);
    var contents = new ContentSource(dbAdapter, config.maxBytes());
    var work = new Work(new Analyzer(), workers);
    var embedders = Embedders.of(embedding, config.similar().embeddings());
    var searches = new Searches(index, embedders.modelName(), LexicalVector.MODEL);
    var pass = new EmbeddingPass(vertx, embedders, searches, contents, indexing, workers);
    var events = new AnalysisEvents(context, dbAdapter, config.eventsQueue(), random);
    var generations =
        new TestGenerationPublisher(
            context, dbAdapter, Clock.systemUTC(), System::nanoTime, random);
    indexing.tell(edge.metrics());
    events.tell(edge.metrics());
    generations.tell(edge.metrics());
    running = new Running(List.of(workers, embedding), indexing, pass, events, generations);

    var positions = new FeedPositions(index::positions, dbAdapter);
    var stamps = new StampFeed(contents, indexing, searches, workers, positions::log);
    var pump = new Pump(pumpConfig(), positions, stamps);
    var similarity =
        new Similarity(
            searches, new Similarity.Models(embedders, pass), contents, work, feed(pump));
    var trees = new TreeStore(dbAdapter, workers, Clock.systemUTC());
    var analyses =
        new Analyses(
            config,
            new Analyses.Sources(contents, trees),
            turns(),
            work,
            similarity,
            new Analyses.Sinks(indexing, events, Clock.systemUTC()));
    var questions =
        new Questions(
            this::turns, config.timeout(), similarity, new TreeQuestions(trees, embedders, work));
    var intakes = new TreeIntakes(context, work, contents, trees);
    edge.offer(new IntelligenceApi(context, analyses, intakes, questions));
    return config.similar().feed() ? pump.deploy(vertx) : Future.succeededFuture();
  }

  private Turns turns() {
    return new Turns(context, config.workers(), config.queue());
  }

  private PumpConfig pumpConfig() {
    var similar = config.similar();
    String topic = Catalogue.load().topic(similar.environment(), "stamp");
    return PumpConfig.of(similar.kafka(), similar.environment(), StampFeed.CONSUMER, List.of(topic))
        .withAssignment(PumpConfig.Assignment.ALL)
        .withMaxRecords(FEED_BATCH)
        .withGather(FEED_GATHER)
        .withHandleLimit(FEED_LIMIT);
  }

  private Similarity.Feed feed(Pump pump) {
    return new Similarity.Feed() {
      @Override
      public boolean following() {
        return config.similar().feed() && pump.connected() && pump.healthy();
      }

      @Override
      public long lag() {
        return config.similar().feed() ? pump.lag() : 0;
      }
    };
  }

  /** Threads of this instance alone, so that several in one process do not share them. */
  private WorkerExecutor executor(String what, int threads) {
    return vertx.createSharedWorkerExecutor(
        "intelligence-" + what + "-" + context.deploymentID(),
        threads,
        LONGEST_TASK_MINUTES,
        TimeUnit.MINUTES);
  }

  /** The pump, as a child of this deployment, is stopped before. */
  @Override
  public Future<?> stop() {
    Running open = running;
    if (open == null) {
      return Future.succeededFuture();
    }
    open.pass().stop();
    return Future.join(open.events().stop(), open.generations().stop())
        .compose(_ -> Future.join(open.executors().stream().map(WorkerExecutor::close).toList()))
        .eventually(() -> open.indexing().close());
  }
}
