// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.intelligence.analysis.Relationship.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RelationshipsTest {
  @ParameterizedTest
  @CsvSource({
    "JAVA, java.util.List java.util.Objects.requireNonNull",
    "PYTHON, json dataclasses",
    "JAVASCRIPT, node:fs/promises path",
    "TYPESCRIPT, ./item",
    "GO, errors fmt",
    "RUST, std::collections::HashMap std::fmt",
    "C, stdio.h stdlib.h item.h",
    "CPP, iostream vector",
    "CSHARP, System System.Collections.Generic Example.Shop",
    "KOTLIN, kotlin.math.max",
    "RUBY, json item",
    "SHELL, ./lib/common.sh",
    "SQL, baskets items",
    "HTML, basket.css basket.js https://example.com/pen",
    "CSS, reset.css paper.png",
    "XML, urn:example:shop urn:example:extra",
    "JSON, customer.json",
    "YAML, shop/ink:1.0",
    "MARKDOWN, prices.md",
    "PROTOBUF, google/protobuf/timestamp.proto",
    "DOCKERFILE, eclipse-temurin:25 debian:12 build"
  })
  void shouldFindWhatASampleRefersTo(Language language, String targets) {
    assertThat(Samples.analyze(language).relationships())
        .extracting(Relationship::target)
        .containsExactly(targets.split(" "));
  }

  @Test
  void shouldCountMentionsAndKeepTheFirstLine() {
    String text =
        "see https://example.com/a, then\n(https://example.com/b) and https://example.com/a.";
    assertThat(Samples.analyze(text, "a.txt").relationships())
        .containsExactly(
            new Relationship(Kind.LINK, "https://example.com/a", 1, 2),
            new Relationship(Kind.LINK, "https://example.com/b", 2, 1));
  }

  @Test
  void shouldNotTakeCommentedOrQuotedImportsForImports() {
    String text = "// import a.B;\n/* import c.D; */\nimport e.F;\n";
    assertThat(Samples.analyze(text, "A.java").relationships())
        .extracting(Relationship::target)
        .containsExactly("e.F");
  }

  @Test
  void shouldKeepAtMostTwoHundredTargets() {
    var text = new StringBuilder();
    for (int i = 0; i < 500; i++) {
      text.append("import a.B").append(i).append(";\n");
    }
    assertThat(Samples.analyze(text.toString(), "A.java").relationships()).hasSize(200);
  }
}
