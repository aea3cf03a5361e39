// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.bridge.demo.Material.SourceFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Inputs for the workflow: all files in one, or in as few as its limit on inputs allows. */
final class Batches {
  /** Below the 256 KiB that an input may have. */
  private static final int MOST_BYTES = 200 * 1024;

  private Batches() {}

  /** One input. */
  record Batch(List<SourceFile> files, String input) {}

  static List<Batch> of(List<SourceFile> files) {
    var batches = new ArrayList<Batch>();
    var some = new ArrayList<SourceFile>();
    int bytes = 0;
    for (SourceFile file : files) {
      int length = node(file).toString().getBytes(StandardCharsets.UTF_8).length + 1;
      if (bytes + length > MOST_BYTES) {
        batches.add(batch(some));
        some = new ArrayList<>();
        bytes = 0;
      }
      some.add(file);
      bytes += length;
    }
    batches.add(batch(some));
    return batches;
  }

  private static Batch batch(List<SourceFile> files) {
    ObjectNode input = JsonNodeFactory.instance.objectNode();
    var array = input.putArray("files");
    files.forEach(file -> array.add(node(file)));
    return new Batch(List.copyOf(files), input.toString());
  }

  private static ObjectNode node(SourceFile file) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("path", file.path())
        .put("contentHash", file.contentHash())
        .put("size", file.size());
  }
}
