// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.bridge.TestSetting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs of intelligence against the whole suite in this process, as a user would ask. */
class IntelligenceVerbsIT {
  private static final String BASKET =
      """
      // SPDX-License-Identifier: MIT
      package shop;

      /** Adds up prices and taxes, and gives the discount that was earned before. */
      public final class Basket {
        long total(long[] prices) {
          long sum = 0;
          for (long price : prices) {
            sum += price;
          }
          return sum;
        }
      }
      """;

  @TempDir private static Path data = Path.of("");
  @TempDir private Path project = Path.of("");
  private static Suite suite;

  @BeforeAll
  static void start() {
    suite = Suite.start(SuiteOptions.in(data).withFsync(false));
  }

  @AfterAll
  static void stop() {
    suite.close();
  }

  private static TestSetting command() {
    return new TestSetting(Path.of("..").toAbsolutePath())
        .with("OMNIBRIDGE_ADDRESS", suite.address())
        .with("OMNIBRIDGE_DATA", data.toString());
  }

  private static JsonNode json(String... arguments) throws IOException {
    var command = command();
    assertThat(command.run(arguments)).as(command.err()).isZero();
    return new ObjectMapper().readTree(command.out());
  }

  private Path file(String name, String text) throws IOException {
    Path file = project.resolve(name);
    Path parent = file.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    return Files.writeString(file, text);
  }

  @Test
  void shouldShowWhatAFileIs() throws IOException {
    Path basket = file("Basket.java", BASKET);
    var command = command();
    assertThat(command.run("analyze", basket.toString())).as(command.err()).isZero();
    assertThat(command.out()).contains("java", "MIT", "type Basket", "function total");

    var analysis = json("analyze", basket.toString(), "-o", "json").at("/analyses/0/analysis");
    assertThat(analysis.at("/licenses/0/spdxId").asText()).isEqualTo("MIT");
    assertThat(analysis.at("/confidence/parts")).hasSize(4);
  }

  @Test
  void shouldTellSecretsAndFailForThemOnlyWhenAsked() throws IOException {
    String value = "tr0ub4dor" + "-and-three";
    Path leaky = file("app.properties", "user=ada\npassword=" + value + "\n");
    var lenient = command();
    assertThat(lenient.run("analyze", leaky.toString())).isZero();
    assertThat(lenient.out()).contains("app.properties:2", "password-assignment");
    assertThat(lenient.out()).doesNotContain(value);
    assertThat(command().run("analyze", leaky.toString(), "--fail-on-secrets")).isEqualTo(1);
    Path clean = file("b.properties", "user=ada\npassword=${PASSWORD}\n");
    assertThat(command().run("analyze", clean.toString(), "--fail-on-secrets")).isZero();
  }

  @Test
  void shouldFindWhatIsStampedAndSimilar() throws IOException {
    suite.awaitKafka(Duration.ofSeconds(60));
    Path basket = file("Basket.java", BASKET + "// stamped\n");
    json("analyze", basket.toString(), "-o", "json");
    json("stamp", basket.toString(), "-o", "json");
    Path like = file("Like.java", BASKET + "// alike\n");
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> {
          var near = json("similar", like.toString(), "-o", "json").get("neighbors");
          assertThat(near).hasSize(1);
          assertThat(near.get(0).get("path").asText()).endsWith("Basket.java");
          assertThat(near.get(0).get("similarity").asDouble()).isGreaterThan(0.8);
        });
    assertThat(command().run("similar", "0".repeat(64))).isEqualTo(5);
    assertThat(command().run("similar", project.resolve("none.txt").toString())).isEqualTo(2);
  }

  @Test
  void shouldKeepAProjectAndAnswerQuestionsToIt() throws IOException {
    file("src/main/java/shop/Basket.java", BASKET);
    file("src/test/java/shop/BasketTest.java", "class BasketTest {\n  @Test\n  void a() {}\n}\n");
    file("docs/prices.md", "# Prices\n\nHow discounts are computed.\n");
    var tree = json("tree", project.toString(), "-o", "json");
    assertThat(tree.get("version").asText()).isEqualTo("1.0.0");
    assertThat(tree.at("/statistics/total_files").asInt()).isEqualTo(3);
    assertThat(tree.at("/statistics/purpose_distribution/test").asInt()).isEqualTo(1);

    var byId = json("ask", tree.get("tree_id").asText(), "basket", "total", "-o", "json");
    assertThat(byId.at("/nodes/0/node/path").asText()).endsWith("Basket.java");
    var command = command();
    assertThat(command.run("ask", project.toString(), "discounts", "--ext", "md")).isZero();
    assertThat(command.out()).contains("docs/prices.md", "documentation");
    assertThat(command().run("ask", "0".repeat(64), "x")).isEqualTo(5);
    assertThat(command().run("tree", project.resolve("none").toString())).isEqualTo(2);
  }
}
