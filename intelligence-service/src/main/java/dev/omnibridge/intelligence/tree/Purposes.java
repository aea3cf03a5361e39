// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.tree;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Infers what a file is for, from its path first and its content then. */
final class Purposes {
  private static final Set<String> BUILD =
      Set.of(
          "pom.xml",
          "build.gradle",
          "build.gradle.kts",
          "settings.gradle",
          "makefile",
          "package.json",
          "cargo.toml",
          "go.mod",
          "setup.py",
          "pyproject.toml",
          "cmakelists.txt",
          "requirements.txt",
          "gemfile",
          "rakefile");
  private static final Set<String> LOCKS =
      Set.of(
          "package-lock.json", "yarn.lock", "cargo.lock", "go.sum", "poetry.lock", "gemfile.lock");
  private static final Set<String> LEGAL =
      Set.of("license", "licence", "notice", "copying", "authors", "copyright");
  private static final Set<String> DOCUMENTS = Set.of("md", "adoc", "rst", "txt", "pdf");
  private static final Set<String> SETTINGS =
      Set.of("yaml", "yml", "properties", "ini", "cfg", "conf", "toml", "env", "editorconfig");
  private static final Set<String> MEDIA =
      Set.of("png", "jpg", "jpeg", "gif", "svg", "ico", "webp", "woff", "woff2", "ttf", "mp4");
  private static final Set<String> STYLES = Set.of("css", "scss", "less", "html", "htm");

  /** What the last part of a type's name says it is for. */
  private static final Map<String, String> BY_SUFFIX =
      Map.ofEntries(
          Map.entry("config", "configuration"),
          Map.entry("configuration", "configuration"),
          Map.entry("controller", "api-endpoint"),
          Map.entry("resource", "api-endpoint"),
          Map.entry("endpoint", "api-endpoint"),
          Map.entry("api", "api-endpoint"),
          Map.entry("handler", "api-endpoint"),
          Map.entry("repository", "persistence"),
          Map.entry("store", "persistence"),
          Map.entry("dao", "persistence"),
          Map.entry("codec", "serialization"),
          Map.entry("mapper", "serialization"),
          Map.entry("messages", "serialization"),
          Map.entry("client", "integration"),
          Map.entry("adapter", "integration"),
          Map.entry("gateway", "integration"),
          Map.entry("command", "command"),
          Map.entry("service", "service"),
          Map.entry("verticle", "service"),
          Map.entry("view", "user-interface"),
          Map.entry("component", "user-interface"),
          Map.entry("exception", "error-handling"),
          Map.entry("failure", "error-handling"),
          Map.entry("fault", "error-handling"),
          Map.entry("benchmark", "benchmark"));

  private Purposes() {}

  static String of(TreeFile file) {
    String path = file.path().toLowerCase(Locale.ROOT);
    String name = file.name().toLowerCase(Locale.ROOT);
    String byPlace = byPlace(path, name, file);
    if (byPlace != null) {
      return byPlace;
    }
    String byKind = byKind(file.extension(), name);
    return byKind == null ? bySource(file) : byKind;
  }

  private static @Nullable String byPlace(String path, String name, TreeFile file) {
    if (LOCKS.contains(name)) {
      return "dependency-lock";
    }
    if (BUILD.contains(name)) {
      return "build";
    }
    if (LEGAL.contains(file.stem().toLowerCase(Locale.ROOT))) {
      return "legal";
    }
    if (name.endsWith("dockerfile")
        || name.startsWith("docker-compose")
        || name.startsWith("dockerfile")) {
      return "deployment";
    }
    if (within(path, ".github", ".gitlab", ".circleci", ".ci", "ci")) {
      return "continuous-integration";
    }
    if (name.contains("benchmark")) {
      return "benchmark";
    }
    if (isTest(path, file)) {
      return fixture(file) ? "test-fixture" : "test";
    }
    if (file.facts().generated()) {
      return "generated-code";
    }
    if (within(path, "migration", "migrations")) {
      return "schema-migration";
    }
    if (within(path, "examples", "example", "samples")) {
      return "example";
    }
    return null;
  }

  private static boolean isTest(String path, TreeFile file) {
    String stem = file.stem();
    return within(path, "test", "tests", "__tests__", "spec", "testkit", "fixtures")
        || file.facts().tests()
        || stem.endsWith("Test")
        || stem.endsWith("IT")
        || stem.startsWith("test_")
        || stem.endsWith("_test")
        || path.contains(".spec.")
        || path.contains(".test.");
  }

  private static boolean fixture(TreeFile file) {
    boolean code = !file.facts().declared().isEmpty();
    return !code || within(file.path().toLowerCase(Locale.ROOT), "fixtures", "resources");
  }

  private static boolean within(String path, String... directories) {
    List<String> parts = List.of(path.split("/", -1));
    List<String> above = parts.subList(0, parts.size() - 1);
    for (String directory : directories) {
      if (above.contains(directory)) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable String byKind(String extension, String name) {
    if (extension.equals("proto")
        || extension.equals("graphql")
        || extension.equals("avsc")
        || extension.equals("xsd")
        || name.startsWith("openapi")
        || name.startsWith("asyncapi")) {
      return "api-contract";
    }
    if (extension.equals("sql")) {
      return "database-schema";
    }
    if (DOCUMENTS.contains(extension)) {
      return "documentation";
    }
    if (SETTINGS.contains(extension) || name.startsWith(".")) {
      return "configuration";
    }
    if (MEDIA.contains(extension)) {
      return "asset";
    }
    if (STYLES.contains(extension)) {
      return "user-interface";
    }
    return extension.equals("json") || extension.equals("xml") || extension.equals("csv")
        ? "data"
        : null;
  }

  private static String bySource(TreeFile file) {
    String suffix = lastWord(file.stem());
    if (BY_SUFFIX.containsKey(suffix)) {
      return BY_SUFFIX.get(suffix);
    }
    List<String> declared = file.facts().declared();
    if (declared.contains("main") || file.stem().equals("__main__")) {
      return "entry-point";
    }
    if (file.stem().equals("package-info") || file.stem().equals("__init__")) {
      return "package-description";
    }
    return switch (file.facts().language()) {
      case "shell" -> "script";
      case "" -> "other";
      default -> "source";
    };
  }

  /** The last hump of a name, in lower case. */
  static String lastWord(String stem) {
    List<String> words = dev.omnibridge.intelligence.similarity.Terms.parts(stem);
    return words.isEmpty() ? "" : words.getLast();
  }
}
