// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.merkle;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.blake3.Hash;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A signed statement of what a log was, as C2SP tlog-checkpoint has it: origin, size and root.
 *
 * @param origin which log, also the name of the keys
 * @param size how many leaves
 * @param root of the tree over them
 * @param signed the note with the signatures
 */
public record Checkpoint(String origin, long size, Hash root, SignedNote signed) {
  private static final Pattern SIZE = Pattern.compile("0|[1-9][0-9]{0,17}");

  /** A new checkpoint, signed by these keys. */
  public static Checkpoint sign(Origin origin, long size, Hash root, List<SigningKey> keys) {
    String rootText = Base64.getEncoder().encodeToString(root.bytes());
    String text = origin.text() + "\n" + size + "\n" + rootText + "\n";
    return new Checkpoint(origin.text(), size, root, SignedNote.sign(text, origin.text(), keys));
  }

  /**
   * Reads a checkpoint without believing it yet.
   *
   * @throws Fault INVALID (CHECKPOINT_MALFORMED) when it is none
   */
  public static Checkpoint parse(String note) {
    SignedNote signed = SignedNote.parse(note);
    String[] lines = signed.text().split("\n", -1);
    if (lines.length < 4 || lines[0].isEmpty() || !SIZE.matcher(lines[1]).matches()) {
      throw SignedNote.malformed("it does not begin with origin, size and root");
    }
    byte[] root = VerifierKey.base64(lines[2]);
    if (root == null || root.length != Hash.LENGTH) {
      throw SignedNote.malformed("its root is not the Base64 of 32 bytes");
    }
    return new Checkpoint(lines[0], Long.parseLong(lines[1]), Hash.of(root), signed);
  }

  /**
   * The keys among these that have signed it.
   *
   * @throws Fault INVALID: PROOF_OTHER_LOG when all of the keys are another log's,
   *     CHECKPOINT_SIGNATURE_INVALID, CHECKPOINT_KEY_UNKNOWN
   */
  public List<VerifierKey> verify(List<VerifierKey> known) {
    List<VerifierKey> ours = known.stream().filter(key -> key.name().equals(origin)).toList();
    if (ours.isEmpty() && !known.isEmpty()) {
      throw otherLog(known.getFirst().name());
    }
    return signed.verify(ours);
  }

  Fault otherLog(String expected) {
    return Fault.invalid(
            "PROOF_OTHER_LOG",
            "The checkpoint is of log %s, not of %s.".formatted(origin, expected))
        .with("origin", origin)
        .with("expected_origin", expected);
  }

  /** The checkpoint as a signed note. */
  public String note() {
    return signed.note();
  }
}
