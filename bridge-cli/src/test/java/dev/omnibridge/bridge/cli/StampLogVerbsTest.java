// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.api.stamping.v1.AuditFinding;
import dev.omnibridge.api.stamping.v1.AuditFindingKind;
import dev.omnibridge.bridge.FakeOrchestrator;
import dev.omnibridge.bridge.FakeStampLog;
import dev.omnibridge.bridge.TestSetting;
import dev.omnibridge.runtime.blake3.Blake3;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StampLogVerbsTest {
  private static final String HASH = "0123456789abcdef".repeat(4);

  @TempDir private Path home = Path.of("");

  private final FakeStampLog log = new FakeStampLog();
  private final FakeOrchestrator suite;

  StampLogVerbsTest() throws IOException {
    suite = new FakeOrchestrator(log);
  }

  @AfterEach
  void stop() {
    suite.close();
  }

  private TestSetting ran(int code, String... arguments) {
    var command = new TestSetting(home).with("OMNIBRIDGE_ADDRESS", suite.address());
    assertThat(command.run(arguments)).as(command.err()).isEqualTo(code);
    return command;
  }

  @ParameterizedTest
  @ValueSource(strings = {"prove", "audit"})
  void shouldExplainEveryVerbWithExamplesAndExitCodes(String verb) {
    assertThat(ran(0, verb, "--help").out())
        .contains("Usage: bridge " + verb)
        .contains("Exit codes:", "4   the suite cannot be reached")
        .contains("Examples:", "./bridge " + verb);
  }

  @Test
  void shouldSayThatALogIsIntact() throws IOException {
    Path kept = Files.writeString(home.resolve("kept"), "a note\n");

    TestSetting command = ran(0, "audit", "--deep", "--checkpoint", kept.toString());

    assertThat(command.out())
        .contains("intact  omnibridge/log/default")
        .contains("990 stamps in 1,000 leaves, 2 checkpoints in 12 ms")
        .contains("root " + "0".repeat(64))
        .contains("signed for: the first 900 of 1,000");
    assertThat(log.audits.getFirst().getDeep()).isTrue();
    assertThat(log.audits.getFirst().getCheckpoints(0)).isEqualTo("a note\n");
  }

  @Test
  void shouldNameWhatWasAlteredAndEndWithOne() throws IOException {
    log.verdict =
        log.verdict.toBuilder()
            .setIntact(false)
            .setFindingsTotal(3)
            .addFindings(
                AuditFinding.newBuilder()
                    .setKind(AuditFindingKind.AUDIT_FINDING_KIND_ROW_ALTERED)
                    .setLeafIndex(7)
                    .setStampId("01931b2e-0000-7000-8000-000000000002")
                    .setFileHash(HASH)
                    .setRevision(2)
                    .setField("file_path")
                    .setExpected("a.txt")
                    .setFound("b\033[2J.txt")
                    .setDetail("The row says something else."))
            .build();

    TestSetting command = ran(1, "audit");

    assertThat(command.out())
        .contains("NOT INTACT")
        .contains("ROW ALTERED  leaf 7  stamp 01931b2e-0000-7000-8000-000000000002  revision 2")
        .contains("file hash " + HASH)
        .contains("file_path must be a.txt and is b\\x1b[2J.txt");
    assertThat(command.err()).contains("2 more");
    JsonNode json = new ObjectMapper().readTree(ran(1, "audit", "-o", "json").out());
    assertThat(json.at("/findings/0/kind").asText()).isEqualTo("ROW_ALTERED");
    assertThat(json.at("/root").asText()).isEqualTo("0".repeat(64));
  }

  @Test
  void shouldNotTakeAnAuditWithoutAVerdictForOne() {
    log.breaksOff = true;

    assertThat(ran(1, "audit").err()).startsWith("bridge: ");
  }

  @Test
  void shouldFetchTheProofOfAHashOrAFile() throws IOException {
    Path file = Files.writeString(home.resolve("file"), "text\n");
    Path target = home.resolve("proof");

    assertThat(ran(0, "prove", HASH, "--size", "9").out()).isEqualTo("{\"format\":\"bundle\"}\n");
    assertThat(ran(0, "prove", file.toString(), "--to", target.toString()).out()).isEmpty();

    assertThat(target).hasContent("{\"format\":\"bundle\"}\n");
    assertThat(log.proofs.getFirst().getHash()).isEqualTo(HASH);
    assertThat(log.proofs.getFirst().getSize()).isEqualTo(9);
    assertThat(log.proofs.getLast().getHash()).isEqualTo(Blake3.hash("text".getBytes(UTF_8)).hex());
    assertThat(ran(2, "prove", home.resolve("gone").toString()).err()).contains("no file");
  }

  @Test
  void shouldNotWriteTheProofOverTheFileThatItIsOf() throws IOException {
    Path file = Files.writeString(home.resolve("file"), "text\n");
    Path link = Files.createSymbolicLink(home.resolve("link"), file);

    for (Path same : List.of(file, link)) {
      assertThat(ran(2, "prove", file.toString(), "--to", same.toString()).err())
          .contains("file would be lost");
    }

    assertThat(file).hasContent("text\n");
    assertThat(log.proofs).isEmpty();
  }
}
