// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.merkle;

import static dev.omnibridge.stamping.merkle.CheckpointTest.refused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.testkit.Seeds;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ProofBundleTest {
  private static final JsonMapper JSON = new JsonMapper();

  private static final Origin ORIGIN =
      new Origin("0190f0aa-0000-7000-8000-000000000001", 1, "default");
  private static final SigningKey KEY = SigningKey.generate(new SecureRandom());
  private static final VerifierKey VERIFIER = KEY.verifier(ORIGIN.text());
  private static final StampRecord RECORD = record("default");

  static StampRecord record(String namespace) {
    return new StampRecord(
        UUID.fromString("0190f0aa-1111-7000-8000-000000000001"),
        2,
        Blake3.hash(new byte[] {1}),
        Blake3.hash(new byte[] {2}),
        1234,
        Instant.parse("1999-12-31T23:59:59.999999Z"),
        Instant.parse("2026-11-21T10:00:00.123456Z"),
        UUID.fromString("0190f0aa-2222-7000-8000-000000000001"),
        null,
        namespace,
        "src/\u00e4 \ud83d\ude00.txt",
        "text/plain",
        "{\"a\":1.50}",
        namespace.equals("claimed"));
  }

  private static ProofBundle bundle(StampRecord record, Origin origin) {
    List<Hash> leaves = new ArrayList<>();
    for (int i = 0; i < 11; i++) {
      leaves.add(NaiveTree.of(11).leaf(i));
    }
    leaves.set(6, new LogHash().leaf(record.bytes()));
    var proofs = new Proofs(new NaiveTree(leaves));
    return new ProofBundle(
        record,
        6,
        proofs.inclusion(6, 11),
        Checkpoint.sign(origin, 11, proofs.root(11), List.of(KEY)),
        List.of(KEY.verifier(origin.text())));
  }

  private static String json() {
    return new String(bundle(RECORD, ORIGIN).toJson(), UTF_8);
  }

  private static ProofBundle parse(String json) {
    return ProofBundle.parse(json.getBytes(UTF_8));
  }

  @Test
  void shouldReadTheRecordThatItWrites() {
    assertThat(StampRecord.parse(RECORD.bytes())).isEqualTo(RECORD);
    StampRecord claimed = record("claimed");
    assertThat(StampRecord.parse(claimed.bytes())).isEqualTo(claimed);
    assertThat(claimed.bytes()[0]).isEqualTo((byte) 2);
  }

  @Test
  void shouldRefuseEveryTruncationOfARecord() {
    byte[] bytes = RECORD.bytes();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(bytes, length);
      refused("STAMP_RECORD_MALFORMED", () -> StampRecord.parse(cut));
    }
    refused(
        "STAMP_RECORD_MALFORMED",
        () -> StampRecord.parse(java.util.Arrays.copyOf(bytes, bytes.length + 1)));
  }

  @Test
  void shouldRefuseATimeThatIsNone() {
    for (long micros : new long[] {Long.MIN_VALUE, Long.MAX_VALUE, 9_223_371_331_200_000_000L}) {
      byte[] bytes = RECORD.bytes();
      java.nio.ByteBuffer.wrap(bytes).putLong(StampRecord.STAMPED_AT, micros);
      refused("STAMP_RECORD_MALFORMED", () -> StampRecord.parse(bytes));
    }
    byte[] last = RECORD.bytes();
    java.nio.ByteBuffer.wrap(last).putLong(StampRecord.STAMPED_AT, 9_223_371_331_199_999_999L);
    assertThat(StampRecord.parse(last).bytes()).isEqualTo(last);
    java.nio.ByteBuffer.wrap(last).putLong(StampRecord.CREATED_AT, -211_813_488_000_000_000L);
    assertThat(StampRecord.parse(last).bytes()).isEqualTo(last);
  }

  @Test
  void shouldProveAStampToOneWhoKnowsTheKey() {
    VerifiedStamp verified = parse(json()).verify(List.of(VERIFIER));

    assertThat(verified.record()).isEqualTo(RECORD);
    assertThat(verified.leafIndex()).isEqualTo(6);
    assertThat(verified.size()).isEqualTo(11);
    assertThat(verified.signers()).containsExactly(VERIFIER.text());
    assertThat(verified.pinned()).isTrue();
    assertThat(parse(json()).verify(List.of()).pinned()).isFalse();
  }

  @Test
  void shouldRefuseAProofForAnotherLog() {
    var other = new Origin(ORIGIN.logId(), 1, "others");
    byte[] ofAnotherNamespace = bundle(RECORD, other).toJson();
    var elsewhere = new Origin("0190f0aa-0000-7000-8000-000000000002", 1, "default");

    refused("PROOF_OTHER_LOG", () -> ProofBundle.parse(ofAnotherNamespace).verify(List.of()));
    refused("PROOF_OTHER_LOG", () -> parse(json()).verify(List.of(KEY.verifier(elsewhere.text()))));
  }

  @Test
  void shouldRefuseAnUnknownSigner() {
    var stranger = SigningKey.generate(new SecureRandom()).verifier(ORIGIN.text());

    refused("CHECKPOINT_KEY_UNKNOWN", () -> parse(json()).verify(List.of(stranger)));
  }

  @Test
  void shouldRefuseALeafThatIsNotInTheLog() {
    ProofBundle whole = bundle(RECORD, ORIGIN);
    var elsewhere = new ProofBundle(RECORD, 5, whole.path(), whole.checkpoint(), whole.keys());

    refused("PROOF_INVALID", () -> elsewhere.verify(List.of(VERIFIER)));
  }

  @Test
  void shouldRefuseABundleWithAnyByteChanged() {
    byte[] json = bundle(RECORD, ORIGIN).toJson();
    var seeds = Seeds.fromProperty();
    var random = seeds.random("bytes");
    for (int round = 0; round < 400; round++) {
      byte[] changed = json.clone();
      changed[random.nextInt(json.length)] ^= (byte) (1 << random.nextInt(7));
      String text = new String(changed, UTF_8);
      if (!saysTheSame(json, changed)) {
        assertThat(isProof(text)).as("%s%n%s", seeds.hint(), text).isFalse();
      }
    }
  }

  @Test
  void shouldTakeABundleThatIsWrittenInAnotherWay() {
    String json = json();
    String otherwise = json.replace("\\uD83D", "\\ud83d").replace(" : ", ":\t");

    assertThat(otherwise).isNotEqualTo(json);
    assertThat(isProof(otherwise)).isTrue();
  }

  /**
   * JSON may be written in several ways, by spaces and by the digits of an escape; and the keys are
   * not used when others are.
   */
  private static boolean saysTheSame(byte[] json, byte[] changed) {
    try {
      return JSON.readTree(json) instanceof ObjectNode before
          && JSON.readTree(changed) instanceof ObjectNode after
          && before.without("keys").equals(after.without("keys"));
    } catch (IOException malformed) {
      return false;
    }
  }

  private static boolean isProof(String json) {
    try {
      return parse(json).verify(List.of(VERIFIER)).record().equals(RECORD);
    } catch (dev.omnibridge.runtime.Fault refused) {
      return false;
    }
  }

  @Test
  void shouldRefuseWhatIsNoBundle() {
    String json = json();

    for (String malformed :
        List.of(
            "",
            "[]",
            "{}",
            "{\"format\":\"omnibridge-stamp-proof/1\"}",
            json + "x",
            json.replace("proof/1", "proof/2"),
            json.replace("\"revision\" : 2", "\"revision\" : 3"),
            json.replace("\"leaf_index\" : 6", "\"leaf_index\" : \"6\""),
            json.replace("\"leaf_index\" : 6", "\"leaf_index\" : 6, \"leaf_index\" : 6"),
            json.replace("\"path\" : [", "\"path\" : [ \"AA==\","),
            json.replace("\\n\\n", "\\n"))) {
      refused("BUNDLE_MALFORMED", () -> parse(malformed));
    }
    refused("BUNDLE_MALFORMED", () -> ProofBundle.parse(new byte[2 << 20]));
  }
}
