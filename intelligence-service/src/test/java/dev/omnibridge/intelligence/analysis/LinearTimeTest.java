// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing that opens something and never closes it makes an analysis slow. */
class LinearTimeTest {
  /** A quadratic pass over a quarter of a million openings would take minutes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\"",
        "\"",
        "'",
        "/*",
        "<a",
        "<!--",
        "(",
        "{",
        "](",
        "href=",
        "xmlns:",
        "require(",
        "://",
        "http://a",
        "\\",
        "=",
        "\n",
        "-----BEGIN ",
        "struct ",
        "fn ",
        "\t",
        "a:\n",
        " \n",
        "'\\",
        "#{",
        "`",
        "import '",
        "[",
        "{\"a\":",
        "a(",
        "@",
        "a@a.",
        "+1",
        "1",
        "1.",
        "1-",
        "eyJ",
        "eyJa.",
        "password=",
        "password='",
        "token:\"",
        "://a:",
        "DE89",
        "DE89 ",
        "SPDX-License-Identifier:",
        "SPDX-License-Identifier: MIT OR ",
        "permission is hereby granted ",
        "fun a",
        "def a\n ",
        "-----BEGIN PRIVATE KEY"
      })
  void shouldTakeLinearTimeForRepeatedOpenings(String opening) {
    byte[] bytes = opening.repeat((1 << 18) / opening.length()).getBytes(StandardCharsets.UTF_8);
    for (Language language : new Language[] {Language.JAVA, Language.XML, Language.MARKDOWN}) {
      assertTimeoutPreemptively(
          Duration.ofSeconds(30), () -> Samples.analyze(bytes, Samples.FILES.get(language)));
    }
  }
}
