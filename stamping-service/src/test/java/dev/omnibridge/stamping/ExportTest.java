// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping;

import static dev.omnibridge.stamping.Served.options;
import static dev.omnibridge.stamping.StampingStories.fault;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.ExportStampRequest;
import dev.omnibridge.api.stamping.v1.ExportStampResponse;
import dev.omnibridge.api.stamping.v1.GetSliceRequest;
import dev.omnibridge.api.stamping.v1.GetSliceResponse;
import dev.omnibridge.api.stamping.v1.Stamp;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.runtime.blake3.slice.Range;
import dev.omnibridge.runtime.blake3.slice.Slice;
import dev.omnibridge.stamping.interop.Attestation;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What other tools get: signed statements, and slices with their proof. */
class ExportTest {
  /** What X.509 has before the 32 bytes of an Ed25519 key. */
  private static final String ED25519 = "302a300506032b6570032100";

  @TempDir Path folder;
  private Served served;

  @BeforeEach
  void start() throws Exception {
    String key = folder.resolve("key.pem").toString();
    served = Served.with(Map.of("STAMPING_SIGNING_KEY_FILE", key));
  }

  @AfterEach
  void stop() throws Exception {
    served.close();
  }

  @Test
  void shouldExportASignedStatementAndALine() throws Exception {
    Stamp stamp =
        served
            .client()
            .createStamp(
                CreateStampRequest.newBuilder()
                    .setContent(ByteString.copyFromUtf8("the file\n"))
                    .setOptions(options().setFilePath("a.txt"))
                    .build())
            .getStamp();
    ExportStampResponse export = export(stamp.getFileHash());
    JsonNode envelope = new ObjectMapper().readTree(export.getEnvelope().toByteArray());
    byte[] statement = Base64.getDecoder().decode(envelope.path("payload").asText());

    assertThat(export.getB3SumLine()).isEqualTo(stamp.getContentHash() + "  a.txt");
    assertThat(new ObjectMapper().readTree(statement).at("/predicate/stamp_id").asText())
        .isEqualTo(stamp.getStampId());
    assertThat(isSigned(envelope, statement)).isTrue();
    assertThat(export(stamp.getContentHash())).isEqualTo(export);
  }

  private static boolean isSigned(JsonNode envelope, byte[] statement) throws Exception {
    String keyId = envelope.at("/signatures/0/keyid").asText();
    Signature verifier = Signature.getInstance("Ed25519");
    verifier.initVerify(
        KeyFactory.getInstance("Ed25519")
            .generatePublic(new X509EncodedKeySpec(HexFormat.of().parseHex(ED25519 + keyId))));
    verifier.update(Attestation.toSign(Attestation.PAYLOAD_TYPE, statement));
    return verifier.verify(Base64.getDecoder().decode(envelope.at("/signatures/0/sig").asText()));
  }

  @Test
  void shouldExportOnlyWhatIsStamped() {
    assertThat(fault(() -> export("ab".repeat(32))).reason()).isEqualTo("STAMP_NOT_FOUND");
    assertThat(fault(() -> export("x")).reason()).isEqualTo("INVALID_HASH_FORMAT");
  }

  @Test
  void shouldProveARangeOfAStoredContent() throws Exception {
    byte[] content = new byte[1_000_000];
    new Random(3).nextBytes(content);
    String hash = served.model.put(ByteString.copyFrom(content));
    long[][] ranges = {{0, 1}, {0, 1_000_000}, {16_383, 2}, {500_000, 70_000}, {999_999, 1}};
    for (long[] range : ranges) {
      GetSliceResponse answer = slice(hash, range[0], (int) range[1]);
      var proven = new ByteArrayOutputStream();
      long length =
          Slice.verify(
              Hash.parse(hash),
              new Range(range[0], range[1]),
              answer.getSlice().newInput(),
              proven);

      assertThat(length).isEqualTo(answer.getContentLength()).isEqualTo(content.length);
      assertThat(proven.toByteArray())
          .isEqualTo(Arrays.copyOfRange(content, (int) range[0], (int) (range[0] + range[1])));
    }
  }

  @Test
  void shouldProveNothingThatIsNotThere() {
    String hash = served.model.put(ByteString.copyFromUtf8("0123456789"));
    String damaged = "cd".repeat(32);
    served.model.putDamaged(damaged, ByteString.copyFromUtf8("0123456789"));

    assertThat(fault(() -> slice(hash, 5, 6)).reason()).isEqualTo("RANGE_BEYOND_END");
    assertThat(fault(() -> slice(hash, 1L << 60, 1)).reason()).isEqualTo("RANGE_BEYOND_END");
    assertThat(fault(() -> slice(damaged, 0, 1)).reason()).isEqualTo("CONTENT_DAMAGED");
    assertThat(fault(() -> slice("ab".repeat(32), 0, 1)).reason()).isEqualTo("CONTENT_NOT_FOUND");
    assertThat(fault(() -> slice(hash, 0, 0)).reason()).isEqualTo("INVALID_REQUEST");
  }

  private ExportStampResponse export(String hash) {
    return served
        .client()
        .exportStamp(
            ExportStampRequest.newBuilder().setNamespace(Served.NAMESPACE).setHash(hash).build());
  }

  private GetSliceResponse slice(String hash, long offset, int length) {
    return served
        .client()
        .getSlice(
            GetSliceRequest.newBuilder()
                .setContentHash(hash)
                .setOffset(offset)
                .setLength(length)
                .build());
  }
}
