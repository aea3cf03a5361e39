// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.runtime.rpc.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What docker-compose.yml promises. */
class ComposeFileTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+):-([^}]*)}");

  private final String text;
  private final Map<String, Object> file;

  ComposeFileTest() throws IOException {
    text = Files.readString(ROOT.resolve("docker-compose.yml"));
    file = new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
  }

  private Map<String, Map<String, Object>> services() {
    return map(file.get("services"));
  }

  @SuppressWarnings("unchecked")
  private static <V> Map<String, V> map(Object value) {
    return (Map<String, V>) value;
  }

  @Test
  void shouldHaveEveryServiceWithItsServersAndTheAllInOneOnlyWhenAsked() {
    assertThat(services().keySet())
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(
                    Stream.of("postgres", "kafka", "all-in-one"),
                    Arrays.stream(Peer.values()).map(Peer::service))
                .toList());
    services()
        .forEach((name, service) ->
            assertThat(service.containsKey("profiles")).isEqualTo(name.equals("all-in-one")));
    // Which docker-compose 1.29 and Compose v2 both take.
    assertThat(file.keySet()).doesNotContain("version", "name");
    assertThat(text).doesNotContain("@sha256");
  }

  @Test
  void shouldTellTheHealthOfEachAndStopEachInItsTime() {
    services()
        .forEach((name, service) ->
            assertThat(service)
                .as(name)
                .containsKeys("healthcheck", "restart", "stop_grace_period", "init", "mem_limit"));
  }

  @Test
  void shouldPublishEveryPortOnLoopbackOnly() {
    services()
        .forEach((name, service) ->
            assertThat((List<?>) service.get("ports"))
                .as(name)
                .isNotEmpty()
                .allSatisfy(port -> assertThat((String) port).startsWith("127.0.0.1:")));
    for (Peer peer : Peer.values()) {
      assertThat(services().get(peer.service()).get("ports").toString())
          .endsWith(":%d]".formatted(peer.defaultPort()));
    }
  }

  @Test
  void shouldRunWhatIsOursWithoutARootFileSystemToWriteTo() {
    Stream.concat(Stream.of("all-in-one"), Arrays.stream(Peer.values()).map(Peer::service))
        .map(services()::get)
        .forEach(service ->
            assertThat(service)
                .containsEntry("read_only", true)
                .containsEntry("cap_drop", List.of("ALL")));
  }

  @Test
  void shouldWaitForWhatAServiceCannotDoWithout() {
    assertThat(services().get("db-adapter").get("depends_on").toString())
        .isEqualTo("{postgres={condition=service_healthy}, kafka={condition=service_healthy}}");
    Arrays.stream(Peer.values())
        .filter(peer -> peer != Peer.DB_ADAPTER)
        .forEach(peer ->
            assertThat(services().get(peer.service()).get("depends_on").toString())
                .isEqualTo("{db-adapter={condition=service_healthy}}"));
  }

  @Test
  void shouldHaveNoSecretInAVariable() {
    assertThat(text).doesNotContainPattern("PASSWORD: ");
    Map<String, Object> database = map(services().get("db-adapter").get("environment"));
    assertThat(database).containsEntry("PGPASSWORD_FILE", "/run/secrets/postgres-password");
  }

  @Test
  void shouldExplainEveryVariableWithItsDefault() throws IOException {
    var read = new TreeMap<String, String>();
    var variables = VARIABLE.matcher(text);
    while (variables.find()) {
      assertThat(read.getOrDefault(variables.group(1), variables.group(2)))
          .isEqualTo(variables.group(2));
      read.put(variables.group(1), variables.group(2));
    }
    var explained = new TreeMap<String, String>();
    Files.readAllLines(ROOT.resolve(".env.example")).stream()
        .filter(line -> line.matches("[A-Z_]+=.*"))
        .forEach(line ->
            explained.put(
                line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1)));

    assertThat(explained).isEqualTo(read);
  }
}
