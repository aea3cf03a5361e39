// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.stamping.v1.GetProofBundleRequest;
import dev.omnibridge.api.stamping.v1.StampLogServiceGrpc;
import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.files.FileHasher;
import dev.omnibridge.bridge.files.FileReplacement;
import dev.omnibridge.runtime.blake3.slice.Range;
import dev.omnibridge.runtime.rpc.Peer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Fetches what is needed to verify a stamp without the suite. */
@Command(
    name = "prove",
    description = "Fetches the proof that a stamp is in the log, to be verified without the suite.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge prove README.md > readme.proof",
      "  ./bridge prove 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      "  ./bridge prove model.bin --range 4096:100 --to part.slice    these bytes stand in the file"
    })
final class ProveCommand implements Callable<Integer> {
  private final Setting setting;

  @Parameters(paramLabel = "HASH|PATH", description = "A file hash, a content hash, or a file.")
  private String what = "";

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      description = "Tenant (default: ${DEFAULT-VALUE}).")
  private String namespace = "default";

  @Option(
      names = "--size",
      paramLabel = "LEAVES",
      description = "Of the log when it had so many leaves; as it is now without.")
  private long size;

  @Option(names = "--to", paramLabel = "FILE", description = "Write the bundle to this file.")
  private @Nullable Path target;

  @Option(
      names = "--range",
      paramLabel = "FROM:COUNT",
      converter = ByteRange.class,
      description =
          "Prove instead that these bytes stand in a file, with a slice of its tree; no suite is"
              + " asked.")
  private @Nullable Range range;

  @Mixin private ClientOptions client = new ClientOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  ProveCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws InterruptedException {
    Range bytes = range;
    if (bytes != null) {
      return slice(bytes);
    }
    try (Session session = client.open(setting)) {
      var request =
          GetProofBundleRequest.newBuilder()
              .setNamespace(namespace)
              .setHash(hash())
              .setSize(size)
              .build();
      var bundle =
          session
              .client()
              .call(Peer.STAMPING, StampLogServiceGrpc.getGetProofBundleMethod(), request)
              .getBundle();
      Path to = target;
      if (to == null) {
        session.line(bundle.toString(StandardCharsets.UTF_8).stripTrailing());
      } else {
        write(to, bundle.toByteArray());
        session.remark("The proof is in " + to + "; check it with ./bridge verify --bundle " + to);
      }
      return ExitCode.OK.code();
    }
  }

  private int slice(Range bytes) {
    Pointless.refuse(spec, "goes without --range", "--size", "--namespace");
    client.beQuiet();
    Path to = target;
    if (to == null) {
      throw new CliFailure(ExitCode.USAGE, "Say with --to which file the slice goes to.");
    }
    return new Slices(setting, client.output().json()).extract(Path.of(what), bytes, to);
  }

  private String hash() throws InterruptedException {
    if (what.matches("[0-9a-fA-F]{64}")) {
      return what;
    }
    Path file = Path.of(what);
    try (var hasher = new FileHasher(1, _ -> {});
        var turn = hasher.turn()) {
      if (target != null) {
        Slices.requireOther(file, target);
      }
      return turn.digests(file).fileHash().hex();
    } catch (IOException unreadable) {
      throw Inputs.unreadable(what, unreadable);
    }
  }

  private static void write(Path file, byte[] bytes) {
    try {
      FileReplacement.write(file, bytes);
    } catch (IOException failure) {
      throw Inputs.unreadable(FileFaults.name(file), failure);
    }
  }
}
