// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.omnibridge.intelligence.tree.Node;
import dev.omnibridge.intelligence.tree.ProjectTree;
import dev.omnibridge.intelligence.tree.Statistics;
import dev.omnibridge.intelligence.tree.Texts;
import dev.omnibridge.intelligence.tree.TreeBuilder;
import dev.omnibridge.intelligence.tree.TreeTooLarge;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the document of a tree straight into its nodes. Any stored content may be said to be one,
 * so it begins with its version, and nothing that no tree has is kept while it is read.
 */
final class TreeReader {
  /** More letters than a file's names and words, or its related files, ever have. */
  private static final int MOST_LETTERS = 512 * 1024;

  /** More than the statistics have. */
  private static final int MOST_FIGURES = 16;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(MOST_LETTERS)
                  .maxNameLength(8 * 1024)
                  .build())
          .build();

  private final JsonParser in;
  private final Map<String, String> shared = new HashMap<>();
  private int files;
  private int directories;
  private long bytes;

  private TreeReader(JsonParser in) {
    this.in = in;
  }

  /**
   * Reads a document.
   *
   * @throws IOException when it is none, or not of a version that is known
   * @throws TreeTooLarge when it is more than a tree may have
   */
  static ProjectTree read(byte[] document) throws IOException {
    try (JsonParser in = JSON.createParser(document)) {
      return new TreeReader(in).tree();
    } catch (DateTimeException | ArithmeticException noTime) {
      throw new IOException("A time of the tree is none", noTime);
    }
  }

  private ProjectTree tree() throws IOException {
    check(
        in.nextToken() == JsonToken.START_OBJECT
            && "version".equals(in.nextFieldName())
            && ProjectTree.VERSION.equals(in.nextTextValue()),
        "It does not begin with the version " + ProjectTree.VERSION);
    String projectRoot = "";
    @Nullable Node root = null;
    var statistics = new Statistics(0, 0, Map.of(), 0, Map.of());
    for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
      in.nextToken();
      switch (name) {
        case "project_root" -> projectRoot = text();
        case "tree" -> root = node(0);
        case "statistics" -> statistics = statistics();
        default -> in.skipChildren();
      }
    }
    if (in.currentToken() != JsonToken.END_OBJECT || root == null) {
      throw new IOException("It has no tree");
    }
    return new ProjectTree(projectRoot, root, statistics);
  }

  private static void check(boolean holds, String otherwise) throws IOException {
    if (!holds) {
      throw new IOException(otherwise);
    }
  }

  /** What is not there is empty, and what is not known is left out, as in any JSON of ours. */
  private Node node(int level) throws IOException {
    check(in.currentToken() == JsonToken.START_OBJECT, "A node is no object");
    check(level <= TreeBuilder.MOST_LEVELS, "It has too many levels");
    String path = "";
    String name = "";
    boolean directory = false;
    long size = 0;
    String extension = "";
    long modified = Node.UNKNOWN_TIME;
    String purpose = "";
    String pattern = "";
    List<String> related = List.of();
    List<String> keywords = List.of();
    List<Node> children = List.of();
    for (String field = in.nextFieldName(); field != null; field = in.nextFieldName()) {
      in.nextToken();
      switch (field) {
        case "path" -> path = text();
        case "name" -> name = text();
        case "type" -> directory = text().equals("directory");
        case "size" -> size = number();
        case "extension" -> extension = sharedText();
        case "last_modified" -> modified = time();
        case "inferred_purpose" -> purpose = sharedText();
        case "architectural_pattern" -> pattern = sharedText();
        case "related_files" -> related = texts();
        case "keywords" -> keywords = texts();
        case "children" -> children = children(level);
        default -> in.skipChildren();
      }
    }
    check(in.currentToken() == JsonToken.END_OBJECT, "A node does not end");
    count(directory);
    var node =
        new Node(
            path, name, directory, size, extension, modified, purpose, pattern, related, keywords,
            children);
    bytes += node.bytes();
    if (bytes > ProjectTree.MOST_BYTES) {
      throw ProjectTree.tooMuch();
    }
    return node;
  }

  private void count(boolean directory) {
    int unused = directory ? directories++ : files++;
    if (files > TreeBuilder.MOST_FILES) {
      throw new TreeTooLarge("%,d files".formatted(TreeBuilder.MOST_FILES));
    }
    if (directories > TreeBuilder.MOST_DIRECTORIES + 1) {
      throw new TreeTooLarge("%,d directories".formatted(TreeBuilder.MOST_DIRECTORIES));
    }
  }

  private List<Node> children(int level) throws IOException {
    check(in.currentToken() == JsonToken.START_ARRAY, "Children are no array");
    List<Node> children = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      children.add(node(level + 1));
    }
    return List.copyOf(children);
  }

  private List<String> texts() throws IOException {
    check(in.currentToken() == JsonToken.START_ARRAY, "Texts are no array");
    List<String> texts = new ArrayList<>();
    int letters = 0;
    while (in.nextToken() != JsonToken.END_ARRAY) {
      texts.add(text());
      letters += texts.getLast().length() + 1;
      check(letters <= MOST_LETTERS, "A node has too many texts");
    }
    return Texts.of(texts);
  }

  private String text() throws IOException {
    check(in.currentToken().isScalarValue(), "A text is none");
    return in.getText();
  }

  /** Of some there are a few, which come again and again. */
  private String sharedText() throws IOException {
    String text = text();
    return text.length() > Node.LONGEST_SHARED ? text : shared.computeIfAbsent(text, same -> same);
  }

  private long number() throws IOException {
    check(in.currentToken().isScalarValue(), "A number is none");
    return in.getValueAsLong();
  }

  private long time() throws IOException {
    String text = text();
    return text.isEmpty() ? Node.UNKNOWN_TIME : Instant.parse(text).toEpochMilli();
  }

  private Statistics statistics() throws IOException {
    check(in.currentToken() == JsonToken.START_OBJECT, "Statistics are no object");
    Map<String, Long> figures = new HashMap<>();
    Map<String, Map<String, Long>> counts = new HashMap<>();
    for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
      switch (in.nextToken()) {
        case START_OBJECT -> counts.put(name, counts());
        case START_ARRAY -> in.skipChildren();
        default -> figures.put(name, number());
      }
      check(figures.size() + counts.size() <= MOST_FIGURES, "It has too many figures");
    }
    return new Statistics(
        figures.getOrDefault("total_files", 0L),
        figures.getOrDefault("total_directories", 0L),
        counts.getOrDefault("file_type_distribution", Map.of()),
        figures.getOrDefault("total_size_bytes", 0L),
        counts.getOrDefault("purpose_distribution", Map.of()));
  }

  private Map<String, Long> counts() throws IOException {
    Map<String, Long> counts = new TreeMap<>();
    for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
      in.nextToken();
      counts.put(name, number());
      check(counts.size() <= TreeBuilder.MOST_FILES, "It has too many figures");
    }
    return counts;
  }
}
