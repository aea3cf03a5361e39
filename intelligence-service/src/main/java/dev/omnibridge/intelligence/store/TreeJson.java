// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.store;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.intelligence.tree.Node;
import dev.omnibridge.intelligence.tree.ProjectTree;
import dev.omnibridge.intelligence.tree.Statistics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A tree as the JSON document that is stored: the tree file of the seeds, with keywords added. */
public final class TreeJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private TreeJson() {}

  /** The document as UTF-8. */
  public static byte[] write(ProjectTree tree, Instant generatedAt) {
    var bytes = new ByteArrayOutputStream(64 * 1024);
    try (JsonGenerator out = JSON.getFactory().createGenerator(bytes)) {
      out.writeStartObject();
      out.writeStringField("version", ProjectTree.VERSION);
      out.writeStringField("project_root", tree.projectRoot());
      out.writeStringField("generated_at", generatedAt.toString());
      out.writeFieldName("tree");
      node(out, tree.root());
      out.writeFieldName("statistics");
      statistics(out, tree.statistics());
      out.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  /** As deep as a tree may be, which is checked when it is built. */
  private static void node(JsonGenerator out, Node node) throws IOException {
    out.writeStartObject();
    out.writeStringField("path", node.path());
    out.writeStringField("name", node.name());
    out.writeStringField("type", node.directory() ? "directory" : "file");
    out.writeNumberField("size", node.size());
    out.writeStringField("extension", node.extension());
    if (node.modifiedMillis() != Node.UNKNOWN_TIME) {
      out.writeStringField("last_modified", Instant.ofEpochMilli(node.modifiedMillis()).toString());
    }
    out.writeStringField("inferred_purpose", node.purpose());
    out.writeStringField("architectural_pattern", node.pattern());
    texts(out, "related_files", node.related());
    texts(out, "keywords", node.keywords());
    out.writeArrayFieldStart("children");
    for (Node child : node.children()) {
      node(out, child);
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private static void texts(JsonGenerator out, String name, List<String> texts) throws IOException {
    out.writeArrayFieldStart(name);
    for (String text : texts) {
      out.writeString(text);
    }
    out.writeEndArray();
  }

  private static void statistics(JsonGenerator out, Statistics statistics) throws IOException {
    out.writeStartObject();
    out.writeNumberField("total_files", statistics.totalFiles());
    out.writeNumberField("total_directories", statistics.totalDirectories());
    counts(out, "file_type_distribution", statistics.files());
    out.writeNumberField("total_size_bytes", statistics.totalBytes());
    counts(out, "purpose_distribution", statistics.purposes());
    out.writeEndObject();
  }

  private static void counts(JsonGenerator out, String name, Map<String, Long> counts)
      throws IOException {
    out.writeObjectFieldStart(name);
    for (Map.Entry<String, Long> count : counts.entrySet()) {
      out.writeNumberField(count.getKey(), count.getValue());
    }
    out.writeEndObject();
  }

  /**
   * Reads a document.
   *
   * @throws IOException when it is none, or not of a version that is known
   */
  public static ProjectTree read(byte[] document) throws IOException {
    JsonNode json = JSON.readTree(document);
    if (!json.path("version").asText().equals(ProjectTree.VERSION) || !json.has("tree")) {
      throw new IOException("It is no tree of version " + ProjectTree.VERSION);
    }
    JsonNode figures = json.path("statistics");
    return new ProjectTree(
        json.path("project_root").asText(),
        node(json.path("tree")),
        new Statistics(
            figures.path("total_files").asLong(),
            figures.path("total_directories").asLong(),
            counts(figures.path("file_type_distribution")),
            figures.path("total_size_bytes").asLong(),
            counts(figures.path("purpose_distribution"))));
  }

  private static Node node(JsonNode json) {
    List<Node> children = new ArrayList<>();
    json.path("children").forEach(child -> children.add(node(child)));
    String modified = json.path("last_modified").asText();
    return new Node(
        json.path("path").asText(),
        json.path("name").asText(),
        json.path("type").asText().equals("directory"),
        json.path("size").asLong(),
        json.path("extension").asText(),
        modified.isEmpty() ? Node.UNKNOWN_TIME : Instant.parse(modified).toEpochMilli(),
        json.path("inferred_purpose").asText(),
        json.path("architectural_pattern").asText(),
        texts(json.path("related_files")),
        texts(json.path("keywords")),
        List.copyOf(children));
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return List.copyOf(texts);
  }

  private static Map<String, Long> counts(JsonNode object) {
    Map<String, Long> counts = new TreeMap<>();
    object.properties().forEach(entry -> counts.put(entry.getKey(), entry.getValue().asLong()));
    return counts;
  }
}
