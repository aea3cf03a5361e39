// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.intelligence.v1.IntelligenceServiceGrpc;
import dev.omnibridge.api.intelligence.v1.QueryTreeRequest;
import dev.omnibridge.api.intelligence.v1.QueryTreeResponse;
import dev.omnibridge.api.intelligence.v1.RankedNode;
import dev.omnibridge.api.intelligence.v1.TreeFilters;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.bridge.view.OneLine;
import dev.omnibridge.bridge.view.ProtoJson;
import dev.omnibridge.bridge.view.Table;
import dev.omnibridge.runtime.rpc.Peer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks a project a question in words. */
@Command(
    name = "ask",
    description = "Asks a project in words: which of its files and directories answer, and why.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge ask . where are stamps stored",
      "  ./bridge ask . 'retry with backoff' --ext java --purpose source --limit 5",
      "  ./bridge ask TREE_ID 'database migrations' -o json"
    })
final class AskCommand implements Callable<Integer> {
  private static final Pattern TREE_ID = Pattern.compile("[0-9a-f]{64}");
  private static final int DEEPEST = 64;

  private final Setting setting;

  @Parameters(
      index = "0",
      paramLabel = "TREE_ID|DIR",
      description = "A tree of ./bridge tree, or a directory that is analysed first.")
  private String where = "";

  @Parameters(index = "1..*", arity = "1..*", paramLabel = "QUERY", description = "The question.")
  private List<String> words = new ArrayList<>();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Most answers, at most 100 (default: ${DEFAULT-VALUE}).")
  private int limit = 10;

  @Option(
      names = "--depth",
      paramLabel = "N",
      description = "Levels of directories to search (default: ${DEFAULT-VALUE}).")
  private int depth = DEEPEST;

  @Option(names = "--ext", paramLabel = "EXT", description = "Only files with this extension.")
  private String extension = "";

  @Option(names = "--type", paramLabel = "TYPE", description = "Only file, or only directory.")
  private String type = "";

  @Option(names = "--purpose", paramLabel = "PURPOSE", description = "Only of this purpose.")
  private String purpose = "";

  @Option(names = "--in", paramLabel = "DIR", description = "Only below this directory.")
  private String directory = "";

  @Mixin private ClientOptions client = new ClientOptions();

  AskCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    try (Session session = client.open(setting)) {
      String treeId =
          TREE_ID.matcher(where).matches()
              ? where
              : Projects.analyze(session, Path.of(where)).getTreeId();
      QueryTreeResponse answer =
          session
              .client()
              .call(
                  Peer.INTELLIGENCE, IntelligenceServiceGrpc.getQueryTreeMethod(), request(treeId));
      if (session.json()) {
        var document = session.object().put("treeId", treeId);
        session.document(document.setAll(ProtoJson.of(answer)));
      } else {
        print(session, answer);
      }
      return ExitCode.OK.code();
    }
  }

  private QueryTreeRequest request(String treeId) {
    return QueryTreeRequest.newBuilder()
        .setTreeId(treeId)
        .setQuery(String.join(" ", words))
        .setMaxDepth(depth)
        .setLimit(limit)
        .setFilters(
            TreeFilters.newBuilder()
                .setExtension(extension)
                .setType(type)
                .setPurpose(purpose)
                .setDirectory(directory))
        .build();
  }

  private static void print(Session session, QueryTreeResponse answer) {
    var table = new Table(session.palette(), ">SCORE", "PATH", "PURPOSE", "WHY");
    for (RankedNode ranked : answer.getNodesList()) {
      table.row(
          String.format(Locale.ROOT, "%.2f", ranked.getScore()),
          ranked.getNode().getPath(),
          ranked.getNode().getInferredPurpose(),
          String.join("; ", ranked.getWhyList()));
    }
    if (table.isEmpty()) {
      session.line("nothing found");
    } else {
      session.table(table);
    }
    session.remark(
        "searched %s nodes by %s"
            .formatted(Amounts.count(answer.getNodesSearched()), OneLine.of(answer.getModel())));
  }
}
