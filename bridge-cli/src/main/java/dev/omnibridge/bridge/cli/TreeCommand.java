// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.api.content.v1.ContentServiceGrpc;
import dev.omnibridge.api.content.v1.GetContentRequest;
import dev.omnibridge.api.intelligence.v1.AnalyzeTreeResponse;
import dev.omnibridge.api.intelligence.v1.TreeStatistics;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.client.Client;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.bridge.view.OneLine;
import dev.omnibridge.bridge.view.Table;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Peer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Analyses a project as a whole, and keeps the tree for questions. */
@Command(
    name = "tree",
    description =
        "Analyses a project as a whole: what its files are for, and what belongs together.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge tree .",
      "  ./bridge tree ../shop -o json | jq .statistics",
      "  ./bridge ask $(./bridge tree . -o json | jq -r .tree_id) 'where are events stored?'"
    })
final class TreeCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Setting setting;

  @Parameters(
      paramLabel = "DIR",
      description = "The project: the files that git tracks, or without git the source files.")
  private Path directory = Path.of("");

  @Mixin private ClientOptions client = new ClientOptions();

  TreeCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    try (Session session = client.open(setting)) {
      AnalyzeTreeResponse answer = Projects.analyze(session, directory);
      if (session.json()) {
        session.document(document(session, answer.getTreeId()));
      } else {
        print(session, answer);
      }
      return ExitCode.OK.code();
    }
  }

  /** The tree as it is stored, with its id. */
  private static JsonNode document(Session session, String treeId) {
    var bytes = new ByteArrayOutputStream();
    var request = GetContentRequest.newBuilder().setContentHash(treeId).build();
    session.client().stream(
        Peer.DB_ADAPTER,
        ContentServiceGrpc.getGetContentMethod(),
        request,
        Client.LIMIT,
        part -> bytes.writeBytes(part.getChunk().toByteArray()));
    try {
      ObjectNode document = session.object().put("tree_id", treeId);
      return document.setAll((ObjectNode) JSON.readTree(bytes.toByteArray()));
    } catch (IOException damaged) {
      throw Fault.broken(damaged);
    }
  }

  private static void print(Session session, AnalyzeTreeResponse answer) {
    TreeStatistics figures = answer.getStatistics();
    session.line(
        "%s files in %s directories, %s, in %s"
            .formatted(
                Amounts.count(figures.getTotalFiles()),
                Amounts.count(figures.getTotalDirectories()),
                Amounts.bytes(figures.getTotalSizeBytes()),
                Amounts.span(Duration.ofNanos(answer.getAnalysisNanos()))));
    session.table(counts(session, "PURPOSE", figures.getPurposeDistributionMap()));
    session.table(counts(session, "EXTENSION", figures.getFileTypeDistributionMap()));
    session.line("tree " + session.palette().bold(OneLine.of(answer.getTreeId())));
  }

  private static Table counts(Session session, String what, Map<String, Long> counts) {
    var table = new Table(session.palette(), what, ">FILES");
    counts.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .forEach(count ->
            table.row(
                count.getKey().isEmpty() ? "-" : count.getKey(), Amounts.count(count.getValue())));
    return table;
  }
}
