// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.bridge.FakeOrchestrator;
import dev.omnibridge.bridge.FakeStamping;
import dev.omnibridge.bridge.TestSetting;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.blake3.Blake3;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StampVerbsTest {
  @TempDir private Path home = Path.of("");

  private final FakeStamping stamping = new FakeStamping();
  private final FakeOrchestrator suite;

  StampVerbsTest() throws IOException {
    suite = new FakeOrchestrator(stamping);
  }

  @BeforeEach
  void files() throws IOException {
    text("tree/a.txt", "one\n");
    text("tree/b/c.txt", "two\n");
    text("tree/b/skipped.log", "three\n");
    text("tree/.gitignore", "*.log\n");
    Files.write(home.resolve("tree/d.bin"), new byte[] {0, 1, 2});
  }

  @AfterEach
  void stop() {
    suite.close();
  }

  private Path text(String name, String text) throws IOException {
    Path file = home.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private TestSetting command() {
    return new TestSetting(home).with("OMNIBRIDGE_ADDRESS", suite.address());
  }

  private TestSetting ran(int code, String... arguments) {
    var command = command();
    assertThat(command.run(arguments)).as(command.err()).isEqualTo(code);
    return command;
  }

  private JsonNode json(int code, String... arguments) throws IOException {
    return new ObjectMapper().readTree(ran(code, arguments).out());
  }

  private String tree() {
    return home.resolve("tree").toString();
  }

  private List<String> paths() {
    return stamping.created.stream()
        .map(one -> home.resolve("tree").relativize(Path.of(one.getOptions().getFilePath())))
        .map(Path::toString)
        .toList();
  }

  @Test
  void shouldTellTheSuiteTheDigestsOfATreesFiles() throws IOException {
    JsonNode answer = json(0, "stamp", tree(), "--namespace", "n", "-o", "json");

    assertThat(paths()).containsExactly("a.txt", "b/c.txt", "d.bin");
    assertThat(stamping.created)
        .allSatisfy(one -> {
          assertThat(one.hasDigests()).isTrue();
          assertThat(one.getOptions().getNamespace()).isEqualTo("n");
        });
    assertThat(answer.at("/stamps/0/stamp/contentHash").asText())
        .isEqualTo(Blake3.hash("one\n".getBytes(UTF_8)).hex());
    assertThat(answer.at("/stamps/0/stamp/fileHash").asText())
        .isEqualTo(Blake3.hash("one".getBytes(UTF_8)).hex());
    assertThat(answer.at("/stamps/2/stamp/hashedBy").asText()).isEqualTo("CLIENT");
    assertThat(answer.at("/summary/recorded").asInt()).isEqualTo(3);
    assertThat(json(0, "stamp", tree(), "-o", "json", "--namespace", "n").at("/summary/existed"))
        .hasToString("3");
  }

  @Test
  void shouldShowARowPerFileAndSayWhatItComesTo() {
    TestSetting command = ran(0, "stamp", tree(), "--hidden", "--no-ignore");

    assertThat(command.out().lines()).hasSize(6).first().asString().startsWith("FILE HASH");
    assertThat(command.out()).contains("new").contains("d.bin").contains("skipped.log");
    assertThat(command.err()).contains("5 files").contains("5 recorded");
  }

  @Test
  void shouldDrawProgressOnATerminalOnly() throws IOException {
    for (int i = 0; i < 600; i++) {
      text("many/" + i, "file " + i);
    }
    var terminal = command().onTerminal();

    assertThat(terminal.run("stamp", home.resolve("many").toString())).isZero();

    assertThat(terminal.err()).contains("600 files");
    assertThat(ran(0, "stamp", home.resolve("many").toString()).err()).doesNotContain("\033");
  }

  @Test
  void shouldTellWhatFailsInItsPlaceAndGoOn() throws IOException {
    stamping.refused = "c.txt";

    JsonNode answer = json(1, "stamp", tree(), "-o", "json");

    assertThat(answer.at("/stamps/1/reason").asText()).isEqualTo("REFUSED_HERE");
    assertThat(answer.at("/stamps/2/stamp/fileSize").asInt()).isEqualTo(3);
    assertThat(answer.at("/summary/failed").asInt()).isEqualTo(1);
    TestSetting text = ran(1, "stamp", tree());
    assertThat(text.err()).contains("failed: ").contains("Not this.");
  }

  @Test
  void shouldEndWhenTheSuiteRefusesEverything() {
    stamping.faults.add(Fault.of(Fault.Kind.REFUSED, "NOT_NOW", "Not now."));

    TestSetting command = ran(6, "stamp", tree());

    assertThat(command.err()).startsWith("bridge: Not now.");
    assertThat(command.out()).isEmpty();
  }

  @Test
  void shouldWriteStampsIntoTextsOnlyAndOnce() throws IOException {
    ran(0, "stamp", tree(), "--write");

    Path file = home.resolve("tree/a.txt");
    assertThat(file).content().startsWith("# ONEX:uid=").endsWith("\none\n");
    assertThat(home.resolve("tree/d.bin")).hasBinaryContent(new byte[] {0, 1, 2});
    var written = Files.getLastModifiedTime(file);
    ran(0, "stamp", tree(), "--write");
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(written);
    assertThat(ran(0, "verify", file.toString()).out()).contains("a.txt: OK");
    Files.writeString(file, Files.readString(file).replace("one", "ten"));
    assertThat(ran(1, "verify", file.toString()).out()).contains("a.txt: ALTERED (");
  }

  @Test
  void shouldWriteStampsBesideFilesOfAnyKindWhenAsked() throws IOException {
    ran(0, "stamp", tree(), "--write", "--format", "detached");

    assertThat(home.resolve("tree/.d.bin.onex-meta.json")).content().contains("hash");
    assertThat(home.resolve("tree/b/.c.txt.onex-meta.json")).exists();
    assertThat(home.resolve("tree/a.txt")).hasContent("one\n");
    assertThat(stamping.created).allMatch(CreateStampRequest::hasDigests);
  }

  @Test
  void shouldRefuseToWriteIntoALargeTextAndLeaveNothing() throws IOException {
    Path large = text("large.txt", "line\n".repeat(300_000));

    JsonNode answer = json(1, "stamp", large.toString(), "--write", "-o", "json");

    assertThat(answer.at("/stamps/0/reason").asText()).isEqualTo("TEXT_TOO_LARGE");
    assertThat(stamping.created).isEmpty();
    assertThat(large).hasSize(1_500_000);
  }

  @Test
  void shouldHashWithoutASuite() throws IOException {
    var command = new TestSetting(home).with("OMNIBRIDGE_ADDRESS", "127.0.0.1:1");
    assertThat(command.run("stamp", "--local", tree(), "-o", "json")).as(command.err()).isZero();
    JsonNode answer = new ObjectMapper().readTree(command.out());

    assertThat(answer.at("/stamps/0/text").asBoolean()).isTrue();
    assertThat(answer.at("/stamps/2/contentHash")).isEqualTo(answer.at("/stamps/2/fileHash"));
    assertThat(answer.at("/summary/hashed").asInt()).isEqualTo(3);
  }

  @Test
  void shouldCompareFilesWithTheirStamps() throws IOException {
    ran(0, "stamp", tree());
    text("tree/a.txt", "one\r\n");
    text("tree/b/c.txt", "other\n");

    TestSetting command = ran(1, "verify", tree());

    assertThat(command.out().lines().map(line -> line.substring(line.indexOf("tree/"))))
        .containsExactly(
            "tree/a.txt: SAME TEXT (the same text in other bytes)",
            "tree/b/c.txt: UNKNOWN (nothing with its hash was stamped)",
            "tree/d.bin: OK");
    assertThat(command.err()).contains("1 ok, 1 same text, 1 unknown");
    String a = home.resolve("tree/a.txt").toString();
    assertThat(ran(0, "verify", a, "--quiet").out()).isEmpty();
    assertThat(ran(1, "verify", a, "--quiet", "--strict").out()).contains("SAME TEXT");
    JsonNode answer = json(1, "verify", tree(), "-o", "json");
    assertThat(answer.at("/files/1/status").asText()).isEqualTo("UNKNOWN");
    assertThat(answer.at("/summary/OK").asInt()).isEqualTo(1);
    assertThat(ran(1, "verify", tree() + "/nothing").out()).contains("UNREADABLE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"stamp", "verify"})
  void shouldExplainEveryVerbWithExamplesAndExitCodes(String verb) {
    assertThat(ran(0, verb, "--help").out())
        .contains("Usage: bridge " + verb)
        .contains("Exit codes:", "4   the suite cannot be reached")
        .contains("Examples:", "./bridge " + verb);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          stamp --local --upload .            | exclude each other
          stamp --hash 1 --local              | exclude each other
          stamp --format rich .               | give both
          stamp --write --format other .      | other
          stamp --b3sum -o json .             | --local
          verify                              | Give files
          verify --b3sum list a               | Give files
          verify --b3sum /no/such/list        | no file /no/such/list
          verify --b3sum list -o json         | lines of its own
          """)
  void shouldTellBadUsage(String line, String part) {
    assertThat(ran(2, line.split(" ")).err()).contains(part).hasLineCount(1);
  }
}
