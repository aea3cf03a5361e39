// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import dev.omnibridge.api.log.v1.SubmitClaim;
import dev.omnibridge.dbadapter.log.Found.ClaimKey;
import dev.omnibridge.dbadapter.log.Found.Holder;
import dev.omnibridge.runtime.Fault;
import java.util.UUID;

/** What makes a submission unique. */
public final class Claims {
  private Claims() {}

  public static ClaimKey key(SubmitClaim claim) {
    return claim.getByWorkflowId()
        ? new ClaimKey(true, claim.getNamespace(), claim.getWorkflowId())
        : new ClaimKey(false, claim.getNamespace(), claim.getByRequestId());
  }

  static Holder holder(SubmitClaim claim) {
    return new Holder(
        claim.getWorkflowId(),
        UUID.fromString(claim.getRunId()),
        claim.getDefinitionHash(),
        claim.getInputHash(),
        claim.getLabelsHash());
  }

  static Fault taken(ClaimKey key, Holder holder) {
    String what = key.byWorkflow() ? "workflow id" : "request id";
    return Fault.of(
            Fault.Kind.CONFLICT,
            key.byWorkflow() ? Batch.WORKFLOW_ID_TAKEN : Batch.REQUEST_ID_TAKEN,
            "The %s %s is taken by run %s.".formatted(what, key.id(), holder.runId()))
        .with("workflow_id", holder.workflowId())
        .with("run_id", holder.runId())
        .with("definition_hash", holder.definitionHash())
        .with("input_hash", holder.inputHash())
        .with("labels_hash", holder.labelsHash());
  }
}
