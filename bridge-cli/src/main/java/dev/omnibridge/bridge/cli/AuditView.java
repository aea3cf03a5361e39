// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.AuditFinding;
import dev.omnibridge.api.stamping.v1.AuditVerdict;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.bridge.view.OneLine;
import dev.omnibridge.bridge.view.ProtoJson;
import java.time.Duration;
import java.util.HexFormat;

/** How the verdict of an audit is shown. */
record AuditView(Session session) {

  void print(AuditVerdict verdict) {
    if (session.json()) {
      session.document(ProtoJson.of(verdict).put("root", hex(verdict.getRoot())));
      return;
    }
    var palette = session.palette();
    session.line(
        "%s  %s"
            .formatted(
                verdict.getIntact() ? palette.green("intact") : palette.red("NOT INTACT"),
                OneLine.of(verdict.getOrigin())));
    session.line(
        "%s stamps in %s leaves%s, %s in %s"
            .formatted(
                Amounts.count(verdict.getStampsChecked()),
                Amounts.count(verdict.getSize()),
                verdict.getEventsChecked() == 0
                    ? ""
                    : " and " + Amounts.count(verdict.getEventsChecked()) + " events",
                checkpoints(verdict.getCheckpointsChecked()),
                Amounts.span(Duration.ofNanos(verdict.getTookNanos()))));
    if (verdict.getSize() > 0) {
      session.line("root " + palette.bold(hex(verdict.getRoot())));
      session.line(
          "signed for: the first %s of %s"
              .formatted(
                  Amounts.count(verdict.getVouchedSize()), Amounts.count(verdict.getSize())));
      verdict.getVouchingKeysList().forEach(key -> session.line("by " + OneLine.of(key)));
    }
    verdict.getFindingsList().forEach(this::finding);
    long more = verdict.getFindingsTotal() - verdict.getFindingsCount();
    if (more > 0) {
      session.remark("... and " + Amounts.count(more) + " more");
    }
  }

  private static String checkpoints(int count) {
    return count == 1 ? "1 checkpoint" : Amounts.count(count) + " checkpoints";
  }

  private void finding(AuditFinding finding) {
    session.line(
        session.palette().red(kind(finding))
            + (finding.getLeafIndex() < 0 ? "" : "  leaf " + finding.getLeafIndex())
            + (finding.getStampId().isEmpty() ? "" : "  stamp " + OneLine.of(finding.getStampId()))
            + (finding.getRevision() == 0 ? "" : "  revision " + finding.getRevision()));
    if (!finding.getFileHash().isEmpty()) {
      session.line("  file hash " + OneLine.of(finding.getFileHash()));
    }
    session.line("  " + OneLine.of(finding.getDetail()));
    if (!finding.getField().isEmpty()) {
      session.line(
          "  %s must be %s and is %s"
              .formatted(
                  OneLine.of(finding.getField()),
                  OneLine.of(finding.getExpected()),
                  OneLine.of(finding.getFound())));
    }
  }

  private static String kind(AuditFinding finding) {
    return ProtoJson.shortName(finding.getKind().getValueDescriptor()).replace('_', ' ');
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }
}
