// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.bridge.ProjectCopy.Ended;
import dev.omnibridge.bridge.ProjectCopy.Started;
import dev.omnibridge.runtime.rpc.Peer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripts bin/orchestrator and so on, with a JDK that only tells how it was called. */
class ServiceScriptTest {
  private static final String[] MODULES =
      Arrays.stream(Peer.values()).map(Peer::service).toArray(String[]::new);

  @TempDir private Path directory = Path.of("");

  @ParameterizedTest
  @EnumSource
  void shouldRunTheJarOfEachService(Peer peer) throws Exception {
    var project = new ProjectCopy(directory);
    project.pretendItIsBuilt(MODULES);
    var environment = Map.of("OMNIBRIDGE_JAVA_OPTIONS", "-Xlog:gc -Xmx1g");

    Ended ended = project.run("bin/" + peer.service(), environment, "--print-config");

    assertThat(ended.code()).isEqualTo(42);
    assertThat(ended.out().lines())
        .contains("-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED")
        .endsWith(
            "-Xlog:gc",
            "-Xmx1g",
            "-jar",
            "%s/%s/target/%2$s.jar".formatted(project.home.toRealPath(), peer.service()),
            "--print-config");
    assertThat(ended.out().lines().anyMatch("jdk.incubator.vector"::equals))
        .isEqualTo(peer == Peer.STAMPING);
    assertThat(ended.err()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void shouldExplainEachServiceWithoutBuildingIt(Peer peer) throws Exception {
    Ended ended = new ProjectCopy(directory).run("bin/" + peer.service(), Map.of(), "--help");

    assertThat(ended.code()).isZero();
    assertThat(ended.out())
        .contains("Usage: bin/" + peer.service())
        .contains("%s (%d)".formatted(peer.portVariable(), peer.defaultPort()))
        .contains("Exit codes:");
    assertThat(ended.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--frob", "start", "--print-config --help", "--help me"})
  void shouldRefuseArgumentsThatItDoesNotKnow(String arguments) throws Exception {
    Ended ended = new ProjectCopy(directory).run("bin/reducer", Map.of(), arguments.split(" "));

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.err())
        .isEqualTo("reducer: '%s' is no use here; see bin/reducer --help.\n".formatted(arguments));
  }

  @Test
  void shouldBuildOnceWhenAllAreStartedAtOnce() throws Exception {
    var project = new ProjectCopy(directory);
    var path =
        project.withProgram(
            "mvn", "echo built >> ../built; sleep 0.5\n" + project.buildOf(MODULES));

    var started = new ArrayList<Started>();
    for (String service : MODULES) {
      started.add(project.start("bin/" + service, path));
    }

    for (Started one : started) {
      assertThat(ProjectCopy.ended(one).code()).isEqualTo(42);
    }
    assertThat(Files.readAllLines(directory.resolve("built"))).hasSize(1);
    try (var left = Files.list(project.home.resolve("bridge-cli/target"))) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("bridge-built", "bridge-build.log", "bridge-training.log");
    }
  }

  @Test
  void shouldTakeOverTheLockOfABuildThatWasKilled() throws Exception {
    var project = new ProjectCopy(directory);
    var path = project.withProgram("mvn", project.buildOf(MODULES));
    Path target = Files.createDirectories(project.home.resolve("bridge-cli/target"));
    var gone = new ProcessBuilder("true").start();
    assertThat(gone.waitFor()).isZero();
    Path unused = Files.writeString(target.resolve("bridge-lock"), gone.pid() + "\n");

    assertThat(project.run("bin/reducer", path).code()).isEqualTo(42);
    assertThat(target.resolve("bridge-lock")).doesNotExist();
  }

  @Test
  void shouldUseTheServersThatRunUnlessOthersAreNamed() throws Exception {
    var project = new ProjectCopy(directory);
    project.pretendItIsBuilt(MODULES);
    ProjectCopy.program(project.jdk.resolve("bin/java"), "echo $PGPORT $KAFKA_BOOTSTRAP_SERVERS");
    Path data = Files.createDirectories(directory.resolve("some data"));
    Path file = data.resolve("servers.env");
    Path unused =
        Files.write(
            file, List.of("export PGPORT='7001'", "export KAFKA_BOOTSTRAP_SERVERS='k:7002'"));
    var here = Map.of("OMNIBRIDGE_DATA", data.toString());

    Ended found = project.run("bin/db-adapter", here);
    Ended named =
        project.run("bin/db-adapter", Map.of("OMNIBRIDGE_DATA", data.toString(), "PGHOST", "db"));

    assertThat(found.out()).isEqualTo("7001 k:7002\n");
    assertThat(found.err())
        .isEqualTo("db-adapter: PostgreSQL and Kafka are those of %s.\n".formatted(file));
    assertThat(named.out()).isEqualTo("\n");
    assertThat(named.err()).isEmpty();
  }
}
