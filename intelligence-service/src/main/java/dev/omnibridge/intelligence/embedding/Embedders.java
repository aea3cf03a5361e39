// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.embedding;

import dev.omnibridge.runtime.LogKeys;
import dev.omnibridge.runtime.Timeouts;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The model, if there is one: it is loaded in the background when it is first asked for. Before
 * that, without it, and when it cannot be loaded, texts are compared by their words, for which
 * nothing is needed from here. The model works on one thread of its own, never on an event loop.
 * Used on one context only.
 */
public final class Embedders {
  private static final Logger log = LoggerFactory.getLogger(Embedders.class);

  private final WorkerExecutor worker;
  private final @Nullable Supplier<Embedder> loader;
  private volatile @Nullable Future<@Nullable Embedder> loading;

  /** With the model inside the Maven artifact, or without any. */
  public static Embedders of(WorkerExecutor worker, boolean enabled) {
    return new Embedders(worker, enabled ? MiniLmEmbedder::new : null);
  }

  /** With a model that is loaded so; without any where there is no loader. */
  public Embedders(WorkerExecutor worker, @Nullable Supplier<Embedder> loader) {
    this.worker = worker;
    this.loader = loader;
  }

  /** A vector and what made it. */
  public record Vector(String model, float[] values) {}

  /** The name of the model, whether it is there or not. */
  public String modelName() {
    return MiniLmEmbedder.MODEL;
  }

  /** False when there is none and never will be. */
  public boolean hasModel() {
    Future<@Nullable Embedder> begun = loading;
    return loader != null && (begun == null || !begun.isComplete() || begun.result() != null);
  }

  /** True once the model answers. */
  public boolean ready() {
    Future<@Nullable Embedder> begun = loading;
    return begun != null && begun.isComplete() && begun.result() != null;
  }

  /** The model's vector; null when the model is not there within the time. */
  public Future<@Nullable Vector> embed(String text, Duration patience) {
    return Timeouts.within(patience, model())
        .otherwiseEmpty()
        .compose(model -> model == null ? Future.succeededFuture() : on(model, text));
  }

  private Future<@Nullable Vector> on(Embedder model, String text) {
    return worker.executeBlocking(() -> new Vector(model.model(), model.embed(text)), false);
  }

  /** The model; null when there is none. The first call begins to load it. */
  public Future<@Nullable Embedder> model() {
    Future<@Nullable Embedder> begun = loading;
    if (begun == null) {
      Supplier<Embedder> make = loader;
      begun =
          make == null ? Future.succeededFuture() : worker.executeBlocking(() -> load(make), false);
      loading = begun;
    }
    return begun;
  }

  /** What the native library throws on a platform it was not built for is an Error. */
  private static @Nullable Embedder load(Supplier<Embedder> loader) {
    long began = System.nanoTime();
    try {
      Embedder model = loader.get();
      float[] unused = model.embed("warm");
      log.atInfo()
          .addKeyValue("model", model.model())
          .addKeyValue(LogKeys.MILLIS, Duration.ofNanos(System.nanoTime() - began).toMillis())
          .log("embedding model is loaded");
      return model;
    } catch (RuntimeException | LinkageError failure) {
      log.atWarn()
          .setCause(failure)
          .log("embedding model cannot be loaded; texts are compared by their words");
      return null;
    }
  }
}
