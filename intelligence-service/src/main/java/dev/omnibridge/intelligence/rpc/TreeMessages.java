// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.rpc;

import com.google.protobuf.Timestamp;
import dev.omnibridge.api.intelligence.v1.RankedNode;
import dev.omnibridge.api.intelligence.v1.TreeNode;
import dev.omnibridge.api.intelligence.v1.TreeStatistics;
import dev.omnibridge.api.intelligence.v1.VisitedNode;
import dev.omnibridge.intelligence.tree.Node;
import dev.omnibridge.intelligence.tree.Statistics;
import dev.omnibridge.intelligence.tree.TreeSearch.Ranked;
import dev.omnibridge.intelligence.tree.TreeWalk.Visit;
import java.util.Locale;

/** Writes parts of a tree as the messages of the contract. */
final class TreeMessages {
  private TreeMessages() {}

  static TreeStatistics of(Statistics statistics) {
    return TreeStatistics.newBuilder()
        .setTotalFiles(statistics.totalFiles())
        .setTotalDirectories(statistics.totalDirectories())
        .putAllFileTypeDistribution(statistics.files())
        .setTotalSizeBytes(statistics.totalBytes())
        .putAllPurposeDistribution(statistics.purposes())
        .build();
  }

  static RankedNode of(Ranked ranked) {
    return RankedNode.newBuilder()
        .setNode(of(ranked.node()))
        .setScore(ranked.score())
        .addAllWhy(ranked.why())
        .build();
  }

  static VisitedNode of(Visit visit) {
    return VisitedNode.newBuilder()
        .setNode(of(visit.node()))
        .setDistance(visit.distance())
        .setRelation(visit.relation().name().toLowerCase(Locale.ROOT))
        .build();
  }

  private static TreeNode of(Node node) {
    var message =
        TreeNode.newBuilder()
            .setPath(node.path())
            .setName(node.name())
            .setType(node.directory() ? "directory" : "file")
            .setSize(node.size())
            .setExtension(node.extension())
            .setInferredPurpose(node.purpose())
            .setArchitecturalPattern(node.pattern())
            .addAllRelatedFiles(node.related());
    if (node.modifiedMillis() != Node.UNKNOWN_TIME) {
      message.setLastModified(
          Timestamp.newBuilder()
              .setSeconds(Math.floorDiv(node.modifiedMillis(), 1000L))
              .setNanos((int) Math.floorMod(node.modifiedMillis(), 1000L) * 1_000_000));
    }
    return message.build();
  }
}
