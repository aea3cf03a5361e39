// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.omnibridge.intelligence.tree.Node;
import dev.omnibridge.intelligence.tree.ProjectTree;
import dev.omnibridge.intelligence.tree.Statistics;
import dev.omnibridge.intelligence.tree.TreeTooLarge;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A tree as the JSON document that is stored: the tree file of the seeds, with keywords added. */
public final class TreeJson {
  private static final JsonFactory JSON = new JsonFactory();

  private TreeJson() {}

  /**
   * The document as UTF-8. It is counted first, so that it is in memory once and has no more than
   * its most bytes there.
   *
   * @throws TreeTooLarge when it would have more than {@link TreeStore#MOST_BYTES}
   */
  public static byte[] write(ProjectTree tree, Instant generatedAt) {
    try {
      var counted = new Counted();
      write(tree, generatedAt, counted);
      byte[] document = new byte[counted.bytes];
      write(tree, generatedAt, new Filling(document));
      return document;
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static void write(ProjectTree tree, Instant generatedAt, OutputStream bytes)
      throws IOException {
    try (JsonGenerator out = JSON.createGenerator(bytes)) {
      out.writeStartObject();
      out.writeStringField("version", ProjectTree.VERSION);
      out.writeStringField("project_root", tree.projectRoot());
      out.writeStringField("generated_at", generatedAt.toString());
      out.writeFieldName("tree");
      node(out, tree.root());
      out.writeFieldName("statistics");
      statistics(out, tree.statistics());
      out.writeEndObject();
    }
  }

  private static final class Counted extends OutputStream {
    private int bytes;

    @Override
    public void write(int one) {
      more(1);
    }

    @Override
    public void write(byte[] from, int offset, int length) {
      more(length);
    }

    private void more(int length) {
      bytes += length;
      if (bytes > TreeStore.MOST_BYTES) {
        throw new TreeTooLarge("a document of %d MiB".formatted(TreeStore.MOST_BYTES >> 20));
      }
    }
  }

  /** Into an array that is long enough. */
  private static final class Filling extends OutputStream {
    private final byte[] to;
    private int at;

    Filling(byte[] to) {
      this.to = to;
    }

    @Override
    public void write(int one) {
      to[at++] = (byte) one;
    }

    @Override
    public void write(byte[] from, int offset, int length) {
      System.arraycopy(from, offset, to, at, length);
      at += length;
    }
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
   * @throws TreeTooLarge when the tree takes more than {@link ProjectTree#MOST_BYTES}
   */
  public static ProjectTree read(byte[] document) throws IOException {
    return TreeReader.read(document);
  }
}
