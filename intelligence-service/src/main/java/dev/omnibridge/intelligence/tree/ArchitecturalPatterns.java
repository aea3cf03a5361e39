// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.tree;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Tells the architectural pattern that names show. */
final class ArchitecturalPatterns {
  private static final Map<String, String> BY_SUFFIX =
      Map.ofEntries(
          Map.entry("controller", "model-view-controller"),
          Map.entry("repository", "repository"),
          Map.entry("dao", "repository"),
          Map.entry("store", "repository"),
          Map.entry("adapter", "adapter"),
          Map.entry("gateway", "gateway"),
          Map.entry("client", "client"),
          Map.entry("factory", "factory"),
          Map.entry("builder", "builder"),
          Map.entry("strategy", "strategy"),
          Map.entry("policy", "strategy"),
          Map.entry("observer", "observer"),
          Map.entry("listener", "observer"),
          Map.entry("visitor", "visitor"),
          Map.entry("decorator", "decorator"),
          Map.entry("proxy", "proxy"),
          Map.entry("facade", "facade"),
          Map.entry("codec", "data-mapper"),
          Map.entry("mapper", "data-mapper"),
          Map.entry("command", "command"),
          Map.entry("event", "event"),
          Map.entry("verticle", "actor"),
          Map.entry("actor", "actor"),
          Map.entry("middleware", "pipeline"),
          Map.entry("interceptor", "pipeline"),
          Map.entry("filter", "pipeline"),
          Map.entry("reducer", "reducer"),
          Map.entry("rules", "pure-core"),
          Map.entry("breaker", "circuit-breaker"),
          Map.entry("outbox", "transactional-outbox"),
          Map.entry("pump", "consumer"),
          Map.entry("consumer", "consumer"),
          Map.entry("producer", "producer"),
          Map.entry("api", "service-layer"),
          Map.entry("service", "service-layer"));

  private ArchitecturalPatterns() {}

  static String of(TreeFile file) {
    return BY_SUFFIX.getOrDefault(Purposes.lastWord(file.stem()), "");
  }

  /** What the names of the things in a directory show together. */
  static String ofDirectory(Collection<Node> children) {
    Set<String> names =
        children.stream()
            .map(child -> child.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
    if (has(names, "controllers", "models", "views") || has(names, "controller", "model", "view")) {
      return "model-view-controller";
    }
    if (has(names, "domain", "application", "infrastructure")) {
      return "layered";
    }
    if (has(names, "ports", "adapters")) {
      return "hexagonal";
    }
    if (has(names, "rpc", "store")) {
      return "core-and-shell";
    }
    boolean maven = names.contains("pom.xml");
    long modules = children.stream().filter(ArchitecturalPatterns::isModule).count();
    if (modules > 1) {
      return "multi-module";
    }
    if (maven && names.contains("src")) {
      return "maven-module";
    }
    return names.contains("package.json") ? "node-package" : "";
  }

  private static boolean isModule(Node child) {
    return child.directory()
        && child.children().stream()
            .anyMatch(inside ->
                List.of("pom.xml", "package.json", "go.mod", "Cargo.toml", "build.gradle")
                    .contains(inside.name()));
  }

  private static boolean has(Set<String> names, String... wanted) {
    return names.containsAll(List.of(wanted));
  }
}
