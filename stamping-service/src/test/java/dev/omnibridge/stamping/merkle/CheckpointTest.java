// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.merkle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.blake3.Hash;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class CheckpointTest {
  private static final Origin ORIGIN =
      new Origin("0190f0aa-0000-7000-8000-000000000001", 1, "default");
  private static final Hash ROOT = Blake3.hash(new byte[] {1});
  private static final SigningKey KEY = SigningKey.generate(new SecureRandom());
  private static final SigningKey OLD = SigningKey.generate(new SecureRandom());

  private static VerifierKey verifier(SigningKey key) {
    return key.verifier(ORIGIN.text());
  }

  @Test
  void shouldVerifyTheExampleOfTheFormatsInventors() {
    var key =
        VerifierKey.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    String note =
        """
        If you think cryptography is the answer to your problem,
        then you don't know what your problem is.

        \u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
        """;

    assertThat(SignedNote.parse(note).verify(List.of(key))).containsExactly(key);
    assertThat(SignedNote.parse(note).note()).isEqualTo(note);
    assertThat(key.text()).startsWith("PeterNeumann+c74f20a3+");
  }

  /** RFC 8032, section 7.1, test 1: the public key of a secret one. */
  @Test
  void shouldKnowThePublicHalfOfAStoredKey() {
    byte[] secret =
        HexFormat.of()
            .parseHex(
                "302e020100300506032b657004220420"
                    + "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    String pem =
        "-----BEGIN PRIVATE KEY-----\n"
            + java.util.Base64.getEncoder().encodeToString(secret)
            + "\n-----END PRIVATE KEY-----\n";

    assertThat(HexFormat.of().formatHex(SigningKey.parse(pem).getFirst().publicKey()))
        .isEqualTo("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  }

  @Test
  void shouldReadTheKeysThatItWrites() {
    List<SigningKey> read = SigningKey.parse(KEY.pem() + OLD.pem());

    assertThat(read)
        .extracting(CheckpointTest::verifier)
        .containsExactly(verifier(KEY), verifier(OLD));
    assertThatThrownBy(() -> SigningKey.parse("no key")).hasMessageContaining("no PKCS#8");
  }

  @Test
  void shouldReadAndVerifyWhatItSigns() {
    var checkpoint = Checkpoint.sign(ORIGIN, 42, ROOT, List.of(KEY));
    var read = Checkpoint.parse(checkpoint.note());

    assertThat(read.origin()).isEqualTo("omnibridge/0190f0aa-0000-7000-8000-000000000001/default");
    assertThat(read.size()).isEqualTo(42);
    assertThat(read.root()).isEqualTo(ROOT);
    assertThat(read.verify(List.of(verifier(KEY)))).containsExactly(verifier(KEY));
    assertThat(VerifierKey.parse(verifier(KEY).text())).isEqualTo(verifier(KEY));
    assertThat(Origin.parse(read.origin())).isEqualTo(ORIGIN);
  }

  @Test
  void shouldSignByOldAndNewKeyWhileKeysAreRotated() {
    var read = Checkpoint.parse(Checkpoint.sign(ORIGIN, 7, ROOT, List.of(KEY, OLD)).note());

    assertThat(read.verify(List.of(verifier(OLD)))).containsExactly(verifier(OLD));
    assertThat(read.verify(List.of(verifier(KEY)))).containsExactly(verifier(KEY));
    assertThat(read.verify(List.of(verifier(OLD), verifier(KEY)))).hasSize(2);
  }

  @Test
  void shouldRefuseEveryChangeOfACheckpoint() {
    String note = Checkpoint.sign(ORIGIN, 42, ROOT, List.of(KEY)).note();
    List<VerifierKey> known = List.of(verifier(KEY));

    refused(
        "CHECKPOINT_SIGNATURE_INVALID",
        () -> Checkpoint.parse(note.replace("\n42\n", "\n43\n")).verify(known));
    refused(
        "PROOF_OTHER_LOG",
        () -> Checkpoint.parse(note.replaceFirst("/default\n", "/defaults\n")).verify(known));
    refused("CHECKPOINT_KEY_UNKNOWN", () -> Checkpoint.parse(note).verify(List.of(verifier(OLD))));
    refused("CHECKPOINT_KEY_UNKNOWN", () -> Checkpoint.parse(note).verify(List.of()));
  }

  @Test
  void shouldRefuseWhatIsNoCheckpoint() {
    String note = Checkpoint.sign(ORIGIN, 42, ROOT, List.of(KEY)).note();

    for (String malformed :
        List.of(
            "",
            "\n\n",
            "text",
            note.strip(),
            note.replace("\n42\n", "\n042\n"),
            note.replace("\n42\n", "\n-1\n"),
            note.replace("\n42\n", "\n99999999999999999999\n"),
            note.replace("\u2014", "-"),
            note.replaceFirst("\n\n.*", "\n\n"),
            note.substring(0, note.length() - 3) + "!=\n")) {
      refused("CHECKPOINT_MALFORMED", () -> Checkpoint.parse(malformed));
    }
  }

  /** Else one log could sign what is read as the checkpoint of another. */
  @Test
  void shouldSignForNoNameThatIsNone() {
    String log = ORIGIN.logId();
    for (String name :
        List.of("", "a\n7", "a b", "a+b", "\u00e4", ".a", "a/b", "a\r", "x".repeat(256), "a\n")) {
      assertThatThrownBy(() -> new Origin(log, 1, name))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(Origin.parse("omnibridge/" + log + "/" + name)).isNull();
    }
    assertThatThrownBy(() -> new Origin(log + "\n", 1, "default"))
        .isInstanceOf(IllegalArgumentException.class);
    for (String name : List.of("", "a\nb", "a b", "a+b", "a\u00a0b", "a\u0000")) {
      assertThatThrownBy(() -> SignedNote.sign("text\n", name, List.of(KEY)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void shouldSignTheSameDigitsWhereverItRuns() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      var epoch = new Origin(ORIGIN.logId(), 42, "default");
      String note = Checkpoint.sign(epoch, 1234, ROOT, List.of(KEY)).note();

      assertThat(note).contains(".42/default\n1234\n");
      assertThat(Checkpoint.parse(note).size()).isEqualTo(1234);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void shouldRefuseWhatIsNoVerifierKey() {
    String key = verifier(KEY).text();

    for (String malformed :
        List.of(
            "", "a+b", key + "A", key.replaceFirst("\\+[0-9a-f]{8}\\+", "+00000000+"), "+" + key)) {
      refused("CHECKPOINT_KEY_MALFORMED", () -> VerifierKey.parse(malformed));
    }
  }

  static void refused(String reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(Fault.class, fault -> assertThat(fault.reason()).isEqualTo(reason));
  }
}
