// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.api.intelligence.v1.IntelligenceServiceGrpc;
import dev.omnibridge.bridge.FakeAnswers;
import dev.omnibridge.bridge.TestSetting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnalyzeVerbTest {
  @TempDir private Path home = Path.of("");

  private final FakeAnswers suite;

  AnalyzeVerbTest() throws IOException {
    suite = new FakeAnswers("something", IntelligenceServiceGrpc.getServiceDescriptor());
  }

  @AfterEach
  void stop() throws InterruptedException {
    suite.close();
  }

  private TestSetting command() {
    return new TestSetting(home).with("OMNIBRIDGE_ADDRESS", suite.address());
  }

  private Path file(String name) throws IOException {
    Path file = home.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, "text\n");
  }

  @Test
  void shouldTellWhatCannotBeReadInItsPlaceAndGoOn() throws Exception {
    Path first = file("src/a.md");
    Path last = file("src/b/c.md");
    var command = command();
    String[] arguments = {"analyze", first.toString(), "/dev/null", last.toString(), "-o", "json"};

    assertThat(command.run(arguments)).isEqualTo(1);

    var found = new ObjectMapper().readTree(command.out()).path("analyses");
    assertThat(found).hasSize(3);
    assertThat(found.get(0).path("path").asText()).isEqualTo(first.toString());
    assertThat(found.get(1).path("error").asText()).contains("it is not a regular file");
    assertThat(found.get(2).has("analysis")).isTrue();
  }

  @Test
  void shouldLookIntoNoHiddenDirectory() throws Exception {
    Path seen = file("src/a.md");
    file("src/b/.hidden");
    Path hidden = file("src/.omnibridge/postgres/log").getParent();
    Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("---------"));
    var command = command();

    assertThat(command.run("analyze", home.resolve("src").toString(), "-o", "json")).isZero();

    var found = new ObjectMapper().readTree(command.out()).path("analyses");
    assertThat(found).hasSize(1);
    assertThat(found.get(0).path("path").asText()).isEqualTo(seen.toString());
    assertThat(command().run("analyze", home.resolve("gone").toString())).isEqualTo(2);
  }
}
