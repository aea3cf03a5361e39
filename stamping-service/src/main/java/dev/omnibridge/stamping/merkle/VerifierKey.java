// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.merkle;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.omnibridge.runtime.Fault;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** An Ed25519 public key under the name of a log, as C2SP signed-note has it. */
public final class VerifierKey {
  /** The number of bytes of a public key. */
  public static final int LENGTH = 32;

  static final int ID_LENGTH = 4;
  private static final byte ED25519 = 1;

  /** What X.509 has before the 32 bytes of an Ed25519 key. */
  private static final byte[] X509 = HexFormat.of().parseHex("302a300506032b6570032100");

  private final String name;
  private final byte[] id;
  private final byte[] key;

  private VerifierKey(String name, byte[] key) {
    this.name = name;
    this.key = key;
    this.id = Arrays.copyOf(sha256(name, key), ID_LENGTH);
  }

  /** The key of these 32 bytes under a name. */
  public static VerifierKey of(String name, byte[] publicKey) {
    if (publicKey.length != LENGTH) {
      throw malformed("its key has %d bytes".formatted(publicKey.length));
    }
    return new VerifierKey(name, publicKey.clone());
  }

  /**
   * Reads {@code <name>+<key id>+<base64>}.
   *
   * @throws Fault INVALID (CHECKPOINT_KEY_MALFORMED) when it is none
   */
  public static VerifierKey parse(String text) {
    String[] parts = text.strip().split("\\+", 3);
    if (parts.length != 3 || parts[0].isEmpty()) {
      throw malformed("it is not written as <name>+<key id>+<base64>");
    }
    byte[] typed = base64(parts[2]);
    if (typed == null || typed.length != 1 + LENGTH || typed[0] != ED25519) {
      throw malformed("it is not an Ed25519 key");
    }
    var key = of(parts[0], Arrays.copyOfRange(typed, 1, typed.length));
    if (!HexFormat.of().formatHex(key.id).equals(parts[1])) {
      throw malformed("its id is not that of its name and key");
    }
    return key;
  }

  /** Only as an encoder writes it: of several texts for the same bytes, one; null otherwise. */
  static byte @Nullable [] base64(String text) {
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      return Base64.getEncoder().encodeToString(bytes).equals(text) ? bytes : null;
    } catch (IllegalArgumentException notBase64) {
      return null;
    }
  }

  private static byte[] sha256(String name, byte[] key) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(name.getBytes(UTF_8));
      digest.update(new byte[] {'\n', ED25519});
      return digest.digest(key);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static Fault malformed(String why) {
    return Fault.invalid("CHECKPOINT_KEY_MALFORMED", "The text is no verifier key: " + why + ".");
  }

  /** The name of the log. */
  public String name() {
    return name;
  }

  /** The 32 bytes of the key. */
  public byte[] publicKey() {
    return key.clone();
  }

  byte[] id() {
    return id.clone();
  }

  boolean verifies(byte[] message, byte[] signature) {
    try {
      var verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(publicKey(key));
      verifier.update(message);
      return verifier.verify(signature);
    } catch (GeneralSecurityException malformed) {
      return false;
    }
  }

  private static PublicKey publicKey(byte[] key) throws GeneralSecurityException {
    byte[] encoded = Arrays.copyOf(X509, X509.length + LENGTH);
    System.arraycopy(key, 0, encoded, X509.length, LENGTH);
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
  }

  /** The key as {@code <name>+<key id>+<base64>}. */
  public String text() {
    byte[] typed = new byte[1 + LENGTH];
    typed[0] = ED25519;
    System.arraycopy(key, 0, typed, 1, LENGTH);
    return "%s+%s+%s"
        .formatted(name, HexFormat.of().formatHex(id), Base64.getEncoder().encodeToString(typed));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof VerifierKey that
        && name.equals(that.name)
        && Arrays.equals(key, that.key);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(id);
  }

  @Override
  public String toString() {
    return text();
  }
}
