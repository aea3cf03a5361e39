// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.google.protobuf.UnsafeByteOperations;
import dev.omnibridge.api.intelligence.v1.FindSimilarRequest;
import dev.omnibridge.api.intelligence.v1.FindSimilarResponse;
import dev.omnibridge.api.intelligence.v1.IndexState;
import dev.omnibridge.api.intelligence.v1.IntelligenceServiceGrpc;
import dev.omnibridge.api.intelligence.v1.Neighbor;
import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.bridge.view.OneLine;
import dev.omnibridge.bridge.view.ProtoJson;
import dev.omnibridge.bridge.view.Table;
import dev.omnibridge.bridge.view.Table.Cell;
import dev.omnibridge.runtime.rpc.Peer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Finds the stamped artifacts that are most like a file. */
@Command(
    name = "similar",
    description = "Finds the stamped artifacts that are most like a file or a stored content.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge similar README.md",
      "  ./bridge similar src/Basket.java --limit 5 --min 0.7",
      "  ./bridge similar 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 -o json"
    })
final class SimilarCommand implements Callable<Integer> {
  private static final Pattern HASH = Pattern.compile("[0-9a-fA-F]{64}");
  private static final int MOST_BYTES = 3 * 1024 * 1024;

  private final Setting setting;

  @Parameters(paramLabel = "FILE|HASH", description = "A file, or the hash of a stored content.")
  private String what = "";

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Most neighbours, at most 50 (default: ${DEFAULT-VALUE}).")
  private int limit = 10;

  @Option(
      names = "--min",
      paramLabel = "SHARE",
      description = "Least similarity, 0 to 1 (default: ${DEFAULT-VALUE}).")
  private double least = 0.1;

  @Option(names = "--namespace", paramLabel = "NAME", description = "Only this tenant.")
  private String namespace = "";

  @Mixin private ClientOptions client = new ClientOptions();

  SimilarCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    try (Session session = client.open(setting)) {
      FindSimilarResponse answer =
          session
              .client()
              .call(Peer.INTELLIGENCE, IntelligenceServiceGrpc.getFindSimilarMethod(), request());
      if (session.json()) {
        session.document(ProtoJson.of(answer));
      } else {
        print(session, answer);
      }
      return ExitCode.OK.code();
    }
  }

  private FindSimilarRequest request() {
    var request =
        FindSimilarRequest.newBuilder()
            .setNamespace(namespace)
            .setLimit(limit)
            .setMinSimilarity(least);
    Path file = Path.of(what);
    if (!Files.exists(file) && HASH.matcher(what).matches()) {
      return request.setContentHash(what).build();
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MOST_BYTES + 1);
      if (content.length > MOST_BYTES) {
        throw new CliFailure(
            ExitCode.USAGE, what + " has more than 3 MiB; store it and give its hash.");
      }
      return request.setContent(UnsafeByteOperations.unsafeWrap(content)).build();
    } catch (IOException unreadable) {
      throw new CliFailure(
          ExitCode.USAGE, Inputs.whyUnreadable(what, unreadable) + ".", unreadable);
    }
  }

  private static void print(Session session, FindSimilarResponse answer) {
    var palette = session.palette();
    var table = new Table(palette, ">SIMILARITY", "", "NAMESPACE", "PATH", "FILE HASH");
    for (Neighbor near : answer.getNeighborsList()) {
      table.row(
          String.format(Locale.ROOT, "%.2f", near.getSimilarity()),
          near.getNearDuplicate() ? new Cell("near duplicate", palette::yellow) : Cell.of(""),
          near.getNamespace(),
          near.getPath(),
          near.getFileHash());
    }
    if (table.isEmpty()) {
      session.line("nothing similar is stamped");
    } else {
      session.table(table);
    }
    session.remark(OneLine.of(state(answer)));
  }

  private static String state(FindSimilarResponse answer) {
    IndexState index = answer.getIndex();
    var text = new StringBuilder("compared by ").append(answer.getModel());
    text.append(" with ").append(Amounts.count(index.getArtifacts())).append(" artifacts");
    if (index.getPending() > 0) {
      text.append(", ").append(Amounts.count(index.getPending())).append(" by words for now");
    }
    if (index.getWithoutContent() > 0) {
      text.append(", ").append(Amounts.count(index.getWithoutContent())).append(" without text");
    }
    if (!index.getFollowing()) {
      text.append("; new stamps are not followed for now");
    } else if (index.getLag() > 0) {
      text.append("; ").append(Amounts.count(index.getLag())).append(" stamps behind");
    }
    return text.toString();
  }
}
