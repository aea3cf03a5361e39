// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.tree;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Walks from a node to what is around it, nearest first. */
public final class TreeWalk {
  private TreeWalk() {}

  /** Which way. */
  public enum Direction {
    UP,
    DOWN,
    /** Up, down, and to related files. */
    BOTH
  }

  /** How a node was reached. */
  public enum Relation {
    START,
    PARENT,
    CHILD,
    RELATED
  }

  /** A node on the walk. */
  public record Visit(Node node, int distance, Relation relation) {}

  /** The nodes of a walk, and whether there are more. */
  public record Walk(List<Visit> visits, boolean truncated) {}

  /** The walk from a path; null when the tree has no such node. */
  public static @Nullable Walk from(
      ProjectTree tree, String path, Direction direction, int maxNodes) {
    Map<String, Node> nodes = tree.nodes();
    Node start = nodes.get(path.isEmpty() ? Node.ROOT : path);
    if (start == null) {
      return null;
    }
    List<Visit> visits = new ArrayList<>();
    Set<String> seen = new HashSet<>(Set.of(start.path()));
    var queue = new ArrayDeque<Visit>();
    queue.add(new Visit(start, 0, Relation.START));
    while (!queue.isEmpty() && visits.size() < maxNodes) {
      Visit visit = queue.remove();
      visits.add(visit);
      for (Visit next : around(visit, direction, nodes)) {
        if (seen.add(next.node().path())) {
          queue.add(next);
        }
      }
    }
    return new Walk(List.copyOf(visits), !queue.isEmpty());
  }

  private static List<Visit> around(Visit visit, Direction direction, Map<String, Node> nodes) {
    List<Visit> next = new ArrayList<>();
    Node node = visit.node();
    int distance = visit.distance() + 1;
    if (direction == Direction.BOTH) {
      add(node.related(), distance, Relation.RELATED, nodes, next);
    }
    if (direction != Direction.DOWN && !node.path().equals(Node.ROOT)) {
      add(List.of(parent(node.path())), distance, Relation.PARENT, nodes, next);
    }
    if (direction != Direction.UP) {
      node.children().forEach(child -> next.add(new Visit(child, distance, Relation.CHILD)));
    }
    return next;
  }

  private static void add(
      List<String> paths,
      int distance,
      Relation relation,
      Map<String, Node> nodes,
      List<Visit> to) {
    for (String path : paths) {
      Node node = nodes.get(path);
      if (node != null) {
        to.add(new Visit(node, distance, relation));
      }
    }
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? Node.ROOT : path.substring(0, slash);
  }
}
