// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.rpc;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.AuditFinding;
import dev.omnibridge.api.stamping.v1.AuditFindingKind;
import dev.omnibridge.api.stamping.v1.AuditVerdict;
import dev.omnibridge.api.stamping.v1.Checkpoint;
import dev.omnibridge.api.stamping.v1.GetConsistencyProofResponse;
import dev.omnibridge.api.stamping.v1.GetInclusionProofResponse;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.stamping.log.Audit.Verdict;
import dev.omnibridge.stamping.log.Finding;
import dev.omnibridge.stamping.log.StampLog.Consistency;
import dev.omnibridge.stamping.log.StampLog.Inclusion;
import dev.omnibridge.stamping.log.StampLog.Signed;

/** Proofs, checkpoints and verdicts as messages. */
final class LogMessages {
  private static final int LONGEST_VALUE = 1024;

  private LogMessages() {}

  static Checkpoint checkpoint(Signed signed) {
    return Checkpoint.newBuilder()
        .setOrigin(signed.checkpoint().origin())
        .setSize(signed.checkpoint().size())
        .setRoot(bytes(signed.checkpoint().root()))
        .setNote(signed.stored().getNote())
        .setSignTime(signed.stored().getStoredAt())
        .build();
  }

  static GetInclusionProofResponse inclusion(Inclusion proof) {
    return GetInclusionProofResponse.newBuilder()
        .setOrigin(proof.origin())
        .setLeafIndex(proof.index())
        .setSize(proof.size())
        .setRecord(ByteString.copyFrom(proof.record()))
        .setLeafHash(bytes(proof.leaf()))
        .addAllPath(proof.path().stream().map(LogMessages::bytes).toList())
        .setRoot(bytes(proof.root()))
        .build();
  }

  static GetConsistencyProofResponse consistency(Consistency proof) {
    return GetConsistencyProofResponse.newBuilder()
        .setOrigin(proof.origin())
        .setFromSize(proof.fromSize())
        .setToSize(proof.toSize())
        .setFromRoot(bytes(proof.fromRoot()))
        .setToRoot(bytes(proof.toRoot()))
        .addAllPath(proof.path().stream().map(LogMessages::bytes).toList())
        .build();
  }

  static AuditVerdict.Builder verdict(Verdict verdict) {
    var message =
        AuditVerdict.newBuilder()
            .setIntact(verdict.found() == 0)
            .setOrigin(verdict.origin())
            .setSize(verdict.size())
            .setRoot(verdict.root() == null ? ByteString.EMPTY : bytes(verdict.root()))
            .setStampsChecked(verdict.rows())
            .setEventsChecked(verdict.events())
            .setCheckpointsChecked(verdict.checkpoints())
            .setVouchedSize(verdict.vouched())
            .addAllVouchingKeys(verdict.vouchingKeys())
            .setFindingsTotal(verdict.found());
    verdict.findings().forEach(finding -> message.addFindings(finding(finding)));
    return message;
  }

  private static AuditFinding finding(Finding finding) {
    var message =
        AuditFinding.newBuilder()
            .setKind(AuditFindingKind.valueOf("AUDIT_FINDING_KIND_" + finding.kind().name()))
            .setLeafIndex(finding.index())
            .setStampId(finding.stampId())
            .setFileHash(finding.fileHash())
            .setRevision(finding.revision())
            .setDetail(finding.detail())
            .setReason(finding.reason());
    var difference = finding.difference();
    if (difference != null) {
      message
          .setField(difference.field())
          .setExpected(shortened(difference.expected()))
          .setFound(shortened(difference.found()));
    }
    return message.build();
  }

  /** A hundred findings must fit into an answer, whatever somebody has written into a row. */
  private static String shortened(String value) {
    return value.length() <= LONGEST_VALUE ? value : value.substring(0, LONGEST_VALUE) + "...";
  }

  private static ByteString bytes(Hash hash) {
    return ByteString.copyFrom(hash.bytes());
  }
}
