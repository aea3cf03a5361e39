// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.log;

import static dev.omnibridge.stamping.log.StampLogRig.audit;
import static dev.omnibridge.stamping.log.StampLogRig.checkpoint;
import static dev.omnibridge.stamping.log.StampLogRig.log;
import static dev.omnibridge.stamping.log.StampLogRig.stamp;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.omnibridge.api.stamping.v1.AuditNamespaceRequest;
import dev.omnibridge.api.stamping.v1.AuditVerdict;
import dev.omnibridge.api.stamping.v1.GetCheckpointRequest;
import dev.omnibridge.api.stamping.v1.GetConsistencyProofRequest;
import dev.omnibridge.api.stamping.v1.GetInclusionProofRequest;
import dev.omnibridge.api.stamping.v1.GetProofBundleRequest;
import dev.omnibridge.api.stamping.v1.ListCheckpointKeysRequest;
import dev.omnibridge.api.stamping.v1.Stamp;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.Statuses;
import dev.omnibridge.stamping.merkle.Checkpoint;
import dev.omnibridge.stamping.merkle.LogHash;
import dev.omnibridge.stamping.merkle.ProofBundle;
import dev.omnibridge.stamping.merkle.Proofs;
import dev.omnibridge.stamping.merkle.SigningKey;
import dev.omnibridge.stamping.merkle.StampRecord;
import dev.omnibridge.stamping.merkle.VerifierKey;
import dev.omnibridge.testkit.Seeds;
import dev.omnibridge.testkit.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The tamper-evident log as its users see it: leaves, proofs, checkpoints, keys. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StampLogIT {
  private final Seeds seeds = Seeds.fromProperty();

  @TempDir static Path directory;
  private StampLogRig rig;
  private Edge one;
  private Edge other;

  @BeforeAll
  void start() throws Exception {
    rig = new StampLogRig(TestPostgres.freshDatabase());
    one = rig.service(directory.resolve("one.pem"));
    other = rig.service(directory.resolve("other.pem"));
  }

  @AfterAll
  void stop() throws Exception {
    rig.close();
  }

  private static String namespace() {
    return "log-" + UUID.randomUUID();
  }

  private static Fault refused(ThrowingCallable call) {
    return Statuses.faultOf(catchThrowable(call));
  }

  @Test
  void shouldMakeALeafOfEveryRevisionAndProveIt() {
    String namespace = namespace();
    Stamp first = stamp(one, namespace, "a file\n");
    Stamp revised = stamp(one, namespace, "a file\r\n");
    Stamp again = stamp(one, namespace, "a file\r\n");
    Stamp second = stamp(one, namespace, "another file\n");
    var checkpoint = checkpoint(one, namespace, 0);

    assertThat(again.getRevision()).isEqualTo(2);
    assertThat(checkpoint.getSize()).isEqualTo(3);
    assertThat(record(namespace, 0).contentHash().hex()).isEqualTo(first.getContentHash());
    assertThat(record(namespace, 1).contentHash().hex()).isEqualTo(revised.getContentHash());
    StampRecord record = record(namespace, 2);
    assertThat(record.stampId()).hasToString(second.getStampId());
    assertThat(record.fileHash().hex()).isEqualTo(second.getFileHash());
    assertThat(record.metadata()).isEqualTo(second.getMetadata());
    assertThat(record.filePath()).isEqualTo(second.getFilePath());
    assertThat(record.opId()).hasToString(second.getOpId());
    assertThat(record.createdAt().getEpochSecond()).isEqualTo(second.getCreateTime().getSeconds());
    AuditVerdict verdict =
        audit(one, AuditNamespaceRequest.newBuilder().setNamespace(namespace).setDeep(true));
    assertThat(verdict.getFindingsList()).isEmpty();
    assertThat(verdict.getIntact()).isTrue();
    assertThat(verdict.getRoot()).isEqualTo(checkpoint.getRoot());
    assertThat(verdict.getStampsChecked()).isEqualTo(2);
    assertThat(verdict.getEventsChecked()).isEqualTo(3);
    assertThat(verdict.getVouchedSize()).isEqualTo(3);
  }

  private StampRecord record(String namespace, long index) {
    var proof =
        log(one)
            .getInclusionProof(
                GetInclusionProofRequest.newBuilder()
                    .setNamespace(namespace)
                    .setLeafIndex(index)
                    .build());
    return StampRecord.parse(proof.getRecord().toByteArray());
  }

  @Test
  void shouldLetSixtyFourWritersIntoOneNamespaceWithoutAConflict() throws Exception {
    String namespace = namespace();
    int each = 12;
    List<Callable<List<Stamp>>> writers = new ArrayList<>();
    for (int writer = 0; writer < 64; writer++) {
      int number = writer;
      writers.add(() -> {
        var stamps = new ArrayList<Stamp>();
        for (int i = 0; i < each; i++) {
          stamps.add(stamp(i % 2 == 0 ? one : other, namespace, number + " wrote " + i));
        }
        return stamps;
      });
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var writer : threads.invokeAll(writers, 180, SECONDS)) {
        assertThat(writer.get()).allMatch(stamp -> stamp.getRevision() == 1);
      }
    }

    assertThat(
            rig.ask(
                "select count(*) || ' ' || min(leaf_index) || ' ' || max(leaf_index) || ' '"
                    + " || count(distinct record) from stamp_leaves where namespace = '"
                    + namespace
                    + "'"))
        .containsExactly("768 0 767 768");
    assertThat(audit(one, namespace).getFindingsList()).isEmpty();
    proveSome(namespace, 768);
  }

  /** Over the wire, at random: any leaf at any size, any size against any larger one. */
  private void proveSome(String namespace, int largest) {
    var random = seeds.random("proofs");
    for (int round = 0; round < 20; round++) {
      int size = 1 + random.nextInt(largest);
      int index = random.nextInt(size);
      var proof =
          log(other)
              .getInclusionProof(
                  GetInclusionProofRequest.newBuilder()
                      .setNamespace(namespace)
                      .setLeafIndex(index)
                      .setSize(size)
                      .build());
      Hash leaf = new LogHash().leaf(proof.getRecord().toByteArray());
      assertThat(Hash.of(proof.getLeafHash().toByteArray())).isEqualTo(leaf);
      List<Hash> path =
          proof.getPathList().stream().map(step -> Hash.of(step.toByteArray())).toList();
      Proofs.checkInclusion(leaf, index, size, path, Hash.of(proof.getRoot().toByteArray()));
      var grown =
          log(other)
              .getConsistencyProof(
                  GetConsistencyProofRequest.newBuilder()
                      .setNamespace(namespace)
                      .setFromSize(size)
                      .build());
      assertThat(grown.getFromRoot()).as(seeds.hint()).isEqualTo(proof.getRoot());
      Proofs.checkConsistency(
          size,
          Hash.of(grown.getFromRoot().toByteArray()),
          grown.getToSize(),
          Hash.of(grown.getToRoot().toByteArray()),
          grown.getPathList().stream().map(step -> Hash.of(step.toByteArray())).toList());
    }
  }

  @Test
  void shouldGiveABundleThatProvesAStampWithoutTheService() {
    String namespace = namespace();
    Stamp stamp = stamp(one, namespace, "to be proved\n");
    stamp(one, namespace, "something later\n");
    var key = VerifierKey.parse(keys(one, namespace).getFirst());
    for (String hash : List.of(stamp.getFileHash(), stamp.getContentHash())) {
      var bundle =
          log(one)
              .getProofBundle(
                  GetProofBundleRequest.newBuilder().setNamespace(namespace).setHash(hash).build())
              .getBundle();

      var verified = ProofBundle.parse(bundle.toByteArray()).verify(List.of(key));

      assertThat(verified.record().stampId()).hasToString(stamp.getStampId());
      assertThat(verified.size()).isEqualTo(2);
      assertThat(verified.pinned()).isTrue();
    }
  }

  private static List<String> keys(Edge service, String namespace) {
    return log(service)
        .listCheckpointKeys(ListCheckpointKeysRequest.newBuilder().setNamespace(namespace).build())
        .getKeysList()
        .stream()
        .map(key -> key.getVerifier())
        .toList();
  }

  @Test
  void shouldSayWhatItCannotProve() {
    String namespace = namespace();
    stamp(one, namespace, "the only one\n");

    assertThat(refused(() -> checkpoint(one, namespace(), 0)).reason())
        .isEqualTo("STAMP_LOG_EMPTY");
    assertThat(refused(() -> checkpoint(one, namespace, 2)).reason()).isEqualTo("SIZE_BEYOND_LOG");
    var unknown =
        GetInclusionProofRequest.newBuilder().setNamespace(namespace).setHash("ab".repeat(32));
    assertThat(refused(() -> log(one).getInclusionProof(unknown.build())).reason())
        .isEqualTo("STAMP_LEAF_NOT_FOUND");
    assertThat(
            refused(() -> log(one).getInclusionProof(unknown.clone().setHash("xyz").build()))
                .reason())
        .isEqualTo("INVALID_HASH_FORMAT");
    stamp(one, namespace, "the second one\n");
    var beyond =
        GetInclusionProofRequest.newBuilder().setNamespace(namespace).setLeafIndex(1).setSize(1);
    assertThat(refused(() -> log(one).getInclusionProof(beyond.build())).reason())
        .isEqualTo("LEAF_BEYOND_SIZE");
    var backwards =
        GetConsistencyProofRequest.newBuilder().setNamespace(namespace).setFromSize(2).setToSize(1);
    assertThat(refused(() -> log(one).getConsistencyProof(backwards.build())).reason())
        .isEqualTo("SIZE_BEYOND_LOG");
  }

  @Test
  void shouldKeepACheckpointAsItWasGivenOut() throws Exception {
    String namespace = namespace();
    stamp(one, namespace, "first\n");
    var checkpoint = checkpoint(one, namespace, 0);
    stamp(one, namespace, "second\n");

    assertThat(checkpoint(one, namespace, 1)).isEqualTo(checkpoint);
    var others = checkpoint(other, namespace, 1);
    assertThat(others.getRoot()).isEqualTo(checkpoint.getRoot());
    assertThat(others.getNote()).isNotEqualTo(checkpoint.getNote());
    assertThat(keys(one, namespace)).hasSize(2);
    List<VerifierKey> known = keys(other, namespace).stream().map(VerifierKey::parse).toList();
    assertThat(Checkpoint.parse(others.getNote()).verify(known)).hasSize(1);
    assertThat(rig.ask("select size from stamp_checkpoints where namespace = '" + namespace + "'"))
        .containsExactly("1", "1");
  }

  @Test
  void shouldRotateKeysWithoutACheckpointThatNobodyKnows() throws Exception {
    String namespace = namespace();
    SigningKey old = SigningKey.generate(new SecureRandom());
    SigningKey young = SigningKey.generate(new SecureRandom());
    stamp(one, namespace, "under the old key\n");
    var first = checkpoint(rig.service(written(old.pem())), namespace, 0);
    stamp(one, namespace, "under both\n");
    var both = checkpoint(rig.service(written(young.pem() + old.pem())), namespace, 0);
    stamp(one, namespace, "under the young key\n");
    Edge last = rig.service(written(young.pem()));
    var third = checkpoint(last, namespace, 0);

    var oldKey = old.verifier(first.getOrigin());
    var youngKey = young.verifier(first.getOrigin());
    assertThat(Checkpoint.parse(first.getNote()).verify(List.of(oldKey))).hasSize(1);
    assertThat(Checkpoint.parse(both.getNote()).verify(List.of(oldKey, youngKey))).hasSize(2);
    assertThat(refused(() -> Checkpoint.parse(third.getNote()).verify(List.of(oldKey))).reason())
        .isEqualTo("CHECKPOINT_KEY_UNKNOWN");
    var listed =
        log(last)
            .listCheckpointKeys(
                ListCheckpointKeysRequest.newBuilder().setNamespace(namespace).build())
            .getKeysList();
    assertThat(listed)
        .extracting(key ->
            "%s %s %d-%d"
                .formatted(
                    key.getVerifier().equals(youngKey.text()) ? "young" : "old",
                    key.getCurrent(),
                    key.getFirstSize(),
                    key.getLastSize()))
        .containsExactly("young true 2-3", "old false 1-2");
    assertThat(audit(last, namespace).getVouchedSize()).isEqualTo(3);
  }

  private Path written(String pem) throws Exception {
    return Files.writeString(directory.resolve(UUID.randomUUID() + ".pem"), pem);
  }

  @Test
  void shouldKeepItsOwnKeyFromEverybodyElse() throws Exception {
    Path file = directory.resolve("deep/er/key.pem");
    var made = SigningKeys.load(file, new SecureRandom());

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(SigningKeys.load(file, new SecureRandom()).current().publicKey())
        .isEqualTo(made.current().publicKey());
    Path damaged = written("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    assertThat(refused(() -> SigningKeys.load(damaged, new SecureRandom())).reason())
        .isEqualTo("SIGNING_KEY_UNUSABLE");
  }

  @Test
  void shouldSignWhatHasGrownWithoutBeingAsked() throws Exception {
    String namespace = namespace();
    stamp(one, namespace, "nobody asks\n");
    var keys = SigningKeys.load(directory.resolve("regular.pem"), new SecureRandom());
    var log =
        new StampLog(
            one.peer(dev.omnibridge.runtime.rpc.Peer.DB_ADAPTER),
            () -> keys,
            List.of(),
            java.time.Duration.ofSeconds(60),
            java.time.Duration.ofSeconds(30));

    assertThat(log.signGrown().signed()).contains(namespace);
    assertThat(log.signGrown().signed()).doesNotContain(namespace);
    stamp(one, namespace, "it grows\n");
    assertThat(log.signGrown().signed()).containsExactly(namespace);
  }

  @Test
  void shouldNotSignALogThatIsNotWhatWasSigned() throws Exception {
    String namespace = namespace();
    stamp(one, namespace, "signed\n");
    checkpoint(one, namespace, 0);
    stamp(one, namespace, "to be signed\n");
    rig.tamper(
        "update stamp_leaves set record = record || 'x' where leaf_index = 0 and namespace = '"
            + namespace
            + "'");
    Edge fresh = rig.service(directory.resolve("fresh.pem"));

    var request = GetCheckpointRequest.newBuilder().setNamespace(namespace).build();
    assertThat(refused(() -> log(fresh).getCheckpoint(request)).reason())
        .isEqualTo("STAMP_LOG_DAMAGED");
    assertThat(rig.ask("select size from stamp_checkpoints where namespace = '" + namespace + "'"))
        .containsExactly("1");
  }
}
