// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.rpc;

import dev.omnibridge.api.intelligence.v1.FindSimilarRequest;
import dev.omnibridge.api.intelligence.v1.FindSimilarRequest.SourceCase;
import dev.omnibridge.api.intelligence.v1.FindSimilarResponse;
import dev.omnibridge.api.intelligence.v1.IndexState;
import dev.omnibridge.api.intelligence.v1.Neighbor;
import dev.omnibridge.intelligence.analysis.Sample;
import dev.omnibridge.intelligence.embedding.Embedders;
import dev.omnibridge.intelligence.embedding.Embedders.Vector;
import dev.omnibridge.intelligence.index.Features;
import dev.omnibridge.intelligence.index.Neighbour;
import dev.omnibridge.intelligence.index.Probe;
import dev.omnibridge.intelligence.index.Searches;
import dev.omnibridge.intelligence.index.Searches.Counts;
import dev.omnibridge.intelligence.similarity.LexicalVector;
import dev.omnibridge.intelligence.store.ContentSource;
import dev.omnibridge.intelligence.stream.EmbeddingPass;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.rpc.CallScope;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Answers FindSimilar, and finds near duplicates for an analysis. */
public final class Similarity {
  private static final int DEFAULT_LIMIT = 10;
  private static final int MOST_DUPLICATES = 10;

  /** The model loads in about a second; who asks first waits for it, within its deadline. */
  private static final Duration MODEL_PATIENCE = Duration.ofSeconds(5);

  private static final Duration READ_LIMIT = Duration.ofSeconds(10);

  private final Searches searches;
  private final Embedders embedders;
  private final EmbeddingPass pass;
  private final ContentSource contents;
  private final Work work;
  private final Feed feed;

  /** How the stamps on Kafka are followed. */
  public interface Feed {
    /** True while they are. */
    boolean following();

    /** Stamps that are known to be there and not indexed. */
    long lag();
  }

  /** What makes vectors. */
  public record Models(Embedders embedders, EmbeddingPass pass) {}

  public Similarity(
      Searches searches, Models models, ContentSource contents, Work work, Feed feed) {
    this.searches = searches;
    this.embedders = models.embedders();
    this.pass = models.pass();
    this.contents = contents;
    this.work = work;
    this.feed = feed;
  }

  private record Asked(
      String hash,
      Features features,
      float @org.jspecify.annotations.Nullable [] model,
      String text) {}

  Future<FindSimilarResponse> find(FindSimilarRequest request, CallScope scope) {
    pass.begin();
    return asked(request, scope)
        .compose(
            asked -> vector(asked, scope).compose(vector -> search(request, asked, vector, scope)));
  }

  private Future<Asked> asked(FindSimilarRequest request, CallScope scope) {
    if (request.getSourceCase() == SourceCase.CONTENT) {
      byte[] bytes = request.getContent().toByteArray();
      return work.run(
          () -> asked(Blake3.hash(bytes).hex(), new Sample(bytes, bytes.length, null)), scope);
    }
    String hash = request.getContentHash().toLowerCase(Locale.ROOT);
    return work.run(() -> searches.known(hash), scope)
        .compose(known -> {
          Searches.Known stored = known.orElse(null);
          return stored != null && (stored.model() != null || !embedders.hasModel())
              ? Future.succeededFuture(new Asked(hash, stored.features(), stored.model(), ""))
              : contents
                  .read(hash, null, scope, scope.within(READ_LIMIT))
                  .compose(sample -> work.run(() -> asked(hash, sample), scope))
                  .recover(failure ->
                      stored == null
                          ? Future.failedFuture(failure)
                          : Future.succeededFuture(new Asked(hash, stored.features(), null, "")));
        });
  }

  private static Asked asked(String hash, Sample sample) {
    String text = sample.text();
    if (text == null) {
      throw Fault.invalid("CONTENT_NOT_COMPARABLE", "Only texts can be compared, this is none.")
          .with("content_hash", hash);
    }
    return new Asked(hash, Features.of(text), null, text);
  }

  private Future<Vector> vector(Asked asked, CallScope scope) {
    float[] model = asked.model();
    if (model != null) {
      return Future.succeededFuture(new Vector(embedders.modelName(), model));
    }
    var lexical = new Vector(LexicalVector.MODEL, asked.features().lexical());
    return asked.text().isEmpty()
        ? Future.succeededFuture(lexical)
        : embedders
            .embed(asked.text(), scope.within(MODEL_PATIENCE).dividedBy(2))
            .map(made -> made == null ? lexical : made);
  }

  private Future<FindSimilarResponse> search(
      FindSimilarRequest request, Asked asked, Vector vector, CallScope scope) {
    boolean lexical = vector.model().equals(LexicalVector.MODEL);
    var probe =
        new Probe(
            asked.hash(),
            request.getNamespace(),
            asked.features(),
            lexical ? null : vector.values(),
            request.getLimit() == 0 ? DEFAULT_LIMIT : request.getLimit(),
            request.getMinSimilarity());
    return work.run(
        () -> {
          var answer = FindSimilarResponse.newBuilder().setModel(vector.model());
          searches.similar(probe).forEach(found -> answer.addNeighbors(message(found)));
          return answer.setIndex(state(searches.counts())).build();
        },
        scope);
  }

  /** Near duplicates by fingerprint alone, which takes no model and a millisecond. */
  Future<List<Neighbor>> nearDuplicates(
      String hash, String namespace, Features features, CallScope scope) {
    if (features.fingerprint().isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    var probe = new Probe(hash, namespace, features, null, MOST_DUPLICATES, 0);
    return work.run(
        () -> searches.nearDuplicates(probe).stream().map(Similarity::message).toList(), scope);
  }

  private IndexState state(Counts counts) {
    return IndexState.newBuilder()
        .setArtifacts(counts.artifacts())
        .setWithoutContent(counts.withoutText())
        .setPending(embedders.hasModel() ? counts.waiting() : 0)
        .setFollowing(feed.following())
        .setLag(feed.lag())
        .build();
  }

  private static Neighbor message(Neighbour found) {
    return Neighbor.newBuilder()
        .setContentHash(found.contentHash())
        .setFileHash(Objects.toString(found.fileHash(), ""))
        .setNamespace(found.namespace())
        .setPath(found.path())
        .setSimilarity(found.similarity())
        .setNearDuplicate(found.nearDuplicate())
        .setResemblance(found.resemblance())
        .setModel(found.model())
        .build();
  }
}
