// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.tree;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A project as a whole. */
public record ProjectTree(String projectRoot, Node root, Statistics statistics) {
  /** Version of the form of a tree. */
  public static final String VERSION = "1.0.0";

  /**
   * Most memory that a tree may take with what answers questions to it. 20,000 files of this
   * project's Java take 26 MB, counted as 28 MB, with a document of 15 MB. A service has 256 MiB.
   */
  public static final long MOST_BYTES = 48L << 20;

  /** All nodes by path, directories before what is in them. */
  public Map<String, Node> nodes() {
    Map<String, Node> nodes = new LinkedHashMap<>();
    all().forEach(node -> nodes.put(node.path(), node));
    return nodes;
  }

  /** About how much memory it takes, in bytes: also of nodes that another has the path of. */
  long bytes() {
    return Memory.of(projectRoot)
        + statistics.bytes()
        + all().stream().mapToLong(Node::bytes).sum();
  }

  private List<Node> all() {
    List<Node> all = new ArrayList<>();
    List<Node> level = List.of(root);
    while (!level.isEmpty()) {
      List<Node> next = new ArrayList<>();
      for (Node node : level) {
        all.add(node);
        next.addAll(node.children());
      }
      level = next;
    }
    return all;
  }

  /** Why a tree is refused that takes more than {@link #MOST_BYTES}. */
  public static TreeTooLarge tooMuch() {
    return new TreeTooLarge("%d MiB in memory".formatted(MOST_BYTES >> 20));
  }
}
