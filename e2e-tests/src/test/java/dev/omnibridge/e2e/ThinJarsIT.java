// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.runtime.rpc.Peer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is deployed: the jar of each service with its lib/, started by plain java -jar. */
class ThinJarsIT {
  private static final Map<Peer, Process> STARTED = new EnumMap<>(Peer.class);

  /** All at once; what each prints fits into its pipe. */
  @BeforeAll
  static void start() throws IOException {
    for (Peer peer : Peer.values()) {
      Path jar = Path.of("..", peer.service(), "target", peer.service() + ".jar");
      assertThat(jar).as("made by the package phase").exists();
      var builder =
          new ProcessBuilder(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-jar",
                  jar.toString(),
                  "--print-config"));
      builder.environment().put(peer.portVariable(), "12345");
      STARTED.put(peer, builder.redirectErrorStream(true).start());
    }
  }

  @AfterAll
  static void stop() {
    STARTED.values().forEach(Process::destroyForcibly);
  }

  @ParameterizedTest
  @EnumSource
  void shouldRunWithNothingButJava(Peer peer) throws Exception {
    Process process = requireNonNull(STARTED.get(peer));
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(printed).isZero();
    assertThat(printed.lines())
        .contains(peer.portVariable() + "=12345")
        .allMatch(line -> line.matches("[A-Z][A-Z0-9_]*=.*"));
  }
}
