// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.bridge.ProjectCopy.Ended;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What runs inside the images, with a Java that only tells how it was called. */
class ContainerScriptsTest {
  private static final String ENTRY_POINT = "deploy/entrypoint";
  private static final String MIB_512 = "536870912";

  @TempDir private Path directory = Path.of("");

  private ProjectCopy image() throws IOException {
    var image = new ProjectCopy(directory);
    Path unused = Files.createDirectories(image.home.resolve("deploy"));
    for (String script : new String[] {"entrypoint", "healthy"}) {
      unused =
          Files.copy(Path.of("../deploy", script), image.home.resolve("deploy").resolve(script));
    }
    return image;
  }

  private Map<String, String> environment(String service) {
    var environment = new HashMap<String, String>();
    environment.put("OMNIBRIDGE_SERVICE", service);
    environment.put("OMNIBRIDGE_CGROUP", directory.toString());
    for (String unset :
        new String[] {"ADVERTISED_HOST", "CLUSTER_HOST", "BIND_HOST", "OMNIBRIDGE_JAVA_OPTIONS"}) {
      environment.put(unset, "");
    }
    return environment;
  }

  private void limit(String file, String text) throws IOException {
    Path limit = directory.resolve(file);
    Path unused = Files.createDirectories(limit.resolveSibling(""));
    unused = Files.writeString(limit, text + "\n");
  }

  @BeforeEach
  void limitMemory() throws IOException {
    limit("memory.max", MIB_512);
  }

  @ParameterizedTest
  @EnumSource
  void shouldRunEachServiceWithTheMemoryOfItsContainer(Peer peer) throws Exception {
    Ended ended = image().run(ENTRY_POINT, environment(peer.service()), "--print-config");

    assertThat(ended.err()).isEmpty();
    assertThat(ended.code()).isEqualTo(42);
    assertThat(ended.out().lines())
        .contains(
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:SweeperThreshold=60",
            "-XX:MetaspaceSize=128m",
            "-XX:MaxRAMPercentage=50",
            "-XX:MaxDirectMemorySize=107374180",
            "-XX:+ExitOnOutOfMemoryError")
        .endsWith(
            "-jar",
            "%s/%s.jar".formatted(directory.resolve("a home with spaces"), peer.service()),
            "--print-config");
    assertThat(ended.out().lines().anyMatch("jdk.incubator.vector"::equals))
        .isEqualTo(peer == Peer.STAMPING);
  }

  @Test
  void shouldRunTheWholeSuiteWhenTheAllInOneIsGivenNoVerb() throws Exception {
    var image = image();

    assertThat(image.run(ENTRY_POINT, environment("bridge")).out().lines())
        .contains("-XX:MaxRAMPercentage=40", "jdk.incubator.vector")
        .endsWith("up", "--host", "0.0.0.0");
    assertThat(image.run(ENTRY_POINT, environment("bridge"), "list", "-o", "json").out().lines())
        .endsWith("list", "-o", "json");
  }

  @Test
  void shouldUseTheRecordedStartUnlessToldNotTo() throws Exception {
    var image = image();
    Path recorded = Files.createFile(image.home.resolve("start.aot"));
    var environment = environment("reducer");

    assertThat(image.run(ENTRY_POINT, environment).out().lines())
        .contains("-XX:AOTCache=" + recorded);
    environment.put("OMNIBRIDGE_AOT", "never");
    assertThat(image.run(ENTRY_POINT, environment).out()).doesNotContain("AOT");
  }

  /** Version 2 without a limit, version 1 with one, with none, and nothing at all. */
  @ParameterizedTest
  @CsvSource({"max, 1073741824, 214748360", "max, 9223372036854771712, ", "max, , ", ", , "})
  void shouldTakeTheMemoryOfTheMachineWhereThereIsNoLimit(
      String second, String first, String direct) throws Exception {
    Files.delete(directory.resolve("memory.max"));
    if (second != null) {
      limit("memory.max", second);
    }
    if (first != null) {
      limit("memory/memory.limit_in_bytes", first);
    }
    limit("meminfo", "MemTotal:       2097152 kB\nMemFree: 1 kB");
    var environment = environment("reducer");
    environment.put("OMNIBRIDGE_PROC", directory.toString());

    assertThat(image().run(ENTRY_POINT, environment).out().lines())
        .contains("-XX:MaxDirectMemorySize=" + (direct == null ? "429496720" : direct));
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, 172.18.0.4 fd00::4, '', '172.18.0.4 172.18.0.4'",
    "'::', fd00::4 127.0.1.1 10.0.0.7 172.18.0.4, '', '10.0.0.7 10.0.0.7'",
    "0.0.0.0, 172.18.0.4, here.example, 'here.example 172.18.0.4'",
    "0.0.0.0, 127.0.0.1, '', ' '",
    "10.0.0.9, 172.18.0.4, '', ' '"
  })
  void shouldTellOthersTheAddressOfItsContainer(
      String bind, String own, String advertised, String told) throws Exception {
    var image = image();
    ProjectCopy.program(image.jdk.resolve("bin/java"), "echo \"$ADVERTISED_HOST $CLUSTER_HOST\"");
    var environment = environment("reducer");
    environment.putAll(image.withProgram("hostname", "echo " + own));
    environment.put("BIND_HOST", bind);
    environment.put("ADVERTISED_HOST", advertised);

    assertThat(image.run(ENTRY_POINT, environment).out()).isEqualTo(told + "\n");
  }

  @Test
  void shouldBeHealthyWhileItServesAlsoWhenItIsDegraded() throws Exception {
    var image = image();
    var vertx = Vertx.vertx();
    var edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));
    try {
      int port = edge.bind().await(10, TimeUnit.SECONDS);
      var environment = environment("reducer");
      environment.put("REDUCER_PORT", Integer.toString(port));
      environment.put("BIND_HOST", "0.0.0.0");

      Ended starting = image.run("deploy/healthy", environment);
      edge.serve();
      Ended serving = image.run("deploy/healthy", environment);
      edge.trouble("kafka", "away");
      Ended degraded = image.run("deploy/healthy", environment);
      edge.close().await(10, TimeUnit.SECONDS);
      Ended gone = image.run("deploy/healthy", environment);

      assertThat(starting.code()).isEqualTo(1);
      assertThat(starting.out()).contains("\"status\":\"DOWN\"");
      assertThat(serving.code()).as(serving.out()).isZero();
      assertThat(serving.out()).contains("\"status\":\"UP\"");
      assertThat(degraded.code()).isZero();
      assertThat(degraded.out()).contains("\"status\":\"DEGRADED\"");
      assertThat(gone.code()).isEqualTo(1);
      assertThat(gone.out()).isEqualTo("Nothing listens at 127.0.0.1:%d.\n".formatted(port));
    } finally {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }
}
