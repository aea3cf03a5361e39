// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.log;

import static dev.omnibridge.stamping.log.StampLogRig.audit;
import static dev.omnibridge.stamping.log.StampLogRig.checkpoint;
import static dev.omnibridge.stamping.log.StampLogRig.log;
import static dev.omnibridge.stamping.log.StampLogRig.stamp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.omnibridge.api.stamping.v1.AuditVerdict;
import dev.omnibridge.api.stamping.v1.GetCheckpointRequest;
import dev.omnibridge.api.stamping.v1.ListCheckpointKeysRequest;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.Statuses;
import dev.omnibridge.testkit.TestPostgres;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What somebody who has the database can do to signed checkpoints, and what nobody has done. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CheckpointsIT {
  @TempDir static Path directory;

  private String namespace = "";
  private StampLogRig rig;
  private Edge service;

  @BeforeAll
  void start() throws Exception {
    rig = new StampLogRig(TestPostgres.freshDatabase());
    service = rig.service(directory.resolve("own.pem"));
  }

  @AfterAll
  void stop() throws Exception {
    rig.close();
  }

  @BeforeEach
  void stampTwo() {
    namespace = "signed-" + UUID.randomUUID();
    stamp(service, namespace, "one\n");
    stamp(service, namespace, "two\n");
  }

  /** What is done to the rows of this test's namespace. */
  private void tamper(String sql) throws Exception {
    rig.tamper(sql + " where namespace = '" + namespace + "'");
  }

  private String key(Edge of) {
    return log(of)
        .listCheckpointKeys(ListCheckpointKeysRequest.newBuilder().setNamespace(namespace).build())
        .getKeys(0)
        .getVerifier();
  }

  private List<String> findings(Edge by) {
    return brief(audit(by, namespace));
  }

  private static List<String> brief(AuditVerdict verdict) {
    return verdict.getFindingsList().stream()
        .map(one -> one.getKind().name().replace("AUDIT_FINDING_KIND_", "") + " " + one.getReason())
        .toList();
  }

  private String refusal(Edge by) {
    var request = GetCheckpointRequest.newBuilder().setNamespace(namespace).build();
    return Statuses.faultOf(catchThrowable(() -> log(by).getCheckpoint(request))).reason();
  }

  @Test
  void shouldVouchOnlyByKeysThatItWasToldOf() throws Exception {
    Edge stranger = rig.service(directory.resolve("stranger.pem"));
    checkpoint(stranger, namespace, 0);

    AuditVerdict verdict = audit(service, namespace);
    assertThat(brief(verdict)).containsExactly("CHECKPOINT_UNTRUSTED CHECKPOINT_KEY_UNTRUSTED");
    assertThat(verdict.getIntact()).isFalse();
    assertThat(verdict.getVouchedSize()).isZero();
    assertThat(verdict.getVouchingKeysList()).isEmpty();

    Edge told = rig.service(directory.resolve("own.pem"), key(stranger));
    AuditVerdict trusting = audit(told, namespace);
    assertThat(trusting.getFindingsList()).isEmpty();
    assertThat(trusting.getVouchedSize()).isEqualTo(2);
    assertThat(trusting.getVouchingKeysList()).containsExactly(key(stranger));
  }

  @Test
  void shouldNotForgetWhatWasSignedWhenSomebodyBeginsAnEpoch() throws Exception {
    try (var other = new StampLogRig(TestPostgres.freshDatabase())) {
      Edge begun = other.service(directory.resolve("begun.pem"));
      stamp(begun, namespace, "one\n");
      stamp(begun, namespace, "two\n");
      checkpoint(begun, namespace, 0);
      stamp(begun, namespace, "three\n");
      other.tamper(
          "set session_replication_role = replica; update log_identity set epoch = epoch + 1");

      assertThat(findings(begun)).containsExactly("CHECKPOINT_INVALID CHECKPOINT_BEFORE_RESTORE");
      assertThat(refusal(begun)).isEqualTo("STAMP_LOG_DAMAGED");
    }
  }

  @Test
  void shouldTellThatACheckpointIsGone() throws Exception {
    checkpoint(service, namespace, 0);
    assertThat(findings(service)).isEmpty();

    tamper("delete from stamp_checkpoints");
    assertThat(findings(service)).containsExactly("CHECKPOINT_MISSING STAMP_LOG_DAMAGED");
    checkpoint(service, namespace, 0);
    assertThat(findings(service)).isEmpty();

    tamper("update stamp_log_keys set last_size = 1::bigint << 62");
    assertThat(findings(service)).containsExactly("CHECKPOINT_MISSING STAMP_LOG_DAMAGED");
  }

  @Test
  void shouldBelieveNothingThatStandsBesideASignedNote() throws Exception {
    checkpoint(service, namespace, 0);
    tamper("update stamp_checkpoints set root = decode(repeat('ab', 32), 'hex')");

    assertThat(refusal(service)).isEqualTo("STAMP_LOG_DAMAGED");
    assertThat(findings(service))
        .containsExactly(
            "CHECKPOINT_INVALID STAMP_LOG_DAMAGED", "CHECKPOINT_MISSING STAMP_LOG_DAMAGED");
    stamp(service, namespace, "three\n");
    assertThat(refusal(service)).isEqualTo("STAMP_LOG_DAMAGED");
    assertThat(refusal(rig.service(directory.resolve("fresh.pem")))).isEqualTo("STAMP_LOG_DAMAGED");
  }

  @Test
  void shouldNotHandOutANoteThatSomebodyHasDamaged() throws Exception {
    checkpoint(service, namespace, 0);
    tamper("update stamp_checkpoints set note = replace(note, E'\\n2\\n', E'\\n1\\n')");

    assertThat(refusal(service)).isEqualTo("STAMP_LOG_DAMAGED");
  }

  @Test
  void shouldFindNothingWhileStampsAreAppendedAndSigned() throws Exception {
    Edge other = rig.service(directory.resolve("other.pem"));
    Edge auditor = rig.service(directory.resolve("own.pem"), key(other));
    var done = new AtomicBoolean();
    List<AuditVerdict> verdicts = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> writers = new ArrayList<>();
      for (Edge writer : List.of(service, other)) {
        writers.add(
            threads.submit(() -> {
              for (int i = 0; !done.get(); i++) {
                // Two bytes sequences of one file: every second one is a revision.
                stamp(writer, namespace, "file " + i / 2 + (i % 2 == 0 ? "\n" : "\r\n"));
                checkpoint(writer, namespace, 0);
              }
            }));
      }
      try {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        for (int i = 0; i < 15 || vouched(verdicts) <= 2 && System.nanoTime() < end; i++) {
          verdicts.add(audit(auditor, namespace));
        }
      } finally {
        done.set(true);
      }
      for (Future<?> writer : writers) {
        assertThat(writer.get()).isNull();
      }
    }

    assertThat(verdicts).flatExtracting(CheckpointsIT::brief).isEmpty();
    assertThat(vouched(verdicts)).isGreaterThan(2);
  }

  /** Until it is more than before, nobody has written yet. */
  private static long vouched(List<AuditVerdict> verdicts) {
    return verdicts.getLast().getVouchedSize();
  }
}
