// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.runtime.event.Catalogue.EventType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The catalogue lists what the sources name, and the sources name what it says they publish. */
class CatalogueInCodeTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern WHOLE =
      Pattern.compile("\"(dev\\.omnibridge\\.[a-z-]+\\.[a-z-]+\\.v[0-9]+)\"");

  /** Types are written in two parts where many begin alike. */
  private static final Pattern BEGIN = Pattern.compile("\"(dev\\.omnibridge\\.[a-z-]+\\.)\"");

  private static final Pattern END = Pattern.compile("\"([a-z-]+\\.v[0-9]+)\"");
  private static final Catalogue CATALOGUE = Catalogue.load();

  /** Types by the module whose main sources name them. */
  private static final Map<String, Set<String>> NAMED = new TreeMap<>();

  @BeforeAll
  static void readSources() throws IOException {
    try (var modules = Files.list(ROOT)) {
      for (Path module : modules.toList()) {
        Path sources = module.resolve("src/main/java");
        if (Files.isDirectory(sources)) {
          NAMED.put(String.valueOf(module.getFileName()), named(sources));
        }
      }
    }
  }

  private static Set<String> named(Path sources) throws IOException {
    var types = new TreeSet<String>();
    try (var files = Files.walk(sources)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        String text = Files.readString(file);
        types.addAll(all(WHOLE, text));
        for (String begin : all(BEGIN, text)) {
          all(END, text).forEach(end -> types.add(begin + end));
        }
      }
    }
    return types;
  }

  private static Set<String> all(Pattern pattern, String text) {
    var found = new TreeSet<String>();
    pattern.matcher(text).results().map((MatchResult hit) -> hit.group(1)).forEach(found::add);
    return found;
  }

  @Test
  void shouldListEveryTypeThatTheSourcesName() {
    var named = new HashSet<String>();
    NAMED.values().forEach(named::addAll);
    assertThat(named).hasSizeGreaterThan(15);
    assertThat(CATALOGUE.events()).extracting(EventType::type).containsAll(named);
  }

  @Test
  void shouldNameAsProducerTheModuleThatPublishesOrNobodyOfTheSuite() {
    assertThat(CATALOGUE.events())
        .allSatisfy(event -> {
          if (!event.producer().equals(Catalogue.EXTERNAL)) {
            assertThat(NAMED).as(event.type()).containsKey(event.producer());
            assertThat(NAMED.get(event.producer())).contains(event.type());
          }
        });
  }

  @Test
  void shouldHaveNothingOfTheSuitePublishedUnderAnExternalType() {
    Set<String> external =
        CATALOGUE.events().stream()
            .filter(event -> event.producer().equals(Catalogue.EXTERNAL))
            .map(EventType::type)
            .collect(java.util.stream.Collectors.toSet());
    assertThat(external).isNotEmpty();
    assertThat(NAMED)
        .allSatisfy((_, types) -> assertThat(types).doesNotContainAnyElementsOf(external));
  }
}
