// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.log;

import static dev.omnibridge.stamping.log.StampLogRig.audit;
import static dev.omnibridge.stamping.log.StampLogRig.log;
import static dev.omnibridge.stamping.log.StampLogRig.stamp;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.api.stamping.v1.AuditFinding;
import dev.omnibridge.api.stamping.v1.AuditNamespaceRequest;
import dev.omnibridge.api.stamping.v1.AuditVerdict;
import dev.omnibridge.api.stamping.v1.ClientDigests;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.GetInclusionProofRequest;
import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.stamping.merkle.StampRecord;
import dev.omnibridge.stamping.stamp.FileDigest;
import dev.omnibridge.testkit.TestPostgres;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Who has hashed a revision is part of its leaf, so nobody can change it afterwards. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientHashedIT {
  @TempDir static Path directory;
  private final String namespace = "hashed-" + UUID.randomUUID();
  private StampLogRig rig;
  private Edge service;

  @BeforeAll
  void start() throws Exception {
    rig = new StampLogRig(TestPostgres.freshDatabase());
    service = rig.service(directory.resolve("key.pem"));
  }

  @AfterAll
  void stop() throws Exception {
    rig.close();
  }

  @Test
  void shouldTellApartForEverWhoHashed() throws Exception {
    register("claimed\n");
    register("seen\n");
    stamp(service, namespace, "seen\n");

    assertThat(record(0).hashedByClient()).isTrue();
    assertThat(record(1).hashedByClient()).isTrue();
    assertThat(record(2).hashedByClient()).isFalse();
    assertThat(record(2).revision()).isEqualTo(2);
    assertThat(audited().getFindingsList()).isEmpty();
    assertThat(audited().getIntact()).isTrue();

    rig.tamper(
        "update metadata_stamps set stamp_data = (stamp_data::jsonb - 'hashed_by')::json"
            + " where leaf_index = 0 and namespace = '"
            + namespace
            + "'");
    AuditFinding finding = audited().getFindings(0);
    assertThat(finding.getLeafIndex()).isZero();
    assertThat(finding.getField()).isEqualTo("hashed_by");
  }

  private void register(String content) {
    var digests = FileDigest.of(content.getBytes(UTF_8));
    var answer =
        StampingServiceGrpc.newBlockingStub(service.peer(Peer.STAMPING))
            .withWaitForReady()
            .withDeadlineAfter(30, SECONDS)
            .createStamp(
                CreateStampRequest.newBuilder()
                    .setDigests(
                        ClientDigests.newBuilder()
                            .setContentHash(digests.contentHash().hex())
                            .setFileHash(digests.fileHash().hex())
                            .setSize(digests.size()))
                    .setOptions(StampOptions.newBuilder().setNamespace(namespace))
                    .build());
    assertThat(answer.getExisted()).isFalse();
  }

  private StampRecord record(long index) {
    var request =
        GetInclusionProofRequest.newBuilder().setNamespace(namespace).setLeafIndex(index).build();
    return StampRecord.parse(log(service).getInclusionProof(request).getRecord().toByteArray());
  }

  private AuditVerdict audited() {
    return audit(service, AuditNamespaceRequest.newBuilder().setNamespace(namespace).setDeep(true));
  }
}
