// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.log;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.StampCheckpoint;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.stamping.merkle.Checkpoint;
import dev.omnibridge.stamping.merkle.Origin;
import dev.omnibridge.stamping.merkle.VerifierKey;
import java.util.List;

/**
 * A checkpoint of a log whose signature holds: only what is signed in it is believed, and nothing
 * of what stands beside it in the database.
 *
 * @param signers the known keys that have signed it
 */
record CheckedNote(Checkpoint checkpoint, Origin origin, List<VerifierKey> signers) {

  /**
   * Reads and verifies a note.
   *
   * @throws Fault INVALID when it is none, of another log, or its signature does not hold
   */
  static CheckedNote of(String note, Origin log, Trust trust) {
    var checkpoint = Checkpoint.parse(note);
    Origin origin = Origin.parse(checkpoint.origin());
    if (origin == null
        || !origin.logId().equals(log.logId())
        || !origin.namespace().equals(log.namespace())) {
      throw Fault.invalid(
          "PROOF_OTHER_LOG",
          "The checkpoint is of log %s, not of %s.".formatted(checkpoint.origin(), log.text()));
    }
    return new CheckedNote(checkpoint, origin, checkpoint.verify(trust.keys(checkpoint.origin())));
  }

  /**
   * Verifies a stored note and compares it with what stands beside it.
   *
   * @throws Fault as for a note, and BROKEN (STAMP_LOG_DAMAGED) when its row says something else
   */
  static CheckedNote of(StampCheckpoint stored, Origin log, Trust trust) {
    CheckedNote note = of(stored.getNote(), log, trust);
    ByteString root = ByteString.copyFrom(note.checkpoint().root().bytes());
    if (note.origin().epoch() != stored.getEpoch()
        || note.checkpoint().size() != stored.getSize()
        || !root.equals(stored.getRoot())
        || !note.isBy(stored.getPublicKey())) {
      throw Fault.of(
              Fault.Kind.BROKEN,
              "STAMP_LOG_DAMAGED",
              "The checkpoint that is stored for size %d says something else than its row."
                  .formatted(stored.getSize()))
          .with("namespace", log.namespace())
          .with("signed_size", stored.getSize());
    }
    return note;
  }

  boolean isBy(ByteString publicKey) {
    return signers.stream().anyMatch(key -> ByteString.copyFrom(key.publicKey()).equals(publicKey));
  }
}
