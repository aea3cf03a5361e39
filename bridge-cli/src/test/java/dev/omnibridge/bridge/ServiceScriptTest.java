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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
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
        .contains(
            "-XX:+UseSerialGC",
            "-XX:SweeperThreshold=60",
            "-XX:MetaspaceSize=128m",
            "--enable-native-access=ALL-UNNAMED")
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
        .contains("LOG_LEVEL (INFO) level of its log lines, on stderr")
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

  /** As in a container that was ended in the middle of a build and is started again. */
  @Test
  void shouldTakeOverTheLockOfAnEarlierProcessWithItsOwnNumber() throws Exception {
    var project = new ProjectCopy(directory);
    var path = project.withProgram("mvn", project.buildOf(MODULES));
    Path target = Files.createDirectories(project.home.resolve("bridge-cli/target"));
    Path caller = directory.resolve("caller");
    ProjectCopy.program(
        caller,
        "echo $$ >'%s/bridge-lock'; exec bash '%s/bin/reducer'".formatted(target, project.home));

    assertThat(project.run(caller.toString(), path).code()).isEqualTo(42);
    assertThat(target.resolve("bridge-lock")).doesNotExist();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void shouldTakeOverTheLockOfAProcessWhoseNumberIsAnothersNow() throws Exception {
    var project = new ProjectCopy(directory);
    var path = project.withProgram("mvn", project.buildOf(MODULES));
    Path target = Files.createDirectories(project.home.resolve("bridge-cli/target"));
    // Of this one, but not from when it began.
    Path unused =
        Files.writeString(target.resolve("bridge-lock"), ProcessHandle.current().pid() + " 1\n");

    assertThat(project.run("bin/reducer", path).code()).isEqualTo(42);
    assertThat(target.resolve("bridge-lock")).doesNotExist();
  }

  @Test
  void shouldSayThatABuildNeedsHardLinks() throws Exception {
    var project = new ProjectCopy(directory);
    var path = project.withProgram("mvn", "exit 1");
    ProjectCopy.program(directory.resolve("programs/ln"), "echo 'not supported' >&2; exit 1");

    Ended ended = project.run("bin/reducer", path);

    assertThat(ended.code()).isEqualTo(3);
    assertThat(ended.err()).startsWith("reducer: ").contains("hard links");
    assertThat(project.home.resolve("bridge-cli/target")).isEmptyDirectory();
  }

  @Test
  void shouldNotWaitForEverForTheBuildOfAnother() throws Exception {
    var project = new ProjectCopy(directory);
    var path = project.withProgram("mvn", "exit 1");
    Path caller = directory.resolve("caller");
    ProjectCopy.program(
        caller,
        """
        set -u
        home='%s' program=caller
        jar=$home/none.jar
        . "$home/bin/lib.sh"
        longest_build=1
        mkdir -p "$target"
        of_process $PPID >"$target/bridge-lock"
        build\
        """
            .formatted(project.home));

    Ended ended = project.run(caller.toString(), path);

    assertThat(ended.code()).isEqualTo(3);
    assertThat(ended.err())
        .contains("caller: waiting for a build that is under way")
        .contains("The build of process %d, ".formatted(ProcessHandle.current().pid()))
        .contains("does not end");
    assertThat(project.home.resolve("bridge-cli/target/bridge-lock")).exists();
  }

  /** A process that looks like ./bridge servers. */
  private static Process servers() throws Exception {
    return new ProcessBuilder("bash", "-c", "read line", "bridge.jar", "servers").start();
  }

  private Map<String, String> wroteServers(Process servers) throws Exception {
    Path data = Files.createDirectories(directory.resolve("some data"));
    Path unused =
        Files.write(
            data.resolve("servers.env"),
            List.of(
                "# process " + servers.pid(),
                "export PGPORT='7001'",
                "export PGPASSWORD='a=b'",
                "export KAFKA_BOOTSTRAP_SERVERS='k:7002'"));
    return Map.of("OMNIBRIDGE_DATA", data.toString());
  }

  private ProjectCopy projectThatTellsItsServers() throws Exception {
    var project = new ProjectCopy(directory);
    project.pretendItIsBuilt(MODULES);
    ProjectCopy.program(
        project.jdk.resolve("bin/java"), "echo $PGPORT $PGPASSWORD $KAFKA_BOOTSTRAP_SERVERS");
    return project;
  }

  private static Map<String, String> with(
      Map<String, String> environment, String name, String value) {
    var more = new HashMap<>(environment);
    more.put(name, value);
    return more;
  }

  @Test
  void shouldUseTheServersThatRunUnlessOthersAreNamed() throws Exception {
    var project = projectThatTellsItsServers();
    Process servers = servers();
    try {
      var here = wroteServers(servers);
      Ended found = project.run("bin/db-adapter", here);
      Ended named = project.run("bin/db-adapter", with(here, "PGHOST", "db"));
      Ended ported = project.run("bin/db-adapter", with(here, "PGPORT", "1"));
      Ended secret = project.run("bin/db-adapter", with(here, "PGPASSWORD_FILE", "/there"));

      assertThat(found.out()).isEqualTo("7001 a=b k:7002\n");
      assertThat(found.err())
          .isEqualTo(
              "db-adapter: PostgreSQL and Kafka are those of %s/servers.env.\n"
                  .formatted(here.get("OMNIBRIDGE_DATA")));
      assertThat(named.out()).isEqualTo("\n");
      assertThat(named.err()).isEmpty();
      assertThat(ported.out()).isEqualTo("1 a=b k:7002\n");
      assertThat(secret.out()).isEqualTo("7001 k:7002\n");
    } finally {
      servers.destroyForcibly();
    }
  }

  @Test
  void shouldNotBelieveServersThatAreGone() throws Exception {
    var project = projectThatTellsItsServers();
    Process servers = servers();
    var here = wroteServers(servers);
    servers.destroyForcibly();
    assertThat(servers.waitFor(10, TimeUnit.SECONDS)).isTrue();
    Process another = new ProcessBuilder("bash", "-c", "read line").start();
    try {
      Ended gone = project.run("bin/db-adapter", here);
      Ended reused = project.run("bin/db-adapter", wroteServers(another));

      assertThat(gone.out()).isEqualTo("\n");
      assertThat(gone.err()).contains("servers.env is left over and not used");
      assertThat(reused.out()).isEqualTo("\n");
      assertThat(reused.err()).isEqualTo(gone.err());
    } finally {
      another.destroyForcibly();
    }
  }
}
