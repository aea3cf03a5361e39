// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.stamping.v1.GetStampRequest;
import dev.omnibridge.api.stamping.v1.Stamp;
import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc;
import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.cli.Outcome.Stamped;
import dev.omnibridge.bridge.files.Conveyor;
import dev.omnibridge.bridge.files.FileHasher;
import dev.omnibridge.bridge.files.Found;
import dev.omnibridge.bridge.view.FileProgress;
import dev.omnibridge.runtime.rpc.Peer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gives files an identity in the suite's log, or shows the stamps of hashes. */
@Command(
    name = "stamp",
    description = "Gives files an identity in the suite's log, or shows the stamps of hashes.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge stamp README.md docs",
      "  ./bridge stamp . --include '*.java' --write           a line in each file says its stamp",
      "  ./bridge stamp model.bin --upload --metadata '{\"owner\": \"ada\"}' -o json",
      "  ./bridge stamp --b3sum . > sums.txt                   without a suite; see ./bridge verify",
      "  ./bridge stamp --hash 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      "",
      "Files are hashed here, on all processors, and the suite is told their digests; a stamp says",
      "who hashed. With --upload the suite gets the bytes and hashes them itself."
    })
final class StampCommand implements Callable<Integer> {
  private final Setting setting;

  @Parameters(
      paramLabel = "PATH",
      arity = "0..*",
      description =
          "Files, and directories with all that is in them but hidden files and what .gitignore"
              + " files leave out.")
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

  @Option(names = "--upload", description = "Send the bytes, so that the suite hashes them itself.")
  private boolean upload;

  @Option(
      names = "--write",
      description =
          "Write the stamps: into texts of up to 1 MiB, which the suite hashes then; other files"
              + " keep their bytes.")
  private boolean write;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "How --write does it: lightweight (default), rich, hash-only, tool-metadata, or detached"
              + " for a file beside each.")
  private @Nullable WriteFormat format;

  @Option(names = "--local", description = "Only hash; no suite is asked or told.")
  private boolean local;

  @Option(
      names = "--b3sum",
      description = "Only hash, and print what b3sum prints: content hashes and names.")
  private boolean b3sum;

  @Mixin private SelectionOptions files = new SelectionOptions();

  @Mixin private ClientOptions client = new ClientOptions();

  StampCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws InterruptedException {
    checkUsage();
    if (b3sum) {
      client.beQuiet();
      return new Checksums(setting, files.selection()).print(paths);
    }
    if (local) {
      client.beQuiet();
      return stamp(null);
    }
    try (Session session = client.open(setting)) {
      return hashes.isEmpty() ? stamp(session) : show(session);
    }
  }

  private void checkUsage() {
    if (paths.isEmpty() == hashes.isEmpty()) {
      throw usage("Give files to stamp, or hashes with --hash; see ./bridge stamp --help.");
    }
    int ways = (upload ? 1 : 0) + (write ? 1 : 0) + (local ? 1 : 0) + (b3sum ? 1 : 0);
    if (ways > 1 || ways > 0 && !hashes.isEmpty()) {
      throw usage("--upload, --write, --local, --b3sum and --hash exclude each other.");
    }
    if (format != null && !write) {
      throw usage("--format says how --write writes; give both.");
    }
    if (b3sum && client.output().json()) {
      throw usage("--b3sum prints lines of its own; for JSON give --local.");
    }
    for (Path path : paths) {
      if (!Files.exists(path)) {
        throw usage("There is no file " + path + ".");
      }
    }
  }

  private static CliFailure usage(String sentence) {
    return new CliFailure(ExitCode.USAGE, sentence);
  }

  private int stamp(@Nullable Session session) {
    boolean json = client.output().json();
    var progress = FileProgress.of(setting, json, session == null ? "hashed" : "stamped");
    try (var hasher = FoundFiles.hasher(progress);
        var view = new StampView(setting, json, progress)) {
      Conveyor.run(
          FoundFiles.source(paths, files.selection(), progress),
          FoundFiles.told(work(session, hasher, progress), progress),
          view::show);
      return view.end() ? ExitCode.OK.code() : ExitCode.FAILED.code();
    }
  }

  private Conveyor.Work<Found, Outcome> work(
      @Nullable Session session, FileHasher hasher, FileProgress progress) {
    String kept = Inputs.textOrFile(metadata);
    var work = new StampWork(hasher, name -> options(name, kept));
    if (session == null) {
      return work::hash;
    }
    if (upload) {
      return batch -> work.upload(session.client(), batch, progress::moved);
    }
    if (write) {
      WriteFormat how = format == null ? WriteFormat.LIGHTWEIGHT : format;
      return new StampWriting(session.client(), hasher, how, name -> options(name, kept))::write;
    }
    return batch -> work.register(session.client(), batch);
  }

  private StampOptions options(String name, String kept) {
    return StampOptions.newBuilder()
        .setNamespace(namespace)
        .setFilePath(name)
        .setContentType(contentType)
        .setMetadata(kept)
        .build();
  }

  private int show(Session session) {
    var progress = FileProgress.of(setting, true, "");
    try (var view = new StampView(setting, session.json(), progress)) {
      for (String hash : hashes) {
        var request = GetStampRequest.newBuilder().setNamespace(namespace).setHash(hash).build();
        Stamp stamp =
            session
                .client()
                .call(Peer.STAMPING, StampingServiceGrpc.getGetStampMethod(), request)
                .getStamp();
        view.show(new Stamped(stamp.getFilePath(), stamp, true, ""));
      }
      if (session.json()) {
        boolean unused = view.end();
      }
    }
    return ExitCode.OK.code();
  }
}
