// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.index;

import dev.omnibridge.intelligence.similarity.Fingerprint;
import dev.omnibridge.intelligence.similarity.LexicalVector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.ConstantScoreQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * Questions to the index. Candidates come from fingerprints and from the nearest vectors of each
 * model; each is then compared exactly, by the model where both have its vector, else by their
 * words. Blocks, so it is for worker threads.
 */
public final class Searches {
  private static final String FINGERPRINT = "fingerprint";
  private static final int CANDIDATES = 50;
  private static final int SEARCHED_PRINTS = 16;
  private static final double SAME = 0.999_999;

  private final ArtifactIndex index;
  private final String modelName;
  private final String lexicalName;

  public Searches(ArtifactIndex index, String modelName, String lexicalName) {
    this.index = index;
    this.modelName = modelName;
    this.lexicalName = lexicalName;
  }

  /** How much is in the index. */
  public record Counts(int artifacts, int withoutText, int waiting) {}

  /** The stamped artifacts most like the probe, best first. */
  public List<Neighbour> similar(Probe probe) {
    return ask(searcher -> {
      Set<Integer> candidates = new LinkedHashSet<>();
      Query filter = stamped(probe.namespace());
      collect(searcher, both(filter, term(Documents.HASH, probe.contentHash())), candidates);
      collect(searcher, prints(probe.features().fingerprint(), filter), candidates);
      vectors(searcher, probe, filter, candidates);
      return ranked(searcher, candidates, probe);
    });
  }

  /** Stamped near duplicates other than the content itself, most alike first. */
  public List<Neighbour> nearDuplicates(Probe probe) {
    if (probe.features().fingerprint().isEmpty()) {
      return List.of();
    }
    return ask(searcher -> {
      Set<Integer> candidates = new LinkedHashSet<>();
      Query filter = stamped(probe.namespace());
      collect(searcher, prints(probe.features().fingerprint(), filter), candidates);
      return ranked(searcher, candidates, probe).stream()
          .filter(Neighbour::nearDuplicate)
          .filter(found -> !found.contentHash().equals(probe.contentHash()))
          .toList();
    });
  }

  /** A content's entry, if any with its text. */
  public Optional<Known> known(String contentHash) {
    return ask(searcher -> {
      Query query = both(term(Documents.HASH, contentHash), term(Documents.TEXT, Documents.YES));
      ScoreDoc[] hits = searcher.search(query, 1).scoreDocs;
      if (hits.length == 0) {
        return Optional.empty();
      }
      Entry entry = Documents.read(searcher.storedFields().document(hits[0].doc));
      return Optional.ofNullable(entry.features())
          .map(features -> new Known(features, entry.model()));
    });
  }

  /** The features of a content, and the model's vector where it is there. */
  public record Known(Features features, float @Nullable [] model) {}

  /** Those of the hashes whose text the index has. */
  public Set<String> withText(Collection<String> hashes) {
    return ask(searcher -> {
      var terms = hashes.stream().map(BytesRef::new).toList();
      Query query =
          both(new TermInSetQuery(Documents.HASH, terms), term(Documents.TEXT, Documents.YES));
      return hashesOf(searcher, query, Math.max(1, hashes.size() * 4));
    });
  }

  /** Some of the contents that wait for the model's vector. */
  public Set<String> waiting(int most) {
    Query query =
        both(term(Documents.MODEL, Documents.WAITING), term(Documents.STAMPED, Documents.YES));
    return ask(searcher -> hashesOf(searcher, query, most));
  }

  /** How much is in the index now. */
  public Counts counts() {
    return ask(searcher -> {
      Query stamped = term(Documents.STAMPED, Documents.YES);
      return new Counts(
          searcher.count(both(stamped, term(Documents.TEXT, Documents.YES))),
          searcher.count(both(stamped, term(Documents.TEXT, Documents.NO))),
          searcher.count(both(stamped, term(Documents.MODEL, Documents.WAITING))));
    });
  }

  private static Set<String> hashesOf(IndexSearcher searcher, Query query, int most)
      throws IOException {
    Set<String> hashes = new HashSet<>();
    for (ScoreDoc hit : searcher.search(query, most).scoreDocs) {
      hashes.add(
          searcher.storedFields().document(hit.doc, Set.of(Documents.HASH)).get(Documents.HASH));
    }
    return hashes;
  }

  private static void vectors(
      IndexSearcher searcher, Probe probe, Query filter, Set<Integer> candidates)
      throws IOException {
    float[] model = probe.model();
    boolean byModel = model != null && !LexicalVector.isZero(model);
    if (byModel) {
      collect(
          searcher,
          new KnnFloatVectorQuery(Documents.MODEL_VECTOR, model, CANDIDATES, filter),
          candidates);
    }
    if (!LexicalVector.isZero(probe.features().lexical())) {
      var rest = new BooleanQuery.Builder().add(filter, Occur.FILTER);
      if (byModel) {
        rest.add(term(Documents.MODEL, Documents.DONE), Occur.MUST_NOT);
      }
      collect(
          searcher,
          new KnnFloatVectorQuery(
              Documents.LEXICAL_VECTOR, probe.features().lexical(), CANDIDATES, rest.build()),
          candidates);
    }
  }

  private static void collect(IndexSearcher searcher, Query query, Set<Integer> candidates)
      throws IOException {
    for (ScoreDoc hit : searcher.search(query, CANDIDATES).scoreDocs) {
      candidates.add(hit.doc);
    }
  }

  private List<Neighbour> ranked(IndexSearcher searcher, Set<Integer> candidates, Probe probe)
      throws IOException {
    List<Neighbour> found = new ArrayList<>();
    for (int candidate : candidates) {
      found.add(compare(Documents.read(searcher.storedFields().document(candidate)), probe));
    }
    return found.stream()
        .filter(one -> one.similarity() >= probe.minSimilarity())
        .sorted(
            Comparator.comparingDouble(Neighbour::similarity)
                .thenComparingDouble(Neighbour::resemblance)
                .reversed()
                .thenComparing(Neighbour::path))
        .limit(probe.limit())
        .toList();
  }

  private Neighbour compare(Entry entry, Probe probe) {
    boolean same = entry.contentHash().equals(probe.contentHash());
    Features features = entry.features();
    double resemblance =
        same
            ? 1
            : features == null
                ? 0
                : features.fingerprint().resemblance(probe.features().fingerprint());
    Compared compared = vectors(entry, probe);
    double similarity = same || resemblance >= SAME ? 1 : compared.value(resemblance);
    return new Neighbour(
        entry.contentHash(),
        entry.fileHash(),
        entry.namespace(),
        entry.path(),
        similarity,
        resemblance >= Fingerprint.NEAR_DUPLICATE,
        resemblance,
        compared.model());
  }

  private record Compared(String model, double cosine) {
    double value(double resemblance) {
      return model.equals(FINGERPRINT) ? resemblance : cosine;
    }
  }

  private Compared vectors(Entry entry, Probe probe) {
    float[] model = entry.model();
    float[] probed = probe.model();
    if (model != null && probed != null) {
      return new Compared(modelName, LexicalVector.cosine(model, probed));
    }
    Features features = entry.features();
    return features == null
        ? new Compared(FINGERPRINT, 0)
        : new Compared(
            lexicalName, LexicalVector.cosine(features.lexical(), probe.features().lexical()));
  }

  /** Texts that share one of the smallest hashes; near duplicates share nearly all of them. */
  private static Query prints(Fingerprint print, Query filter) {
    var any = new BooleanQuery.Builder().add(filter, Occur.FILTER).setMinimumNumberShouldMatch(1);
    for (long hash : print.first(SEARCHED_PRINTS)) {
      any.add(new ConstantScoreQuery(term(Documents.PRINT, Long.toHexString(hash))), Occur.SHOULD);
    }
    return any.build();
  }

  private static Query stamped(String namespace) {
    Query stamped = term(Documents.STAMPED, Documents.YES);
    return namespace.isEmpty() ? stamped : both(stamped, term(Documents.NAMESPACE, namespace));
  }

  private static Query both(Query one, Query other) {
    return new BooleanQuery.Builder().add(one, Occur.FILTER).add(other, Occur.FILTER).build();
  }

  private static Query term(String field, String value) {
    return new TermQuery(new Term(field, value));
  }

  private <T> T ask(ArtifactIndex.Reading<T> reading) {
    try {
      return index.search(reading);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
