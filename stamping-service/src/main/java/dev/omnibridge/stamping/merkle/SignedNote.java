// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.merkle;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.omnibridge.runtime.Fault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * A text and signatures of it, as C2SP signed-note has it.
 *
 * @param text what is signed; it ends with a newline
 * @param signatures at least one
 */
public record SignedNote(String text, List<NoteSignature> signatures) {
  private static final String MARK = "\u2014 ";
  private static final int MOST_SIGNATURES = 100;

  /** One signature: whose, by which key, and its bytes. */
  record NoteSignature(String name, byte[] keyId, byte[] signature) {}

  /** The note over a text, signed by some keys under one name. */
  static SignedNote sign(String text, String name, List<SigningKey> keys) {
    if (name.isEmpty() || name.codePoints().anyMatch(SignedNote::isNoPartOfAName)) {
      throw new IllegalArgumentException("The name of a key has a space, a control character or +");
    }
    byte[] message = text.getBytes(UTF_8);
    return new SignedNote(
        text,
        keys.stream()
            .map(key -> new NoteSignature(name, key.verifier(name).id(), key.sign(message)))
            .toList());
  }

  private static boolean isNoPartOfAName(int c) {
    return c == '+'
        || Character.isWhitespace(c)
        || Character.isSpaceChar(c)
        || Character.isISOControl(c);
  }

  /**
   * Reads a note.
   *
   * @throws Fault INVALID (CHECKPOINT_MALFORMED) when it is none
   */
  static SignedNote parse(String note) {
    int end = note.lastIndexOf("\n\n");
    if (end < 0 || !note.endsWith("\n")) {
      throw malformed("it has no signature below an empty line");
    }
    var signatures = new ArrayList<NoteSignature>();
    for (String line : note.substring(end + 2).split("\n")) {
      signatures.add(signature(line));
    }
    if (signatures.size() > MOST_SIGNATURES) {
      throw malformed("it has too many signatures");
    }
    return new SignedNote(note.substring(0, end + 1), List.copyOf(signatures));
  }

  private static NoteSignature signature(String line) {
    String[] parts = line.split(" ", -1);
    if (!line.startsWith(MARK) || parts.length != 3 || parts[1].isEmpty()) {
      throw malformed("a line below the empty line is no signature");
    }
    byte[] bytes = VerifierKey.base64(parts[2]);
    if (bytes == null || bytes.length <= VerifierKey.ID_LENGTH) {
      throw malformed("a signature is not Base64");
    }
    return new NoteSignature(
        parts[1],
        Arrays.copyOf(bytes, VerifierKey.ID_LENGTH),
        Arrays.copyOfRange(bytes, VerifierKey.ID_LENGTH, bytes.length));
  }

  static Fault malformed(String why) {
    return Fault.invalid("CHECKPOINT_MALFORMED", "The text is no signed checkpoint: " + why + ".");
  }

  /**
   * The keys among these that have signed it. Signatures by other keys count for nothing.
   *
   * @throws Fault INVALID (CHECKPOINT_SIGNATURE_INVALID) when a signature by one of them is wrong,
   *     (CHECKPOINT_KEY_UNKNOWN) when there is none by any of them
   */
  List<VerifierKey> verify(List<VerifierKey> known) {
    byte[] message = text.getBytes(UTF_8);
    var signers = new ArrayList<VerifierKey>();
    for (NoteSignature signature : signatures) {
      for (VerifierKey key : known) {
        if (isBy(key, signature)) {
          if (!key.verifies(message, signature.signature())) {
            throw Fault.invalid(
                    "CHECKPOINT_SIGNATURE_INVALID",
                    "The signature of %s on the checkpoint is wrong.".formatted(key.text()))
                .with("key", key.text());
          }
          signers.add(key);
        }
      }
    }
    if (signers.isEmpty()) {
      throw Fault.invalid(
          "CHECKPOINT_KEY_UNKNOWN", "No key that is trusted has signed the checkpoint.");
    }
    return signers;
  }

  private static boolean isBy(VerifierKey key, NoteSignature signature) {
    return key.name().equals(signature.name()) && Arrays.equals(key.id(), signature.keyId());
  }

  /** The note as it is written. */
  String note() {
    var note = new StringBuilder(text).append('\n');
    for (NoteSignature one : signatures) {
      byte[] bytes = Arrays.copyOf(one.keyId(), one.keyId().length + one.signature().length);
      System.arraycopy(one.signature(), 0, bytes, one.keyId().length, one.signature().length);
      note.append(MARK)
          .append(one.name())
          .append(' ')
          .append(Base64.getEncoder().encodeToString(bytes))
          .append('\n');
    }
    return note.toString();
  }
}
