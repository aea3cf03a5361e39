// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.files.Conveyor;
import dev.omnibridge.bridge.view.FileProgress;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.runtime.blake3.slice.Range;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares files with their stamps, with a list of digests, or with a proof. */
@Command(
    name = "verify",
    description = "Compares files with their stamps, or with a list of digests.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge verify README.md docs               with what the suite has of them",
      "  ./bridge verify src --strict --quiet         only what is not, byte by byte, as stamped",
      "  ./bridge verify --b3sum sums.txt             with a list that b3sum or stamp --b3sum wrote",
      "  ./bridge verify --bundle readme.proof README.md --key @trusted-keys",
      "  ./bridge verify --slice part.slice --hash HASH --range 4096:100",
      "",
      "A file is OK when its bytes are those that were stamped last; SAME TEXT when only line ends,",
      "blanks or written stamps differ; ALTERED when a stamp written in it does not fit it; UNKNOWN",
      "when nothing like it was stamped; UNCHECKED when it is too large to check what is written",
      "in it."
    })
final class VerifyCommand implements Callable<Integer> {
  private final Setting setting;

  @Parameters(
      paramLabel = "PATH",
      arity = "0..*",
      description = "Files, and directories as ./bridge stamp takes them.")
  private List<Path> paths = new ArrayList<>();

  @Option(
      names = "--b3sum",
      paramLabel = "LIST",
      description = "Check this list as b3sum --check does; - for stdin. No suite is asked.")
  private String list = "";

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      description = "Tenant (default: ${DEFAULT-VALUE}).")
  private String namespace = "default";

  @Option(
      names = "--strict",
      description =
          "The same text in other bytes, malformed stamps in texts, and UNCHECKED are bad, too.")
  private boolean strict;

  @Option(names = "--quiet", description = "Show only what is bad.")
  private boolean quiet;

  @Option(
      names = "--bundle",
      paramLabel = "FILE",
      description =
          "Check a proof that ./bridge prove wrote, and a PATH that it is about. No suite is asked.")
  private String bundle = "";

  @Mixin private KeyOptions trusted = new KeyOptions();

  @Option(
      names = "--slice",
      paramLabel = "FILE",
      description = "Check a slice that ./bridge prove --range wrote. No suite is asked.")
  private @Nullable Path slice;

  @Option(
      names = "--hash",
      paramLabel = "HASH",
      description = "With --slice: the content hash of the file that it is of.")
  private String hash = "";

  @Option(
      names = "--range",
      paramLabel = "FROM:COUNT",
      converter = ByteRange.class,
      description = "With --slice: which bytes it must prove.")
  private @Nullable Range range;

  @Option(
      names = "--to",
      paramLabel = "FILE",
      description = "With --slice: write the bytes to this file when they are proven.")
  private @Nullable Path target;

  @Mixin private SelectionOptions files = new SelectionOptions();

  @Mixin private ClientOptions client = new ClientOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  VerifyCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (bundle.isEmpty()) {
      Pointless.refuse(spec, "goes with --bundle", "--key");
    }
    if (slice == null) {
      Pointless.refuse(spec, "goes with --slice", "--hash", "--range", "--to");
    }
    if (!bundle.isEmpty()) {
      return verifyBundle();
    }
    int ways = (paths.isEmpty() ? 0 : 1) + (list.isEmpty() ? 0 : 1) + (slice == null ? 0 : 1);
    if (ways != 1) {
      throw new CliFailure(
          ExitCode.USAGE,
          "Give files, or one of --b3sum, --bundle and --slice; see ./bridge verify --help.");
    }
    Path given = slice;
    if (given != null) {
      client.beQuiet();
      return verifySlice(given);
    }
    if (!list.isEmpty()) {
      if (client.output().json()) {
        throw new CliFailure(ExitCode.USAGE, "verify --b3sum prints lines of its own, no JSON.");
      }
      client.beQuiet();
      return new ChecksumCheck(setting, quiet).check(list);
    }
    try (Session session = client.open(setting)) {
      return verify(session);
    }
  }

  private int verifyBundle() throws InterruptedException {
    if (paths.size() > 1 || !list.isEmpty() || slice != null) {
      throw new CliFailure(
          ExitCode.USAGE, "A --bundle is about one file, and goes without --b3sum and --slice.");
    }
    client.beQuiet();
    var check = new BundleCheck(setting, client.output().json(), strict);
    return check.check(bundle, trusted.keys(), paths.isEmpty() ? null : paths.getFirst());
  }

  private int verifySlice(Path given) {
    Range bytes = range;
    if (bytes == null || hash.isEmpty()) {
      throw new CliFailure(
          ExitCode.USAGE, "A --slice is checked against a --hash, for a --range of bytes.");
    }
    try {
      var slices = new Slices(setting, client.output().json());
      return slices.verify(given, Hash.parse(hash), bytes, target);
    } catch (IllegalArgumentException noHash) {
      throw new CliFailure(ExitCode.USAGE, noHash.getMessage() + ".", noHash);
    }
  }

  private int verify(Session session) {
    var progress = FileProgress.of(setting, session.json(), "verified");
    try (var hasher = FoundFiles.hasher(progress);
        var view = new VerifyView(setting, session.json(), quiet, strict, progress)) {
      var work = new VerifyWork(session.client(), hasher, namespace, strict);
      Conveyor.run(
          FoundFiles.source(paths, files.selection(), progress),
          FoundFiles.told(work::verify, progress),
          view::show);
      return view.end() ? ExitCode.OK.code() : ExitCode.FAILED.code();
    }
  }
}
