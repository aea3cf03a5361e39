// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.files.FileHasher;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.bridge.view.OneLine;
import dev.omnibridge.stamping.merkle.ProofBundle;
import dev.omnibridge.stamping.merkle.StampRecord;
import dev.omnibridge.stamping.merkle.VerifiedStamp;
import dev.omnibridge.stamping.merkle.VerifierKey;
import dev.omnibridge.stamping.stamp.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Verifies a proof without the suite, and the file that it is about. */
final class BundleCheck {
  private static final int MOST_BYTES = 1024 * 1024;

  private final Setting setting;
  private final boolean json;
  private final boolean strict;

  BundleCheck(Setting setting, boolean json, boolean strict) {
    this.setting = setting;
    this.json = json;
    this.strict = strict;
  }

  /** Gives the exit code; a proof that does not hold is a fault that says why. */
  int check(String bundle, List<VerifierKey> trusted, @Nullable Path file)
      throws InterruptedException {
    byte[] bytes = read(bundle);
    VerifiedStamp proven = Unproven.told(() -> ProofBundle.parse(bytes).verify(trusted));
    Digests digests = file == null ? null : digests(file);
    String problem = digests == null ? "" : problem(proven.record(), digests);
    if (json) {
      setting.out().println(document(proven, problem));
    } else {
      print(proven, file, problem);
    }
    return problem.isEmpty() ? ExitCode.OK.code() : ExitCode.FAILED.code();
  }

  private static byte[] read(String name) {
    try (InputStream in = name.equals("-") ? System.in : Files.newInputStream(Path.of(name))) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new CliFailure(ExitCode.USAGE, name + " is too large for a proof.");
      }
      return bytes;
    } catch (IOException unreadable) {
      throw Inputs.unreadable(name, unreadable);
    }
  }

  private static Digests digests(Path file) throws InterruptedException {
    try (var hasher = new FileHasher(1, _ -> {});
        var turn = hasher.turn()) {
      return turn.digests(file);
    } catch (IOException unreadable) {
      throw Inputs.unreadable(FileFaults.name(file), unreadable);
    }
  }

  /** Why the file is not the one that was stamped; empty when it is. */
  private String problem(StampRecord record, Digests digests) {
    if (!record.fileHash().equals(digests.fileHash())) {
      return "it is not what was stamped";
    }
    return strict && !record.contentHash().equals(digests.contentHash())
        ? "it is the same text in other bytes"
        : "";
  }

  private void print(VerifiedStamp proven, @Nullable Path file, String problem) {
    var palette = setting.palette();
    StampRecord record = proven.record();
    setting
        .out()
        .println(
            palette.green("proven")
                + "  stamp %s, revision %d, of %s"
                    .formatted(record.stampId(), record.revision(), record.stampedAt()));
    setting.out().println("file hash     " + record.fileHash().hex());
    setting.out().println("content hash  " + record.contentHash().hex());
    setting
        .out()
        .println(
            "leaf %s of %s in %s"
                .formatted(
                    Amounts.count(proven.leafIndex()),
                    Amounts.count(proven.size()),
                    OneLine.of(proven.origin())));
    proven.signers().forEach(signer -> setting.out().println("signed by " + OneLine.of(signer)));
    if (!proven.pinned()) {
      setting
          .err()
          .println(
              setting
                  .errorPalette()
                  .yellow(
                      "The keys came with the proof, which vouches only for itself; give those that"
                          + " you trust with --key."));
    }
    if (file != null) {
      setting
          .out()
          .println(
              OneLine.of(FileFaults.name(file))
                  + ": "
                  + (problem.isEmpty()
                      ? palette.green("OK")
                      : palette.red("DIFFERS") + " (" + problem + ")"));
    }
  }

  private static String document(VerifiedStamp proven, String problem) {
    StampRecord record = proven.record();
    ObjectNode document =
        JsonNodeFactory.instance
            .objectNode()
            .put("proven", true)
            .put("pinned", proven.pinned())
            .put("origin", proven.origin())
            .put("leafIndex", proven.leafIndex())
            .put("size", proven.size())
            .put("root", proven.root().hex())
            .put("stampId", record.stampId().toString())
            .put("revision", record.revision())
            .put("fileHash", record.fileHash().hex())
            .put("contentHash", record.contentHash().hex())
            .put("stampedAt", record.stampedAt().toString())
            .put("problem", problem);
    proven.signers().forEach(document.putArray("signers")::add);
    return Session.compact(document);
  }
}
