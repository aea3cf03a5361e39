// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.embedding;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.intelligence.similarity.LexicalVector;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EmbeddersTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final Vertx vertx = Vertx.vertx();
  private final WorkerExecutor worker = vertx.createSharedWorkerExecutor("test", 1);

  @AfterEach
  void stop() throws Exception {
    vertx.close().await(10, SECONDS);
  }

  private Embedders with(Supplier<Embedder> loader) {
    return new Embedders(worker, loader);
  }

  /** Like a model, and there at once. */
  private static final class Quick implements Embedder {
    @Override
    public String model() {
      return "quick";
    }

    @Override
    public float[] embed(String text) {
      return LexicalVector.of(text);
    }
  }

  @Test
  void shouldMakeNoVectorWithoutAModel() throws Exception {
    var embedders = Embedders.of(worker, false);
    assertThat(embedders.hasModel()).isFalse();
    assertThat(embedders.embed("a basket", LONG).await(30, SECONDS)).isNull();
  }

  @Test
  void shouldLoadNothingBeforeItIsNeededAndThenOnce() throws Exception {
    var loads = new AtomicInteger();
    var embedders =
        with(() -> {
          loads.incrementAndGet();
          return new Quick();
        });
    assertThat(embedders.ready()).isFalse();
    assertThat(loads).hasValue(0);
    embedders.embed("a", LONG).await(30, SECONDS);
    embedders.embed("b", LONG).await(30, SECONDS);
    assertThat(loads).hasValue(1);
    assertThat(embedders.ready()).isTrue();
  }

  @Test
  void shouldMakeNoVectorWhenThePlatformHasNoNativeLibrary() throws Exception {
    var embedders =
        with(() -> {
          throw new UnsatisfiedLinkError("no library for this platform");
        });
    assertThat(embedders.embed("a", LONG).await(30, SECONDS)).isNull();
    assertThat(embedders.hasModel()).isFalse();
  }

  @Test
  void shouldNotWaitLongerThanThePatienceForAModelThatLoads() throws Exception {
    var loaded = new CountDownLatch(1);
    var embedders =
        with(() -> {
          try {
            loaded.await();
          } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
          }
          return new Quick();
        });
    var vector = embedders.embed("a", Duration.ofMillis(50)).await(30, SECONDS);
    assertThat(vector).isNull();
    assertThat(embedders.ready()).isFalse();
    loaded.countDown();
    embedders.model().await(30, SECONDS);
    assertThat(embedders.ready()).isTrue();
  }

  @Test
  void shouldCutLongTextsIntoABoundedNumberOfPieces() {
    assertThat(TextChunks.of("")).isEmpty();
    assertThat(TextChunks.of(" \n… ")).isEmpty();
    assertThat(TextChunks.of("a few words")).containsExactly("a few words");
    assertThat(TextChunks.of("word ".repeat(100_000)))
        .hasSize(TextChunks.MOST)
        .allSatisfy(chunk -> assertThat(chunk.length()).isLessThanOrEqualTo(TextChunks.LENGTH));
    assertThat(String.join("", TextChunks.of("word ".repeat(500)))).isEqualTo("word ".repeat(500));
  }

  /** The one test that loads the model itself; about a second. */
  @Test
  void shouldPutTextsOfLikeMeaningNearByTheModelInTheArtifact() throws Exception {
    var embedders = Embedders.of(worker, true);
    var invoice = embedders.embed("The customer pays the bill.", LONG).await(90, SECONDS);
    var like = embedders.embed("A client settles an invoice.", LONG).await(30, SECONDS);
    var unlike = embedders.embed("Volcanoes erupt under the sea.", LONG).await(30, SECONDS);
    assertThat(invoice.model()).isEqualTo(embedders.modelName());
    double near = LexicalVector.cosine(invoice.values(), like.values());
    double far = LexicalVector.cosine(invoice.values(), unlike.values());
    assertThat(near).isGreaterThan(0.4).isGreaterThan(far + 0.2);
  }
}
