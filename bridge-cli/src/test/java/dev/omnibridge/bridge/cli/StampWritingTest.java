// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.bridge.FakeOrchestrator;
import dev.omnibridge.bridge.FakeStamping;
import dev.omnibridge.bridge.TestSetting;
import io.grpc.Status.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the command does to files that are not as it would like them. */
@Timeout(60)
class StampWritingTest {
  private static final String[] DETACHED = {"--write", "--format", "detached"};

  @TempDir private Path home = Path.of("");

  private final FakeStamping stamping = new FakeStamping();
  private final FakeOrchestrator suite;

  StampWritingTest() throws IOException {
    suite = new FakeOrchestrator(stamping);
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

  private JsonNode json(int code, String verb, Path path, String... more) throws IOException {
    var command = new TestSetting(home).with("OMNIBRIDGE_ADDRESS", suite.address());
    String[] arguments = new String[more.length + 4];
    arguments[0] = verb;
    arguments[1] = path.toString();
    arguments[2] = "-o";
    arguments[3] = "json";
    System.arraycopy(more, 0, arguments, 4, more.length);
    assertThat(command.run(arguments)).as(command.err()).isEqualTo(code);
    return new ObjectMapper().readTree(command.out());
  }

  private String reason(Path path, String... more) throws IOException {
    return json(1, "stamp", path, more).at("/stamps/0/reason").asText();
  }

  private String status(int code, Path path, String... more) throws IOException {
    return json(code, "verify", path, more).at("/files/0/status").asText();
  }

  private void fifo(Path path) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
  }

  @Test
  void shouldWriteNoSidecarThroughALink() throws IOException {
    Path outside = text("outside", "mine\n");
    Path file = text("tree/a.txt", "one\n");
    Path sidecar = Files.createSymbolicLink(home.resolve("tree/.a.txt.onex-meta.json"), outside);

    assertThat(reason(file, DETACHED)).isEqualTo("FILE_NOT_WRITTEN");
    Files.delete(outside);
    assertThat(reason(file, DETACHED)).as("a link to nothing").isEqualTo("FILE_NOT_WRITTEN");

    assertThat(outside).doesNotExist();
    assertThat(sidecar).isSymbolicLink();
  }

  @Test
  void shouldReplaceSidecarsAndNothingElseUnderTheirNames() throws Exception {
    Path file = text("a.txt", "one\n");
    Path sidecar = text(".a.txt.onex-meta.json", "{\"mine\": true}");
    assertThat(reason(file, DETACHED)).isEqualTo("FILE_NOT_WRITTEN");
    assertThat(sidecar).hasContent("{\"mine\": true}");

    Files.delete(sidecar);
    fifo(sidecar);
    assertThat(reason(file, DETACHED)).isEqualTo("FILE_NOT_WRITTEN");
    assertThat(status(1, file)).isEqualTo("ALTERED");

    Files.delete(sidecar);
    JsonNode written = json(0, "stamp", file, DETACHED);
    assertThat(written.at("/stamps/0/written").asText()).endsWith(".a.txt.onex-meta.json");
    assertThat(status(0, file)).isEqualTo("OK");
    text("a.txt", "two\n");
    String old = Files.readString(sidecar);
    json(0, "stamp", file, DETACHED);
    assertThat(sidecar).content().isNotEqualTo(old);
    assertThat(status(0, file)).isEqualTo("OK");
  }

  @Test
  void shouldTakeAMalformedSidecarForTheSameFaultBesideAnyFile() throws IOException {
    Path binary = Files.write(home.resolve("b.bin"), new byte[] {0, 1});
    Path text = text("a.txt", "one\n");
    json(0, "stamp", home);
    text(".b.bin.onex-meta.json", "{}");
    text(".a.txt.onex-meta.json", "{}");

    for (Path file : new Path[] {binary, text}) {
      JsonNode answer = json(1, "verify", file);
      assertThat(answer.at("/files/0/status").asText()).isEqualTo("ALTERED");
      assertThat(answer.at("/files/0/problem").asText()).contains("malformed");
    }
  }

  @Test
  void shouldLeaveATextThatWouldBecomeAnotherThoughItsHashStays() throws IOException {
    Path file = text("a.txt", "one\n");
    stamping.careless = true;

    assertThat(reason(file, "--write")).isEqualTo("TEXT_WOULD_CHANGE");

    assertThat(file).hasContent("one\n");
  }

  @Test
  void shouldStampInTheLogOnlyWhereTheTextHoldsPartsOfStampsAndSaySo() throws IOException {
    Path file = text("format.md", "<!-- ONEX_METADATA_START -->\n");

    JsonNode answer = json(0, "stamp", file, "--write");

    assertThat(answer.at("/stamps/0/note").asText())
        .contains("could not be told from what it holds");
    assertThat(file).hasContent("<!-- ONEX_METADATA_START -->\n");
  }

  @Test
  void shouldStampInTheLogOnlyWhereThereAreNoCommentsAndSaySo() throws IOException {
    Path file = text("composer.lock", "{}\n");

    JsonNode answer = json(0, "stamp", file, "--write");

    assertThat(answer.at("/stamps/0/note").asText()).contains("no comments");
    assertThat(answer.at("/summary/recorded").asInt()).isEqualTo(1);
    assertThat(file).hasContent("{}\n");
    assertThat(status(0, file)).isEqualTo("OK");
  }

  @Test
  void shouldLeaveAFileOfTwoNames() throws IOException {
    Path file = text("a.txt", "one\n");
    Path other = Files.createLink(home.resolve("other"), file);

    assertThat(reason(file, "--write")).isEqualTo("FILE_NOT_WRITTEN");

    assertThat(other).hasContent("one\n");
  }

  @Test
  void shouldVerifyFilesWhoseSidecarsWouldHaveTooLongNames() throws IOException {
    Path file = text("n".repeat(250), "one\n");
    json(0, "stamp", file);

    assertThat(status(0, file)).isEqualTo("OK");
    assertThat(reason(file, DETACHED)).isEqualTo("FILE_NOT_WRITTEN");
  }

  @Test
  void shouldTellThatItDidNotCheckTheStampsOfALargeText() throws IOException {
    Path plain = text("plain.txt", "line\n".repeat(3_400_000));
    Path stamped = text("stamped.txt", "line\n".repeat(3_400_000) + "# ONEX:META:mine\n");
    json(0, "stamp", home);

    assertThat(status(0, plain, "--strict")).isEqualTo("OK");
    assertThat(status(0, stamped)).isEqualTo("UNCHECKED");
    assertThat(status(1, stamped, "--strict")).isEqualTo("UNCHECKED");
  }

  @Test
  void shouldNotTakeNothingForWell() throws IOException {
    Path empty = Files.createDirectory(home.resolve("empty"));

    assertThat(json(1, "verify", empty).at("/files")).isEmpty();
    assertThat(json(1, "verify", Path.of("/dev/null")).at("/files/0/problem").asText())
        .isEqualTo("/dev/null cannot be read (it is not a regular file)");
  }

  @Test
  void shouldCutBatchesByTheirBytes() throws IOException {
    for (int i = 0; i < 120; i++) {
      text("many/" + i, "file " + i);
    }
    String metadata = "{\"a\": \"" + "x".repeat(60_000) + "\"}";

    JsonNode answer = json(0, "stamp", home.resolve("many"), "--metadata", metadata);

    assertThat(answer.at("/summary/recorded").asInt()).isEqualTo(120);
    assertThat(stamping.batches).hasSize(3).allMatch(bytes -> bytes < 4 * 1024 * 1024);
  }

  @Test
  void shouldTellOfTheOneItemThatABatchIsRefusedFor() throws IOException {
    for (int i = 0; i < 20; i++) {
      text("many/" + i, "file " + i);
    }
    stamping.refusedBatch = "many/13";

    JsonNode answer = json(1, "stamp", home.resolve("many"));

    assertThat(answer.at("/summary/failed").asInt()).isEqualTo(1);
    assertThat(answer.at("/summary/recorded").asInt()).isEqualTo(19);
    assertThat(answer.toString()).contains("BAD_ITEM");
  }

  @Test
  void shouldGoOnWhenOneItemsStoreIsAwayAndEndWhenAllAre() throws IOException {
    text("many/a", "a");
    text("many/b", "b");
    stamping.refusal = Code.UNAVAILABLE;
    stamping.refused = "many/a";
    assertThat(json(1, "stamp", home.resolve("many")).at("/summary/failed").asInt()).isEqualTo(1);

    stamping.refused = "many/";
    var command = new TestSetting(home).with("OMNIBRIDGE_ADDRESS", suite.address());
    assertThat(command.run("stamp", home.resolve("many").toString())).isEqualTo(4);
  }
}
