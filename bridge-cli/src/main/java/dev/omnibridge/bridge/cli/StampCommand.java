// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.stamping.v1.GetStampRequest;
import dev.omnibridge.api.stamping.v1.Stamp;
import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc;
import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.cli.StampView.Item;
import dev.omnibridge.bridge.client.Crew;
import dev.omnibridge.bridge.client.StampUpload;
import dev.omnibridge.bridge.view.Progress;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.Peer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Stamps files by streaming them to the suite, or shows the stamps of hashes. */
@Command(
    name = "stamp",
    description = "Stamps files by streaming them to the suite, or shows the stamps of hashes.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge stamp README.md docs",
      "  ./bridge stamp model.bin --namespace models --metadata '{\"owner\": \"ada\"}' -o json",
      "  ./bridge stamp --hash 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    })
final class StampCommand implements Callable<Integer> {
  private static final int AT_ONCE = 4;

  private final Setting setting;

  @Parameters(
      paramLabel = "PATH",
      arity = "0..*",
      description = "Files, and directories with all that is in them but hidden files.")
  private List<Path> paths = new ArrayList<>();

  @Option(
      names = "--hash",
      paramLabel = "HASH",
      description = "Show the stamp of a file hash or content hash instead; may be repeated.")
  private List<String> hashes = new ArrayList<>();

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      description = "Tenant (default: ${DEFAULT-VALUE}).")
  private String namespace = "default";

  @Option(names = "--content-type", paramLabel = "TYPE", description = "Media type of the files.")
  private String contentType = "";

  @Option(
      names = "--metadata",
      paramLabel = "JSON|@FILE",
      description = "A JSON object to keep with the stamps.")
  private String metadata = "";

  @Mixin private ClientOptions client = new ClientOptions();

  StampCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    if (paths.isEmpty() == hashes.isEmpty()) {
      throw new CliFailure(
          ExitCode.USAGE, "Give files to stamp, or hashes with --hash; see ./bridge stamp --help.");
    }
    try (Session session = client.open(setting)) {
      return hashes.isEmpty() ? stamp(session) : show(session);
    }
  }

  private int stamp(Session session) {
    List<Path> files = FilesIn.all(paths);
    var progress = Progress.of(setting, session.json(), "stamped");
    var done = new AtomicInteger();
    List<Item> items;
    try {
      items =
          Crew.map(
              files,
              AT_ONCE,
              file -> {
                Item item = stampOne(session, file);
                progress.update(done.incrementAndGet(), files.size(), "");
                return item;
              });
    } finally {
      progress.clear();
    }
    new StampView(session).print(items);
    return items.stream().allMatch(Item::succeeded) ? ExitCode.OK.code() : ExitCode.FAILED.code();
  }

  /** What is wrong with one file is told in its place; a suite that is away ends everything. */
  private Item stampOne(Session session, Path file) {
    String name = file.toString().replace('\\', '/');
    try {
      var answer = StampUpload.send(session.client(), file, options(name));
      return Item.stamped(name, answer.getStamp(), answer.getExisted());
    } catch (IOException unreadable) {
      return Item.failed(name, Inputs.whyUnreadable(name, unreadable));
    } catch (Fault fault) {
      if (fault.kind() == Kind.UNAVAILABLE) {
        throw fault;
      }
      return Item.failed(name, fault.sentence());
    }
  }

  private StampOptions options(String name) {
    return StampOptions.newBuilder()
        .setNamespace(namespace)
        .setFilePath(name)
        .setContentType(contentType)
        .setMetadata(Inputs.textOrFile(metadata))
        .build();
  }

  private int show(Session session) {
    var items = new ArrayList<Item>();
    for (String hash : hashes) {
      var request = GetStampRequest.newBuilder().setNamespace(namespace).setHash(hash).build();
      Stamp stamp =
          session
              .client()
              .call(Peer.STAMPING, StampingServiceGrpc.getGetStampMethod(), request)
              .getStamp();
      items.add(Item.stamped(stamp.getFilePath(), stamp, true));
    }
    new StampView(session).print(items);
    return ExitCode.OK.code();
  }
}
