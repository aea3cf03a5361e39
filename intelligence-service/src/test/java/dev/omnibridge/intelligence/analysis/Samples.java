// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One small file of each language, and short ways to analyse texts in tests. */
final class Samples {
  static final Map<Language, String> FILES =
      Stream.of(Language.values()).collect(Collectors.toMap(language -> language, Samples::file));

  private static final Analyzer ANALYZER = new Analyzer();

  private Samples() {}

  static String text(Language language) {
    return new String(bytes(language), StandardCharsets.UTF_8);
  }

  static byte[] bytes(Language language) {
    String name = "/samples/" + FILES.get(language);
    try (var in = Samples.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  static Analysis analyze(Language language) {
    return analyze(bytes(language), FILES.get(language));
  }

  static Analysis analyze(String text, String path) {
    return analyze(text.getBytes(StandardCharsets.UTF_8), path);
  }

  static Analysis analyze(byte[] bytes, String path) {
    return ANALYZER.analyze(Sample.first(Sample.DEFAULT_LIMIT, bytes, path));
  }

  private static String file(Language language) {
    return switch (language) {
      case JAVA -> "Basket.java";
      case CSHARP -> "Basket.cs";
      case KOTLIN -> "Basket.kt";
      case DOCKERFILE -> "Dockerfile";
      case PYTHON -> "basket.py";
      case JAVASCRIPT -> "basket.js";
      case TYPESCRIPT -> "basket.ts";
      case RUST -> "basket.rs";
      case RUBY -> "basket.rb";
      case SHELL -> "basket.sh";
      case MARKDOWN -> "basket.md";
      case PROTOBUF -> "basket.proto";
      case GO, C, CPP, SQL, HTML, CSS, XML, JSON, YAML, PROPERTIES ->
          "basket." + language.name().toLowerCase(Locale.ROOT);
    };
  }
}
