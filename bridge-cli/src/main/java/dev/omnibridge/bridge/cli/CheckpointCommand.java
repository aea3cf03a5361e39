// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.GetCheckpointRequest;
import dev.omnibridge.api.stamping.v1.GetConsistencyProofRequest;
import dev.omnibridge.api.stamping.v1.GetConsistencyProofResponse;
import dev.omnibridge.api.stamping.v1.ListCheckpointKeysRequest;
import dev.omnibridge.api.stamping.v1.ListCheckpointKeysResponse;
import dev.omnibridge.api.stamping.v1.StampLogServiceGrpc;
import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.bridge.view.ProtoJson;
import dev.omnibridge.bridge.view.Table;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.stamping.merkle.Checkpoint;
import dev.omnibridge.stamping.merkle.Proofs;
import dev.omnibridge.stamping.merkle.VerifierKey;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints a signed statement of what the log of stamps is. */
@Command(
    name = "checkpoint",
    description = "Prints a signed checkpoint of the log of a namespace's stamps, to be kept.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge checkpoint > kept.txt",
      "  ./bridge checkpoint --since kept.txt       the log only grew since then, and this is proven",
      "  ./bridge checkpoint --keys                 who signs; give them to verify --bundle --key"
    })
final class CheckpointCommand implements Callable<Integer> {
  private final Setting setting;

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

  @Option(
      names = "--since",
      paramLabel = "FILE",
      description = "A checkpoint that was kept: also check that the log only grew since then.")
  private String since = "";

  @Option(names = "--keys", description = "Show the keys that sign the log's checkpoints instead.")
  private boolean keys;

  @Mixin private KeyOptions trusted = new KeyOptions();

  @Mixin private ClientOptions client = new ClientOptions();

  CheckpointCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    if (keys && (size != 0 || !since.isEmpty())) {
      throw new CliFailure(ExitCode.USAGE, "--keys goes neither with --size nor with --since.");
    }
    Checkpoint kept = since.isEmpty() ? null : Checkpoint.parse(Inputs.file(since));
    List<VerifierKey> pinned = trusted.keys();
    try (Session session = client.open(setting)) {
      if (keys) {
        show(session, listKeys(session));
        return ExitCode.OK.code();
      }
      var answer =
          session
              .client()
              .call(
                  Peer.STAMPING,
                  StampLogServiceGrpc.getGetCheckpointMethod(),
                  GetCheckpointRequest.newBuilder().setNamespace(namespace).setSize(size).build())
              .getCheckpoint();
      Checkpoint now = Checkpoint.parse(answer.getNote());
      List<VerifierKey> known = pinned.isEmpty() ? told(session) : pinned;
      int unused =
          Unproven.told(() -> {
            List<VerifierKey> signers = now.verify(known);
            if (kept != null) {
              checkGrown(session, kept, now, known);
            }
            return signers.size();
          });
      if (session.json()) {
        session.document(ProtoJson.of(answer));
      } else {
        setting.out().print(answer.getNote());
        setting.out().flush();
      }
      return ExitCode.OK.code();
    }
  }

  /** The kept one and the new one must be of one log, which proves that it only grew. */
  private void checkGrown(
      Session session, Checkpoint kept, Checkpoint now, List<VerifierKey> known) {
    List<VerifierKey> signers = kept.verify(known);
    if (kept.size() > now.size()) {
      throw Fault.invalid(
          "PROOF_INVALID",
          "The kept checkpoint is of %s leaves, the log has %s: it lost some."
              .formatted(Amounts.count(kept.size()), Amounts.count(now.size())));
    }
    if (kept.size() > 0) {
      GetConsistencyProofResponse proof =
          session
              .client()
              .call(
                  Peer.STAMPING,
                  StampLogServiceGrpc.getGetConsistencyProofMethod(),
                  GetConsistencyProofRequest.newBuilder()
                      .setNamespace(namespace)
                      .setFromSize(kept.size())
                      .setToSize(now.size())
                      .build());
      // The roots are those that were signed, whatever the answer says of them.
      Proofs.checkConsistency(
          kept.size(), kept.root(), now.size(), now.root(), hashes(proof.getPathList()));
    }
    session.remark(
        "The log only grew since %s: from %s to %s leaves, as %s signed."
            .formatted(
                since,
                Amounts.count(kept.size()),
                Amounts.count(now.size()),
                signers.size() == 1 ? "one key" : signers.size() + " keys"));
  }

  private static List<Hash> hashes(List<ByteString> path) {
    return path.stream()
        .map(step -> {
          if (step.size() != Hash.LENGTH) {
            throw Fault.invalid("PROOF_INVALID", "A step of the proof is no hash.");
          }
          return Hash.of(step.toByteArray());
        })
        .toList();
  }

  private List<VerifierKey> told(Session session) {
    return listKeys(session).getKeysList().stream()
        .map(key -> VerifierKey.parse(key.getVerifier()))
        .toList();
  }

  private ListCheckpointKeysResponse listKeys(Session session) {
    return session
        .client()
        .call(
            Peer.STAMPING,
            StampLogServiceGrpc.getListCheckpointKeysMethod(),
            ListCheckpointKeysRequest.newBuilder().setNamespace(namespace).build());
  }

  private static void show(Session session, ListCheckpointKeysResponse answer) {
    if (session.json()) {
      session.document(ProtoJson.of(answer));
      return;
    }
    var table = new Table(session.palette(), ">FROM SIZE", ">TO SIZE", "SIGNS NOW", "KEY");
    answer
        .getKeysList()
        .forEach(key ->
            table.row(
                Amounts.count(key.getFirstSize()),
                Amounts.count(key.getLastSize()),
                key.getCurrent() ? "yes" : "no",
                key.getVerifier()));
    session.table(table);
  }
}
