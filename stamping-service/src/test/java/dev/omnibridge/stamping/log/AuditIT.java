// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.log;

import static dev.omnibridge.stamping.log.StampLogRig.audit;
import static dev.omnibridge.stamping.log.StampLogRig.checkpoint;
import static dev.omnibridge.stamping.log.StampLogRig.stamp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.api.stamping.v1.AuditFinding;
import dev.omnibridge.api.stamping.v1.AuditNamespaceRequest;
import dev.omnibridge.api.stamping.v1.AuditVerdict;
import dev.omnibridge.api.stamping.v1.Stamp;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.testkit.TestPostgres;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Somebody who has the database changes it in every way; the audit names what was changed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditIT {
  private static final int STAMPS = 12;

  @TempDir static Path directory;
  private StampLogRig rig;
  private Edge service;
  private String namespace = "";
  private final List<Stamp> stamps = new ArrayList<>();

  @BeforeAll
  void start() throws Exception {
    rig = new StampLogRig(TestPostgres.freshDatabase());
    service = rig.service(directory.resolve("key.pem"));
  }

  @AfterAll
  void stop() throws Exception {
    rig.close();
  }

  @BeforeEach
  void stampSome() {
    namespace = "audit-" + UUID.randomUUID();
    stamps.clear();
    for (int i = 0; i < STAMPS; i++) {
      stamps.add(stamp(service, namespace, "stamp " + i + " of " + namespace + "\n"));
    }
  }

  private void sign() {
    assertThat(checkpoint(service, namespace, 0).getSize()).isEqualTo(STAMPS);
  }

  private void tamper(String sql) throws Exception {
    // Nor do triggers stop somebody who has the database.
    rig.tamper(
        "set session_replication_role = replica; "
            + sql.replace("NS", "namespace = '" + namespace + "'"));
  }

  private void alterLeafAndRow(int index) throws Exception {
    tamper(
        "update stamp_leaves set record = overlay(record placing '\\x77'::bytea from 60)"
            + " where leaf_index = %d and NS".formatted(index));
    tamper(
        "update metadata_stamps s set content_hash = encode(substr(l.record, 58, 32), 'hex')"
            + " from stamp_leaves l where l.namespace = s.namespace and l.leaf_index = %d"
                .formatted(index)
            + " and s.leaf_index = l.leaf_index and s.NS");
  }

  private AuditVerdict auditDeeply() {
    return audit(service, AuditNamespaceRequest.newBuilder().setNamespace(namespace).setDeep(true));
  }

  private static String brief(AuditFinding finding) {
    return "%s %d %s"
        .formatted(
            finding.getKind().name().replace("AUDIT_FINDING_KIND_", ""),
            finding.getLeafIndex(),
            finding.getField());
  }

  private void assertNames(AuditVerdict verdict, int index, String... expected) {
    assertThat(verdict.getIntact()).isFalse();
    assertThat(verdict.getFindingsList()).extracting(AuditIT::brief).containsExactly(expected);
    AuditFinding first = verdict.getFindings(0);
    assertThat(first.getStampId()).isEqualTo(stamps.get(index).getStampId());
    assertThat(first.getFileHash()).isEqualTo(stamps.get(index).getFileHash());
    assertThat(first.getDetail()).isNotEmpty();
  }

  @Test
  void shouldFindNothingInALogThatNobodyTouched() {
    sign();
    stamp(service, namespace, "behind the checkpoint\n");

    AuditVerdict verdict = auditDeeply();

    assertThat(verdict.getFindingsList()).isEmpty();
    assertThat(verdict.getIntact()).isTrue();
    assertThat(verdict.getVouchedSize()).isEqualTo(STAMPS);
    assertThat(verdict.getSize()).isEqualTo(STAMPS + 1);
    assertThat(verdict.getEventsChecked()).isEqualTo(STAMPS + 1);
  }

  @Test
  void shouldNameEveryFieldOfAnAlteredRow() throws Exception {
    sign();
    for (String change :
        List.of(
            "content_hash = repeat('ab', 32)",
            "file_size = 7",
            "file_path = 'elsewhere'",
            "content_type = 'text/html'",
            "version = 2",
            "stamp_id = gen_random_uuid()",
            "run_id = gen_random_uuid()",
            "run_id = '00000000-0000-0000-0000-000000000000'",
            "op_id = gen_random_uuid()",
            "created_at = created_at + interval '1 microsecond'",
            "stamped_at = stamped_at - interval '1 day'")) {
      String field = change.substring(0, change.indexOf(' '));
      String kept =
          rig.ask(
                  "select %s from metadata_stamps where namespace = '%s' and leaf_index = 5"
                      .formatted(field, namespace))
              .getFirst();
      tamper("update metadata_stamps set " + change + " where leaf_index = 5 and NS");

      AuditVerdict verdict = audit(service, namespace);

      assertThat(verdict.getFindingsList())
          .extracting(AuditIT::brief)
          .containsExactly("ROW_ALTERED 5 " + (field.equals("version") ? "revision" : field));
      assertThat(verdict.getFindings(0).getFileHash()).isEqualTo(stamps.get(5).getFileHash());
      tamper(
          "update metadata_stamps set %s = %s where leaf_index = 5 and NS"
              .formatted(field, kept.equals("null") ? "null" : "'" + kept + "'"));
    }
    assertThat(audit(service, namespace).getFindingsList()).isEmpty();
  }

  @Test
  void shouldNameAlteredMetadataAndStampOfARow() throws Exception {
    sign();
    tamper(
        "update metadata_stamps set stamp_data = replace(stamp_data::text, '1.50', '1.51')::json"
            + " where leaf_index = 3 and NS");
    tamper(
        "update metadata_stamps set stamp_data = replace(stamp_data::text, 'uid=', 'uid=f')::json"
            + " where leaf_index = 4 and NS");
    tamper(
        "update metadata_stamps set stamp_data = json_build_object('metadata', stamp_data ->"
            + " 'metadata', 'stamp', stamp_data -> 'stamp') where leaf_index = 5 and NS");

    tamper(
        "update metadata_stamps set stamp_data = replace(stamp_data::text, ',ts=2', ',ts=1')::json"
            + " where leaf_index = 6 and NS");
    tamper(
        "update metadata_stamps set stamp_data = regexp_replace(stamp_data::text, '}$',"
            + " ',\"more\":1}')::json where leaf_index = 7 and NS");

    assertNames(
        audit(service, namespace),
        3,
        "ROW_ALTERED 3 metadata",
        "ROW_ALTERED 4 stamp",
        "ROW_ALTERED 6 stamp",
        "ROW_ALTERED 7 stamp_data");
  }

  @Test
  void shouldDecideByTheEventWhatIsNotSignedYet() throws Exception {
    tamper("update metadata_stamps set file_size = 7 where leaf_index = 5 and NS");
    tamper(
        "update stamp_leaves set record = overlay(record placing '\\x77'::bytea from 60)"
            + " where leaf_index = 8 and NS");

    assertNames(
        audit(service, namespace), 5, "ROW_ALTERED 5 file_size", "LEAF_ALTERED 8 content_hash");
  }

  @Test
  void shouldNameAnAlteredLeafOfASignedLog() throws Exception {
    sign();
    tamper(
        "update stamp_leaves set record = overlay(record placing '\\x77'::bytea from 60)"
            + " where leaf_index = 8 and NS");

    AuditVerdict verdict = audit(service, namespace);

    assertThat(verdict.getFindingsList())
        .extracting(AuditIT::brief)
        .containsExactly("CHECKPOINT_DIFFERS 0 ", "LEAF_ALTERED 8 content_hash");
    assertThat(verdict.getVouchedSize()).isZero();
  }

  @Test
  void shouldFindLeafAndRowThatWereAlteredTogether() throws Exception {
    sign();
    alterLeafAndRow(8);

    AuditVerdict verdict = audit(service, namespace);

    assertThat(verdict.getFindingsList())
        .extracting(AuditIT::brief)
        .containsExactly("CHECKPOINT_DIFFERS 0 ", "LEAF_ALTERED 8 content_hash");
    assertThat(verdict.getFindings(1).getStampId()).isEqualTo(stamps.get(8).getStampId());
  }

  @Test
  void shouldNameAnAlteredAndAMissingEvent() throws Exception {
    sign();
    tamper(
        "update events set body = convert_to(replace(convert_from(body, 'UTF8'),"
            + " '\"file_path\":\"', '\"file_path\":\"x'), 'UTF8') where stream_id = '"
            + stamps.get(2).getFileHash()
            + "' and NS");
    tamper("delete from events where stream_id = '" + stamps.get(9).getFileHash() + "' and NS");

    assertThat(audit(service, namespace).getFindingsList()).isEmpty();
    assertNames(auditDeeply(), 2, "EVENT_ALTERED 2 file_path", "EVENT_MISSING 9 ");
  }

  @Test
  void shouldNameADeletedLeaf() throws Exception {
    sign();
    tamper("delete from stamp_leaves where leaf_index = 4 and NS");

    AuditVerdict verdict = audit(service, namespace);

    assertThat(verdict.getFindingsList())
        .extracting(AuditIT::brief)
        .containsExactly("CHECKPOINT_DIFFERS 0 ", "LEAF_MISSING 4 ");
    assertThat(verdict.getFindings(1).getStampId()).isEqualTo(stamps.get(4).getStampId());
    assertThat(verdict.getRoot().isEmpty()).isTrue();
  }

  @Test
  void shouldVouchForTheSignedLeavesBelowADeletedOne() throws Exception {
    sign();
    for (int i = STAMPS; i < STAMPS + 3; i++) {
      stamp(service, namespace, "stamp " + i + " of " + namespace + "\n");
    }
    tamper("delete from stamp_leaves where leaf_index = 13 and NS");
    tamper("update metadata_stamps set file_size = 7 where leaf_index = 5 and NS");

    AuditVerdict verdict = audit(service, namespace);

    assertNames(verdict, 5, "ROW_ALTERED 5 file_size", "LEAF_MISSING 13 ");
    assertThat(verdict.getVouchedSize()).isEqualTo(STAMPS);
  }

  @Test
  void shouldNameEachFindingOnceWhenItLooksCloser() throws Exception {
    sign();
    stamps.add(stamp(service, namespace, "behind the checkpoint of " + namespace + "\n"));
    assertThat(checkpoint(service, namespace, 0).getSize()).isEqualTo(STAMPS + 1);
    alterLeafAndRow(12);
    tamper("update metadata_stamps set file_size = 7 where leaf_index = 5 and NS");

    AuditVerdict verdict = audit(service, namespace);

    assertNames(
        verdict,
        5,
        "ROW_ALTERED 5 file_size",
        "LEAF_ALTERED 12 content_hash",
        "CHECKPOINT_DIFFERS 12 ");
  }

  @Test
  void shouldNameADeletedStampAndADeletedRow() throws Exception {
    tamper("delete from stamp_leaves where leaf_index = 4 and NS");
    tamper("delete from metadata_stamps where leaf_index in (4, 6) and NS");

    AuditVerdict verdict = audit(service, namespace);

    assertThat(verdict.getFindingsList())
        .extracting(AuditIT::brief)
        .containsExactly("LEAF_MISSING 4 ", "ROW_MISSING 6 ");
    assertThat(verdict.getFindings(1).getStampId()).isEqualTo(stamps.get(6).getStampId());
  }

  @Test
  void shouldNameLeavesThatCutOffTheEnd() throws Exception {
    sign();
    tamper("delete from stamp_leaves where leaf_index >= 10 and NS");
    tamper("update stamp_logs set size = 10 where NS");

    assertThat(audit(service, namespace).getFindingsList())
        .extracting(AuditIT::brief)
        .containsExactly("ROW_ADDED 10 ", "CHECKPOINT_DIFFERS 10 ", "ROW_ADDED 11 ");
  }

  @Test
  void shouldNameAnInsertedLeaf() throws Exception {
    tamper(
        "insert into stamp_leaves select namespace, 12, overlay(record placing '\\x77'::bytea from"
            + " 30) from stamp_leaves where leaf_index = 3 and NS");
    tamper(
        "insert into stamp_leaves select namespace, 14, record from stamp_leaves"
            + " where leaf_index = 3 and NS");
    tamper("update stamp_logs set size = 13 where NS");

    AuditVerdict verdict = audit(service, namespace);

    assertThat(verdict.getFindingsList())
        .extracting(AuditIT::brief)
        .containsExactly("LEAF_ADDED 12 ", "LEAF_ADDED 14 ");
  }

  @Test
  void shouldNameARepeatedLeaf() throws Exception {
    tamper(
        "insert into stamp_leaves select namespace, 12, record from stamp_leaves"
            + " where leaf_index = 3 and NS");
    tamper("update stamp_logs set size = 13 where NS");

    AuditVerdict verdict = audit(service, namespace);

    assertThat(verdict.getIntact()).isFalse();
    assertThat(verdict.getFindings(0).getLeafIndex()).isEqualTo(12);
    assertThat(verdict.getFindings(0).getFileHash()).isEqualTo(stamps.get(3).getFileHash());
  }

  @Test
  void shouldNameASwappedPair() throws Exception {
    tamper(
        "update stamp_leaves l set record = o.record from stamp_leaves o"
            + " where o.namespace = l.namespace and l.leaf_index in (2, 7)"
            + " and o.leaf_index = 9 - l.leaf_index and l.NS");

    assertNames(audit(service, namespace), 2, "LEAF_MOVED 2 file_hash", "LEAF_MOVED 7 file_hash");
    AuditFinding first = audit(service, namespace).getFindings(0);
    assertThat(first.getExpected()).isEqualTo(stamps.get(7).getFileHash());
  }

  @Test
  void shouldNameARowThatNamesNoLeaf() throws Exception {
    sign();
    tamper(
        "insert into metadata_stamps select namespace, repeat('cd', 32), content_hash, stamp_id,"
            + " file_path, file_size, content_type, version, stamp_data, run_id, op_id, created_at,"
            + " updated_at from metadata_stamps where leaf_index = 1 and NS");

    assertThat(audit(service, namespace).getFindingsList())
        .extracting(AuditIT::brief)
        .containsExactly("ROW_ADDED -1 ");
  }

  @Test
  void shouldCatchADatabaseThatWasRewrittenAsAWholeByACheckpointThatWasKept() throws Exception {
    String kept = checkpoint(service, namespace, 0).getNote();
    alterLeafAndRow(8);
    tamper("delete from stamp_checkpoints where NS; delete from stamp_log_keys where NS");

    assertThat(audit(service, namespace).getFindingsList()).isEmpty();
    AuditVerdict verdict =
        audit(
            service,
            AuditNamespaceRequest.newBuilder().setNamespace(namespace).addCheckpoints(kept));
    assertThat(verdict.getFindingsList())
        .extracting(AuditIT::brief)
        .containsExactly("CHECKPOINT_DIFFERS 0 ", "LEAF_ALTERED 8 content_hash");
  }

  @Test
  void shouldSayWhichCheckpointItCannotBelieve() throws Exception {
    String note = checkpoint(service, namespace, 0).getNote();
    String otherNamespace = "audit-" + UUID.randomUUID();
    stamp(service, otherNamespace, "another log\n");
    String other = checkpoint(service, otherNamespace, 0).getNote();
    tamper("update stamp_checkpoints set note = replace(note, E'\\n12\\n', E'\\n11\\n') where NS");

    AuditVerdict verdict =
        audit(
            service,
            AuditNamespaceRequest.newBuilder()
                .setNamespace(namespace)
                .addCheckpoints(other)
                .addCheckpoints("nothing")
                .addCheckpoints(note));

    assertThat(verdict.getFindingsList())
        .extracting(AuditFinding::getReason)
        .containsExactly("CHECKPOINT_SIGNATURE_INVALID", "PROOF_OTHER_LOG", "CHECKPOINT_MALFORMED");
    assertThat(verdict.getVouchedSize()).isEqualTo(STAMPS);
  }
}
