// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.stamping.v1.AuditNamespaceRequest;
import dev.omnibridge.api.stamping.v1.AuditNamespaceResponse;
import dev.omnibridge.api.stamping.v1.AuditProgress;
import dev.omnibridge.api.stamping.v1.AuditVerdict;
import dev.omnibridge.api.stamping.v1.StampLogServiceGrpc;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.view.Progress;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Peer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Recomputes the log of stamps from the database, and names what was altered. */
@Command(
    name = "audit",
    description =
        "Recomputes the log of a namespace's stamps from the database, and names what was altered,"
            + " is missing or was added.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge audit",
      "  ./bridge audit --namespace models --deep",
      "  ./bridge checkpoint > kept.txt; ...; ./bridge audit --checkpoint kept.txt",
      "",
      "Keep checkpoints where the suite's database is not: against one of those even a database",
      "that was rewritten as a whole does not pass. Ends with 1 when anything is found."
    })
final class AuditCommand implements Callable<Integer> {
  private static final Duration LIMIT = Duration.ofMinutes(30);

  private final Setting setting;

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      description = "Tenant (default: ${DEFAULT-VALUE}).")
  private String namespace = "default";

  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description =
          "A checkpoint that was kept, as ./bridge checkpoint prints it; may be repeated.")
  private List<String> checkpoints = new ArrayList<>();

  @Option(names = "--deep", description = "Compare every stamp with its event in the log, too.")
  private boolean deep;

  @Mixin private ClientOptions client = new ClientOptions();

  AuditCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    var request = AuditNamespaceRequest.newBuilder().setNamespace(namespace).setDeep(deep);
    checkpoints.forEach(file -> request.addCheckpoints(Inputs.file(file)));
    try (Session session = client.open(setting)) {
      AuditVerdict verdict = audit(session, request.build());
      new AuditView(session).print(verdict);
      return verdict.getIntact() ? ExitCode.OK.code() : ExitCode.FAILED.code();
    }
  }

  private AuditVerdict audit(Session session, AuditNamespaceRequest request) {
    var verdict = new AtomicReference<@Nullable AuditVerdict>();
    var progress = Progress.of(setting, session.json(), "audited");
    try {
      session.client().stream(
          Peer.STAMPING,
          StampLogServiceGrpc.getAuditNamespaceMethod(),
          request,
          LIMIT,
          (AuditNamespaceResponse step) -> {
            switch (step.getStepCase()) {
              case PROGRESS -> show(progress, step.getProgress());
              case VERDICT -> verdict.set(step.getVerdict());
              case STEP_NOT_SET -> throw unknownStep();
            }
          });
    } finally {
      progress.clear();
    }
    AuditVerdict found = verdict.get();
    if (found == null) {
      throw Fault.broken(new IllegalStateException("An audit ended without a verdict"));
    }
    return found;
  }

  private static void show(Progress progress, AuditProgress now) {
    progress.update(now.getLeavesChecked(), now.getLeavesTotal(), "");
  }

  private static Fault unknownStep() {
    return Fault.broken(new IllegalStateException("An audit told something unknown"));
  }
}
