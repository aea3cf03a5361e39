// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.log;

import static dev.omnibridge.stamping.log.StampLogRig.audit;
import static dev.omnibridge.stamping.log.StampLogRig.checkpoint;
import static dev.omnibridge.stamping.log.StampLogRig.stamp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.api.stamping.v1.AuditNamespaceRequest;
import dev.omnibridge.api.stamping.v1.AuditVerdict;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.testkit.TestPostgres;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tamper-evident log over databases that are older than it, or than what was signed. */
class OlderDatabaseIT {
  @TempDir static Path directory;

  @Test
  void shouldAdoptStampsOfBeforeThereWasALog() throws Exception {
    var database = TestPostgres.freshDatabase();
    String namespace = "default";
    try (var before = new StampLogRig(database)) {
      Edge service = before.service(directory.resolve("before.pem"));
      for (int i = 0; i < 20; i++) {
        stamp(service, namespace, "old stamp " + i + "\n");
      }
      stamp(service, namespace, "old stamp 7\r\n");
      before.tamper(
          "delete from stamp_leaves; delete from stamp_logs;"
              + " update metadata_stamps set leaf_index = null, stamped_at = null");
    }
    try (var after = new StampLogRig(database)) {
      Edge service = after.service(directory.resolve("before.pem"));
      stamp(service, namespace, "new stamp\n");
      AuditVerdict verdict =
          audit(service, AuditNamespaceRequest.newBuilder().setNamespace(namespace).setDeep(true));

      assertThat(verdict.getFindingsList()).isEmpty();
      assertThat(verdict.getSize()).isEqualTo(21);
      assertThat(verdict.getStampsChecked()).isEqualTo(21);
      assertThat(
              after.ask(
                  "select leaf_index = row_number() over (order by created_at) - 1"
                      + " from metadata_stamps"))
          .containsOnly("t");
    }
  }

  /** As if the database were a copy that is older than the last two stamps. */
  @Test
  void shouldNotClaimInANewEpochWhatTheOldOneSigned() throws Exception {
    var database = TestPostgres.freshDatabase();
    String namespace = "default";
    Path key = directory.resolve("restored.pem");
    List<String> kept = new ArrayList<>();
    try (var before = new StampLogRig(database)) {
      Edge service = before.service(key);
      for (int i = 0; i < 5; i++) {
        stamp(service, namespace, "stamp " + i + "\n");
        kept.add(checkpoint(service, namespace, 0).getNote());
      }
    }
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute("delete from stamp_leaves where leaf_index >= 3");
      statement.execute("delete from metadata_stamps where leaf_index >= 3");
      statement.execute("delete from stamp_checkpoints where size > 3");
      statement.execute("update stamp_logs set size = 3");
      statement.execute("update stamp_log_keys set last_size = 3");
      statement.execute("select start_log_epoch('a test', false)");
    }
    try (var after = new StampLogRig(database)) {
      String old = SigningKeys.load(key, new SecureRandom()).current().verifier("old").text();
      Edge service = after.service(directory.resolve("another.pem"), old);
      stamp(service, namespace, "another stamp\n");
      var request = AuditNamespaceRequest.newBuilder().setNamespace(namespace);

      assertThat(checkpoint(service, namespace, 0).getOrigin()).matches(".*\\.\\d{13}/default");
      AuditVerdict verdict = audit(service, request.clone().addCheckpoints(kept.get(2)));
      assertThat(verdict.getFindingsList()).isEmpty();
      assertThat(verdict.getVouchedSize()).isEqualTo(4);
      assertThat(verdict.getVouchingKeysList()).hasSize(2);
      assertThat(audit(service, request.clone().addCheckpoints(kept.get(4))).getFindingsList())
          .extracting(finding -> finding.getReason())
          .containsExactly("CHECKPOINT_BEFORE_RESTORE");
    }
  }
}
