// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.intelligence.analysis.Analyzer;
import dev.omnibridge.intelligence.analysis.Sample;
import dev.omnibridge.intelligence.store.TreeJson;
import dev.omnibridge.intelligence.tree.TreeWalk.Direction;
import dev.omnibridge.intelligence.tree.TreeWalk.Visit;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProjectTreeTest {
  private static final Analyzer ANALYZER = new Analyzer();

  private static TreeFile file(String path, String text) {
    Sample sample = Sample.first(Sample.DEFAULT_LIMIT, text.getBytes(UTF_8), path);
    return new TreeFile(
        path, text.length(), 1_000, FileFacts.of(ANALYZER.analyze(sample), sample.text()));
  }

  private static ProjectTree shop() {
    var builder = new TreeBuilder();
    List.of(
            file("pom.xml", "<project/>"),
            file("README.md", "# Shop\n\nSee [the prices](docs/prices.md) of the web shop.\n"),
            file("docs/prices.md", "# Prices\n\nHow discounts and taxes are computed.\n"),
            file(
                "src/main/java/shop/Basket.java",
                "package shop;\n\nimport shop.store.BasketStore;\n\npublic final class Basket {\n"
                    + "  long total(long tax) {\n    return tax;\n  }\n}\n"),
            file(
                "src/main/java/shop/store/BasketStore.java",
                "package shop.store;\n\npublic final class BasketStore {\n  void save() {\n  }\n}\n"),
            file(
                "src/test/java/shop/BasketTest.java",
                "package shop;\n\nclass BasketTest {\n  @Test\n  void shouldTotal() {\n  }\n}\n"),
            file("proto/shop.proto", "syntax = \"proto3\";\nmessage Item {\n}\n"),
            file("db/migration/V1__init.sql", "create table basket (id int);\n"),
            file(".ci/run", "#!/bin/sh\necho ok\n"))
        .forEach(builder::add);
    return builder.build("/home/ada/shop");
  }

  @Test
  void shouldKnowWhichPathsItHas() {
    ProjectTree tree = shop();
    var search = new TreeSearch(tree);
    assertThat(tree.nodes().keySet()).isNotEmpty().allMatch(search::has);
    assertThat(search.has("src/main/java/shop/Basket")).isFalse();
    assertThat(search.has("")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "pom.xml, build",
    "README.md, documentation",
    "src/main/java/shop/Basket.java, source",
    "src/main/java/shop/store/BasketStore.java, persistence",
    "src/test/java/shop/BasketTest.java, test",
    "proto/shop.proto, api-contract",
    "db/migration/V1__init.sql, schema-migration",
    ".ci/run, continuous-integration",
    "src/test/java, test"
  })
  void shouldInferWhatEachNodeIsFor(String path, String purpose) {
    assertThat(shop().nodes().get(path).purpose()).isEqualTo(purpose);
  }

  @Test
  void shouldCountAndSum() {
    ProjectTree tree = shop();
    assertThat(tree.statistics().totalFiles()).isEqualTo(9);
    assertThat(tree.statistics().files()).containsEntry("java", 3L).containsEntry("", 1L);
    assertThat(tree.statistics().totalDirectories())
        .isEqualTo(tree.nodes().values().stream().filter(Node::directory).count());
    assertThat(tree.root().size()).isEqualTo(tree.statistics().totalBytes());
    assertThat(tree.root().name()).isEqualTo("shop");
    assertThat(tree.root().pattern()).isEqualTo("maven-module");
    assertThat(tree.nodes().get("src/main/java/shop/store/BasketStore.java").pattern())
        .isEqualTo("repository");
  }

  @Test
  void shouldRelateFilesByImportsLinksAndTests() {
    var nodes = shop().nodes();
    assertThat(nodes.get("src/main/java/shop/Basket.java").related())
        .containsExactly(
            "src/test/java/shop/BasketTest.java", "src/main/java/shop/store/BasketStore.java");
    assertThat(nodes.get("src/test/java/shop/BasketTest.java").related())
        .containsExactly("src/main/java/shop/Basket.java");
    assertThat(nodes.get("README.md").related()).containsExactly("docs/prices.md");
  }

  @Test
  void shouldRankByWordsAndSayWhy() {
    var search = new TreeSearch(shop());
    var query = new TreeQuery("where are baskets stored?", 64, 3, "", "file", "", "");
    var answer = search.answer(query, null, null);
    assertThat(answer.nodes().getFirst().node().path())
        .isEqualTo("src/main/java/shop/store/BasketStore.java");
    assertThat(answer.nodes().getFirst().why()).anyMatch(why -> why.contains("basket"));
    assertThat(answer.nodes().getFirst().score()).isEqualTo(1);
    assertThat(answer.searched()).isEqualTo(9);
  }

  @Test
  void shouldNotCountTheWordsOfTheGrammar() {
    var search = new TreeSearch(shop());
    var query = new TreeQuery("where are the prices of it?", 64, 9, "", "file", "", "");
    assertThat(search.answer(query, null, null).nodes().getFirst().why())
        .containsExactly("words: pric");
  }

  @Test
  void shouldLetVectorsDecideWhereWordsAreSilent() {
    var search = new TreeSearch(shop());
    float[][] vectors = new float[search.nodes().size()][];
    for (int i = 0; i < vectors.length; i++) {
      boolean meant = search.nodes().get(i).path().equals("docs/prices.md");
      vectors[i] = meant ? new float[] {1, 0} : new float[] {0, 1};
    }
    var query = new TreeQuery("zzz", 64, 3, "", "", "", "");
    assertThat(search.answer(query, new float[] {1, 0}, vectors).nodes())
        .singleElement()
        .satisfies(found -> assertThat(found.node().path()).isEqualTo("docs/prices.md"));
  }

  @Test
  void shouldFilterByDepthExtensionTypePurposeAndDirectory() {
    var search = new TreeSearch(shop());
    assertThat(paths(search, new TreeQuery("basket", 3, 9, "", "file", "", "")))
        .containsExactly("db/migration/V1__init.sql");
    assertThat(paths(search, new TreeQuery("basket", 64, 9, "java", "", "test", "")))
        .containsExactly("src/test/java/shop/BasketTest.java");
    assertThat(paths(search, new TreeQuery("basket", 0, 9, "", "", "", "src/main/java/shop")))
        .containsExactly("src/main/java/shop/Basket.java");
  }

  private static List<String> paths(TreeSearch search, TreeQuery query) {
    return search.answer(query, null, null).nodes().stream().map(r -> r.node().path()).toList();
  }

  @Test
  void shouldWalkFromANodeNearestFirst() {
    ProjectTree tree = shop();
    var up = TreeWalk.from(tree, "docs/prices.md", Direction.UP, 100);
    assertThat(up.visits())
        .extracting(v -> v.node().path())
        .containsExactly("docs/prices.md", "docs", ".");
    var both = TreeWalk.from(tree, "src/main/java/shop/Basket.java", Direction.BOTH, 3);
    assertThat(both.visits())
        .extracting(Visit::relation)
        .containsExactly(
            TreeWalk.Relation.START, TreeWalk.Relation.RELATED, TreeWalk.Relation.RELATED);
    assertThat(both.truncated()).isTrue();
    var down = TreeWalk.from(tree, "", Direction.DOWN, 1000);
    assertThat(down.visits()).hasSameSizeAs(tree.nodes().entrySet());
    assertThat(TreeWalk.from(tree, "none", Direction.BOTH, 9)).isNull();
  }

  @Test
  void shouldStandBeingWrittenAndRead() throws IOException {
    ProjectTree tree = shop();
    byte[] json = TreeJson.write(tree, Instant.EPOCH);
    assertThat(TreeJson.read(json)).isEqualTo(tree);
    assertThat(new String(json, UTF_8)).startsWith("{\"version\":\"1.0.0\",\"project_root\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/passwd", "a/../b", "a//b", "./a", "a\\b", "a/"})
  void shouldRefusePathsThatLeadElsewhere(String path) {
    assertThat(TreeBuilder.problem(path)).isNotEmpty();
    assertThat(TreeBuilder.problem("a/b.c")).isEmpty();
    assertThat(TreeBuilder.problem("a/".repeat(64) + "b")).isNotEmpty();
  }
}
