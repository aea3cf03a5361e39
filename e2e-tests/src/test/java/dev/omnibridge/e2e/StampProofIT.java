// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.GetProofBundleRequest;
import dev.omnibridge.api.stamping.v1.ListCheckpointKeysRequest;
import dev.omnibridge.api.stamping.v1.Stamp;
import dev.omnibridge.api.stamping.v1.StampLogServiceGrpc;
import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.stamping.merkle.Checkpoint;
import dev.omnibridge.stamping.merkle.Origin;
import dev.omnibridge.stamping.merkle.ProofBundle;
import dev.omnibridge.stamping.merkle.SigningKey;
import dev.omnibridge.stamping.merkle.VerifierKey;
import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A stamp is proven to somebody who does not ask the service about it.
 *
 * <pre>
 * stamp
 *   → a leaf in the log of its namespace, whose checkpoint is signed
 *   → a bundle of leaf, path and checkpoint
 *   → verified by a key that came another way; one of another signer is refused
 * </pre>
 */
@Story(criticalPath = true)
class StampProofIT {
  private final Stack stack;
  private final String namespace = "proofs-" + UUID.randomUUID();

  StampProofIT(Way way) {
    this.stack = Deployment.shared(way).stack();
  }

  private Stamp stamp(String name) {
    var request =
        CreateStampRequest.newBuilder()
            .setContent(ByteString.copyFromUtf8(name + "\n"))
            .setOptions(
                StampOptions.newBuilder().setNamespace(namespace).setFilePath(name + ".txt"));
    return stack.stamping().createStamp(request.build()).getStamp();
  }

  @Test
  void shouldProveThatAStampIsInTheLogWithoutAskingTheService() {
    for (int i = 0; i < 5; i++) {
      var unused = stamp("leaf-" + i);
    }
    Stamp stamp = stamp("proven");
    List<VerifierKey> trusted = checkpointKeys();
    var proven = bundle(stamp).verify(trusted);
    assertThat(proven.record().fileHash().hex()).isEqualTo(stamp.getFileHash());
    assertThat(proven.leafIndex()).isEqualTo(5);
    assertThat(proven.size()).isEqualTo(6);
    assertThat(proven.pinned()).isTrue();
    assertThat(trusted).extracting(VerifierKey::text).containsAnyElementsOf(proven.signers());
  }

  /** Whole in itself, and so only unmasked by a key that came another way. */
  @Test
  void shouldNotBelieveABundleThatSomebodyElseHasSigned() {
    ProofBundle sound = bundle(stamp("forged"));
    var stranger = SigningKey.generate(new SecureRandom());
    var checkpoint = sound.checkpoint();
    Origin origin = Objects.requireNonNull(Origin.parse(checkpoint.origin()));
    var forged =
        new ProofBundle(
            sound.record(),
            sound.leafIndex(),
            sound.path(),
            Checkpoint.sign(origin, checkpoint.size(), checkpoint.root(), List.of(stranger)),
            List.of(stranger.verifier(checkpoint.origin())));
    var received = ProofBundle.parse(forged.toJson());

    assertThat(received.verify(received.keys()).leafIndex()).isEqualTo(sound.leafIndex());
    Throwable refused = catchThrowable(() -> received.verify(checkpointKeys()));
    assertThat(refused)
        .isInstanceOfSatisfying(
            Fault.class, fault -> assertThat(fault.is("CHECKPOINT_KEY_UNKNOWN")).isTrue());
  }

  private StampLogServiceGrpc.StampLogServiceBlockingStub stampLog() {
    return StampLogServiceGrpc.newBlockingStub(stack.channel(Peer.STAMPING))
        .withDeadlineAfter(Stack.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private ProofBundle bundle(Stamp stamp) {
    var request =
        GetProofBundleRequest.newBuilder().setNamespace(namespace).setHash(stamp.getFileHash());
    return ProofBundle.parse(stampLog().getProofBundle(request.build()).getBundle().toByteArray());
  }

  /** What the service says of its keys when it is asked for nothing else. */
  private List<VerifierKey> checkpointKeys() {
    var request = ListCheckpointKeysRequest.newBuilder().setNamespace(namespace).build();
    var keys =
        stampLog().listCheckpointKeys(request).getKeysList().stream()
            .map(key -> VerifierKey.parse(key.getVerifier()))
            .toList();
    // Trusting nobody would mean to trust the bundle.
    assertThat(keys).isNotEmpty();
    return keys;
  }
}
