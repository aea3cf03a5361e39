// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.stamping.stamp.FoundStamp;
import dev.omnibridge.stamping.stamp.FoundStamp.Flaw;
import dev.omnibridge.stamping.stamp.StampType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InteropTest {
  private static final String FILE_HASH = Blake3.hash("a".getBytes(UTF_8)).hex();
  private static final String CONTENT_HASH = Blake3.hash("a\n".getBytes(UTF_8)).hex();
  private static final StampFacts FACTS =
      new StampFacts(
          "0193-uid",
          "default",
          FILE_HASH,
          CONTENT_HASH,
          "src/a.txt",
          2,
          "text/plain",
          1,
          Instant.parse("2026-11-21T12:00:00Z"),
          "server",
          "{\"k\":1.50}");

  @Test
  void shouldSignAStatementAboutTheContent() throws Exception {
    KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] statement = Attestation.statement(FACTS);
    JsonNode envelope = json(Attestation.envelope(statement, signer(keys)));
    byte[] payload = Base64.getDecoder().decode(envelope.path("payload").asText());

    assertThat(payload).isEqualTo(statement);
    assertThat(envelope.path("payloadType").asText()).isEqualTo("application/vnd.in-toto+json");
    assertThat(envelope.at("/signatures/0/keyid").asText()).isEqualTo("the key");
    Signature verifier = Signature.getInstance("Ed25519");
    verifier.initVerify(keys.getPublic());
    verifier.update(
        ("DSSEv1 28 application/vnd.in-toto+json " + payload.length + " ").getBytes(UTF_8));
    verifier.update(payload);
    assertThat(
            verifier.verify(Base64.getDecoder().decode(envelope.at("/signatures/0/sig").asText())))
        .isTrue();
  }

  @Test
  void shouldStateTheContentAsSubjectAndTheStampAsPredicate() throws Exception {
    JsonNode statement = json(Attestation.statement(FACTS));

    assertThat(statement.path("_type").asText()).isEqualTo("https://in-toto.io/Statement/v1");
    assertThat(statement.at("/subject/0/name").asText()).isEqualTo("src/a.txt");
    assertThat(statement.at("/subject/0/digest/blake3").asText()).isEqualTo(CONTENT_HASH);
    assertThat(statement.path("predicateType").asText())
        .isEqualTo("https://omnibridge.dev/attestation/stamp/v1");
    assertThat(statement.at("/predicate/file_hash").asText()).isEqualTo(FILE_HASH);
    assertThat(statement.at("/predicate/hashed_by").asText()).isEqualTo("server");
    assertThat(statement.at("/predicate/metadata").toString()).isEqualTo("{\"k\":1.50}");
  }

  /** The example of the DSSE protocol. */
  @Test
  void shouldEncodeBeforeSigningAsThePublishedExampleDoes() {
    assertThat(
            new String(
                Attestation.toSign("http://example.com/HelloWorld", "hello world".getBytes(UTF_8)),
                UTF_8))
        .isEqualTo("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  }

  @Test
  void shouldReadBackTheSidecarThatItWrites() {
    byte[] sidecar = Sidecar.write(FACTS, StampType.DETACHED);
    FoundStamp found = Sidecar.read(sidecar);

    assertThat(found.flaw()).isNull();
    assertThat(found.uid()).isEqualTo("0193-uid");
    assertThat(found.hash().hex()).isEqualTo(FILE_HASH);
    assertThat(Sidecar.write(FACTS, StampType.DETACHED)).isEqualTo(sidecar);
    assertThat(Sidecar.name("src/a.txt")).isEqualTo(".a.txt.onex-meta.json");
  }

  @Test
  void shouldNotReadADamagedSidecar() {
    String good = new String(Sidecar.write(FACTS, StampType.DETACHED), UTF_8);
    for (String bad :
        new String[] {
          "",
          "[]",
          "null",
          good.substring(1),
          good + "{}",
          good.replaceFirst(FILE_HASH, CONTENT_HASH),
          good.replace("BLAKE3", "MD5"),
          good.replace("stamp_id", "id"),
          good.replace(FILE_HASH, "12"),
        }) {
      assertThat(Sidecar.read(bad.getBytes(UTF_8)).flaw()).as(bad).isEqualTo(Flaw.MALFORMED);
    }
  }

  @Test
  void shouldWriteLinesAsB3sumDoes() {
    assertThat(B3sumLine.of(CONTENT_HASH, "src/a b.txt")).isEqualTo(CONTENT_HASH + "  src/a b.txt");
    assertThat(B3sumLine.of(CONTENT_HASH, "a\\b\nc"))
        .isEqualTo("\\" + CONTENT_HASH + "  a\\\\b\\nc");
    assertThat(B3sumLine.of(CONTENT_HASH, "")).isEqualTo(CONTENT_HASH + "  -");
  }

  @Test
  void shouldAgreeWithB3sumWhereItIsInstalled(@TempDir Path folder) throws Exception {
    List<String> names = List.of("plain", "with space", "back\\slash", "line\nbreak", "\u00fc");
    List<String> lines = new ArrayList<>();
    for (String name : names) {
      byte[] content = name.repeat(1000).getBytes(UTF_8);
      Files.write(folder.resolve(name), content);
      lines.add(B3sumLine.of(Blake3.hash(content).hex(), name));
    }
    assertThat(b3sum(folder, names)).isEqualTo(lines);
  }

  private static List<String> b3sum(Path folder, List<String> names) throws Exception {
    List<String> command = new ArrayList<>(List.of("b3sum", "--"));
    command.addAll(names);
    try {
      Process process = new ProcessBuilder(command).directory(folder.toFile()).start();
      List<String> lines = process.inputReader(UTF_8).lines().toList();
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
      return lines;
    } catch (IOException notThere) {
      Assumptions.abort("b3sum is not installed");
      return List.of();
    }
  }

  private static Signer signer(KeyPair keys) {
    return new Signer() {
      @Override
      public String keyId() {
        return "the key";
      }

      @Override
      public byte[] sign(byte[] message) {
        try {
          Signature signature = Signature.getInstance("Ed25519");
          signature.initSign(keys.getPrivate());
          signature.update(message);
          return signature.sign();
        } catch (GeneralSecurityException impossible) {
          throw new IllegalStateException(impossible);
        }
      }
    };
  }

  private static JsonNode json(byte[] document) throws Exception {
    return StampFacts.JSON.readTree(document);
  }
}
