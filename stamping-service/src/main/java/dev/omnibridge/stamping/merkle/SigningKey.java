// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.merkle;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * An Ed25519 key that signs checkpoints. Files hold one or more as PKCS#8 in PEM: the first is the
 * current one, and all of them sign, so that a new key is put in front of the old one until every
 * client knows it.
 */
public final class SigningKey {
  private static final String ALGORITHM = "Ed25519";
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  private final PrivateKey secret;
  private final byte[] publicKey;

  private SigningKey(PrivateKey secret, byte[] publicKey) {
    this.secret = secret;
    this.publicKey = publicKey;
  }

  /** A new key. */
  public static SigningKey generate(SecureRandom random) {
    try {
      return of(pair(random).getPrivate());
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /**
   * Reads all keys of a file, in its order.
   *
   * @throws IllegalArgumentException when it holds none, or what is no Ed25519 key
   */
  public static List<SigningKey> parse(String pem) {
    var keys = new ArrayList<SigningKey>();
    var blocks = PEM.matcher(pem);
    while (blocks.find()) {
      try {
        byte[] encoded = Base64.getMimeDecoder().decode(blocks.group(1));
        keys.add(
            of(
                KeyFactory.getInstance(ALGORITHM)
                    .generatePrivate(new PKCS8EncodedKeySpec(encoded))));
      } catch (GeneralSecurityException notEd25519) {
        throw new IllegalArgumentException(
            "it holds a private key that is not Ed25519", notEd25519);
      }
    }
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("it holds no PKCS#8 private key in PEM");
    }
    return List.copyOf(keys);
  }

  private static SigningKey of(PrivateKey secret) throws GeneralSecurityException {
    byte[] seed =
        ((EdECPrivateKey) secret)
            .getBytes()
            .orElseThrow(() -> new GeneralSecurityException("The key cannot be read"));
    byte[] encoded = pair(new Seed(seed)).getPublic().getEncoded();
    return new SigningKey(
        secret, Arrays.copyOfRange(encoded, encoded.length - VerifierKey.LENGTH, encoded.length));
  }

  private static KeyPair pair(SecureRandom random) throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance(ALGORITHM);
    generator.initialize(NamedParameterSpec.ED25519, random);
    return generator.generateKeyPair();
  }

  /**
   * Randomness that is a secret key, so that the generator makes its pair: the one way to the
   * public key of a private one that the JDK offers.
   */
  private static final class Seed extends SecureRandom {
    private static final long serialVersionUID = 1;
    private final byte[] seed;

    Seed(byte[] seed) {
      this.seed = seed;
    }

    @Override
    public void nextBytes(byte[] bytes) {
      System.arraycopy(seed, 0, bytes, 0, bytes.length);
    }
  }

  /** The public half, 32 bytes. */
  public byte[] publicKey() {
    return publicKey.clone();
  }

  /** The public half under the name of a log. */
  public VerifierKey verifier(String name) {
    return VerifierKey.of(name, publicKey);
  }

  /** The 64 bytes of the signature of a message. */
  public byte[] sign(byte[] message) {
    try {
      var signer = Signature.getInstance(ALGORITHM);
      signer.initSign(secret);
      signer.update(message);
      return signer.sign();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The key as PKCS#8 in PEM. */
  public String pem() {
    String encoded =
        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(secret.getEncoded());
    return "-----BEGIN PRIVATE KEY-----\n" + encoded + "\n-----END PRIVATE KEY-----\n";
  }
}
