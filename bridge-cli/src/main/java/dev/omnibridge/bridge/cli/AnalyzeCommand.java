// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.google.protobuf.UnsafeByteOperations;
import dev.omnibridge.api.intelligence.v1.AnalyzeRequest;
import dev.omnibridge.api.intelligence.v1.AnalyzeResponse;
import dev.omnibridge.api.intelligence.v1.IntelligenceServiceGrpc;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.cli.AnalysisView.Item;
import dev.omnibridge.bridge.client.Crew;
import dev.omnibridge.bridge.files.Found;
import dev.omnibridge.bridge.view.Progress;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.Peer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Analyses files: what they are, their licenses, and secrets that should not be in them. */
@Command(
    name = "analyze",
    description = "Analyses files: type, structure, licenses, secrets, near duplicates.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge analyze src/Basket.java",
      "  ./bridge analyze . --fail-on-secrets",
      "  ./bridge analyze pom.xml -o json | jq '.analyses[0].analysis.confidence'"
    })
final class AnalyzeCommand implements Callable<Integer> {
  private static final int AT_ONCE = 4;
  private static final int MOST_BYTES = 3 * 1024 * 1024;

  private final Setting setting;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Files, and directories with all that is in them but hidden files.")
  private List<Path> paths = new ArrayList<>();

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      description =
          "Tenant, whose stamps are looked through for near duplicates (default: "
              + "${DEFAULT-VALUE}).")
  private String namespace = "default";

  @Option(
      names = "--tree",
      paramLabel = "TREE_ID",
      description = "The tree of ./bridge tree that the files are part of.")
  private String treeId = "";

  @Option(
      names = "--fail-on-secrets",
      description = "End with 1 when a secret is found that is no placeholder or example.")
  private boolean failOnSecrets;

  @Mixin private ClientOptions client = new ClientOptions();

  AnalyzeCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws InterruptedException {
    try (Session session = client.open(setting)) {
      List<Item> items = analyze(session);
      new AnalysisView(session).print(items);
      boolean failed = items.stream().anyMatch(item -> !item.problem().isEmpty());
      boolean leaked = failOnSecrets && items.stream().anyMatch(item -> item.secrets() > 0);
      return failed || leaked ? ExitCode.FAILED.code() : ExitCode.OK.code();
    }
  }

  private List<Item> analyze(Session session) throws InterruptedException {
    List<Found> files = FilesIn.all(paths);
    var progress = Progress.of(setting, session.json(), "analysed");
    var done = new AtomicInteger();
    try {
      return Crew.map(
          files,
          AT_ONCE,
          file -> {
            Item item = analyze(session, file);
            progress.update(done.incrementAndGet(), files.size(), "");
            return item;
          });
    } finally {
      progress.clear();
    }
  }

  /** What is wrong with one file is told in its place; a suite that is away ends everything. */
  private Item analyze(Session session, Found found) {
    return switch (found) {
      case Found.Unreadable unreadable -> {
        var failed = FileFaults.of(unreadable);
        yield Item.failed(failed.path(), failed.problem());
      }
      case Found.File file -> analyze(session, file.path());
    };
  }

  private Item analyze(Session session, Path file) {
    String name = file.normalize().toString().replace('\\', '/');
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MOST_BYTES);
      var request =
          AnalyzeRequest.newBuilder()
              .setContent(UnsafeByteOperations.unsafeWrap(content))
              .setFilePath(name)
              .setNamespace(namespace)
              .setTreeId(treeId)
              .setAnalysisContext("bridge analyze")
              .build();
      AnalyzeResponse answer =
          session
              .client()
              .call(Peer.INTELLIGENCE, IntelligenceServiceGrpc.getAnalyzeMethod(), request);
      return Item.analysed(name, answer, Files.size(file) > content.length);
    } catch (IOException unreadable) {
      return Item.failed(name, Inputs.whyUnreadable(name, unreadable));
    } catch (Fault fault) {
      if (fault.kind() == Kind.UNAVAILABLE) {
        throw fault;
      }
      return Item.failed(name, fault.sentence());
    }
  }
}
