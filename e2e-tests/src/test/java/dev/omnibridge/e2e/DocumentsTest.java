// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The documents tell the truth: what the code can say and read is listed, and links lead somewhere.
 */
class DocumentsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern REASON =
      Pattern.compile(
          "Fault\\s*\\.(?:of|invalid|invalidField|notFound|unavailable)\\("
              + "\\s*(?:[\\w.]+\\s*,\\s*)?\"([A-Z][A-Z0-9_]+)\"");
  private static final Pattern VARIABLE =
      Pattern.compile(
          "env\\s*\\.(?:text|port|integer|duration|flag|secret)\\(\\s*\"([A-Z][A-Z0-9_]+)\"");
  private static final Pattern LINK = Pattern.compile("]\\((?!http)([^)#]+)");

  private static Set<String> inSources(Pattern pattern) throws IOException {
    var found = new TreeSet<String>();
    try (var files = Files.walk(ROOT)) {
      var sources =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(file -> file.toString().contains("/src/main/"))
              .toList();
      for (Path source : sources) {
        pattern.matcher(Files.readString(source)).results().forEach(hit -> found.add(hit.group(1)));
      }
    }
    return found;
  }

  private static String document(String name) throws IOException {
    return Files.readString(ROOT.resolve(name));
  }

  @Test
  void shouldListEveryReasonOfAFaultInTheErrors() throws IOException {
    String errors = document("docs/ERRORS.md");
    assertThat(inSources(REASON))
        .hasSizeGreaterThan(40)
        .allSatisfy(reason -> assertThat(errors).contains("`" + reason + "`"));
  }

  @Test
  void shouldListEveryVariableThatIsReadInTheReadme() throws IOException {
    String readme = document("README.md");
    assertThat(inSources(VARIABLE))
        .hasSizeGreaterThan(20)
        .allSatisfy(variable -> assertThat(readme).contains("`" + variable + "`"));
  }

  @Test
  void shouldLinkOnlyToWhatIsThere() throws IOException {
    for (String name : new String[] {"README.md", "docs/ARCHITECTURE.md"}) {
      Path folder = ROOT.resolve(name).getParent();
      LINK.matcher(document(name))
          .results()
          .forEach(link -> assertThat(folder.resolve(link.group(1))).as(name).exists());
    }
  }
}
