// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.tree;

import dev.omnibridge.intelligence.similarity.Hashing;
import dev.omnibridge.intelligence.similarity.LexicalVector;
import dev.omnibridge.intelligence.similarity.Terms;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Ranks the nodes of a tree by a question: by its words (BM25 over path, purpose, pattern and
 * keywords, the name counting more) and, where there are vectors, by their cosine, half and half.
 */
public final class TreeSearch {
  private static final double K1 = 1.2;
  private static final double B = 0.75;
  private static final int NAME_WEIGHT = 3;
  private static final int PURPOSE_WEIGHT = 2;

  /** Below this a cosine is no sign of anything. */
  private static final double LEAST_COSINE = 0.15;

  private static final int SHORTEST_STEM = 4;

  private static final Set<String> GRAMMAR =
      Set.of(
          "the", "an", "and", "or", "of", "to", "in", "on", "at", "by", "for", "from", "with", "is",
          "are", "was", "be", "been", "it", "its", "this", "that", "where", "what", "which", "who",
          "how", "when", "why", "do", "does", "did", "can", "all", "as", "not", "if", "we", "me",
          "show", "find");

  private final List<Node> nodes;
  private final List<NodeTerms> terms = new ArrayList<>();

  /** In their order, which no choice of paths makes slow to look through. */
  private final String[] paths;

  private final double meanLength;
  private final long bytes;

  /**
   * Of a tree.
   *
   * @throws TreeTooLarge when it takes more than {@link ProjectTree#MOST_BYTES}
   */
  public TreeSearch(ProjectTree tree) {
    this.nodes = List.copyOf(tree.nodes().values());
    this.paths = nodes.stream().map(Node::path).sorted().toArray(String[]::new);
    long length = 0;
    long taken = tree.bytes();
    for (Node node : nodes) {
      NodeTerms counted = termsOf(node);
      terms.add(counted);
      length += counted.length();
      taken += counted.bytes() + 3L * Memory.REFERENCE;
      if (taken > ProjectTree.MOST_BYTES) {
        throw ProjectTree.tooMuch();
      }
    }
    this.meanLength = nodes.isEmpty() ? 1 : Math.max(1, (double) length / nodes.size());
    this.bytes = taken;
  }

  /** About how much memory it takes with its tree, in bytes. */
  public long bytes() {
    return bytes;
  }

  /** A node with its score and the reasons. */
  public record Ranked(Node node, double score, List<String> why) {}

  /** An answer: the best nodes, and how many could have been. */
  public record Answer(List<Ranked> nodes, int searched) {}

  /** The nodes in the order in which {@link #answer} takes vectors. */
  public List<Node> nodes() {
    return nodes;
  }

  /** Whether the tree has a node of a path; takes no time to speak of. */
  public boolean has(String path) {
    return Arrays.binarySearch(paths, path) >= 0;
  }

  /** What a node is described by, to be made a vector of. */
  public static String description(Node node) {
    String words =
        String.join(" ", node.keywords().subList(0, Math.min(24, node.keywords().size())));
    return "%s: %s %s. %s"
        .formatted(node.path(), node.purpose(), node.pattern(), words)
        .replace('-', ' ');
  }

  private static NodeTerms termsOf(Node node) {
    var counts = new NodeTerms.Counting();
    add(counts, node.path(), 1);
    add(counts, node.name(), NAME_WEIGHT);
    add(counts, node.purpose(), PURPOSE_WEIGHT);
    add(counts, node.pattern(), PURPOSE_WEIGHT);
    node.keywords().forEach(keyword -> add(counts, keyword, 1));
    return counts.done();
  }

  private static void add(NodeTerms.Counting counts, String text, int weight) {
    Terms.parts(text).forEach(term -> counts.add(hash(stem(term)), weight));
  }

  private static long hash(String stem) {
    return Hashing.of(stem);
  }

  /** Plurals and a few endings of verbs are put together; no more than that. */
  private static String stem(String term) {
    for (String ending : List.of("ing", "ies", "es", "ed", "s")) {
      if (term.endsWith(ending) && term.length() - ending.length() >= SHORTEST_STEM) {
        return term.substring(0, term.length() - ending.length());
      }
    }
    return term.length() > SHORTEST_STEM && term.endsWith("e")
        ? term.substring(0, term.length() - 1)
        : term;
  }

  /** The best nodes; vectors are those of the question and of all nodes, or null without any. */
  public Answer answer(TreeQuery query, float @Nullable [] question, float @Nullable [][] vectors) {
    var asked = terms(query.text());
    List<Integer> admitted = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      if (query.admits(nodes.get(i))) {
        admitted.add(i);
      }
    }
    Map<Integer, Double> lexical = new LinkedHashMap<>();
    List<Wanted> wanted = asked.stream().map(this::wanted).toList();
    admitted.forEach(i -> lexical.put(i, bm25(terms.get(i), wanted)));
    double best = lexical.values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
    List<Ranked> ranked = new ArrayList<>();
    for (int i : admitted) {
      double words = best == 0 ? 0 : lexical.getOrDefault(i, 0.0) / best;
      double cosine =
          question == null || vectors == null ? -1 : LexicalVector.cosine(question, vectors[i]);
      Ranked one = ranked(i, words, cosine, asked);
      if (one.score() > 0) {
        ranked.add(one);
      }
    }
    ranked.sort(
        Comparator.comparingDouble(Ranked::score).reversed().thenComparing(r -> r.node().path()));
    return new Answer(
        List.copyOf(ranked.subList(0, Math.min(query.limit(), ranked.size()))), admitted.size());
  }

  /**
   * What a question is about: its words without those of the grammar, unless there are no others.
   */
  private static TreeSet<String> terms(String question) {
    var all = new TreeSet<String>();
    var meant = new TreeSet<String>();
    for (String term : Terms.parts(question)) {
      all.add(stem(term));
      if (!GRAMMAR.contains(term)) {
        meant.add(stem(term));
      }
    }
    return meant.isEmpty() ? all : meant;
  }

  private Ranked ranked(int index, double words, double cosine, TreeSet<String> asked) {
    Node node = nodes.get(index);
    List<String> why = new ArrayList<>();
    List<String> matched =
        asked.stream().filter(term -> terms.get(index).count(hash(term)) > 0).toList();
    if (!matched.isEmpty()) {
      why.add("words: " + String.join(", ", matched));
    }
    boolean near = cosine >= LEAST_COSINE;
    if (near) {
      why.add(String.format(java.util.Locale.ROOT, "meaning: %.2f", cosine));
    }
    if (asked.contains(stem(node.purpose()))) {
      why.add("purpose: " + node.purpose());
    }
    double score = cosine < 0 ? words : (words + (near ? cosine : 0)) / 2;
    return new Ranked(node, score, List.copyOf(why));
  }

  /** A word of a question, and how much it says: the rarer, the more. */
  private record Wanted(long term, double idf) {}

  private Wanted wanted(String word) {
    long term = hash(word);
    long having = terms.stream().filter(counts -> counts.count(term) > 0).count();
    return new Wanted(term, Math.log(1 + (nodes.size() - having + 0.5) / (having + 0.5)));
  }

  private double bm25(NodeTerms counts, List<Wanted> asked) {
    double sum = 0;
    double norm = K1 * (1 - B + B * counts.length() / meanLength);
    for (Wanted word : asked) {
      int count = counts.count(word.term());
      if (count > 0) {
        sum += word.idf() * count * (K1 + 1) / (count + norm);
      }
    }
    return sum;
  }
}
