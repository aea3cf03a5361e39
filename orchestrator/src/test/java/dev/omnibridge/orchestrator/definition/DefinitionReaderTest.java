// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DefinitionReaderTest {
  private static final DefinitionReader READER = new DefinitionReader();
  private static final String HEAD =
      """
      document: {dsl: '1.0.0', namespace: tests, name: sample, version: '1.2.3'}
      """;

  @Test
  void shouldReadEveryKindOfTaskThatIsSupported() {
    Definition read =
        READER.read(
            HEAD
                + """
                use:
                  errors: {gone: {type: 'https://example.com/gone', status: 410}}
                  retries: {often: {delay: PT1S, backoff: {exponential: {}}, limit: {attempt: {count: 5}}}}
                  timeouts: {short: {after: {seconds: 5}}}
                do:
                  - first: {call: stamp, with: {path: '${ .path }'}, timeout: short}
                  - second: {set: {x: 1}}
                  - third: {switch: [{a: {when: .x == 1, then: fifth}}, {b: {then: end}}]}
                  - fourth: {do: [{inner: {raise: {error: gone}}}]}
                  - fifth: {for: {each: file, in: .files}, while: $index < 3, do: [{one: {call: analyze}}]}
                  - sixth:
                      try: [{risky: {call: verify}}]
                      catch: {errors: {with: {status: 503}}, as: problem, when: $problem.status == 503,
                              retry: often, do: [{note: {set: {error: '${ $problem }'}}}]}
                  - seventh: {emit: {event: {with: {source: 'https://example.com', type: done}}}}
                """);
    assertThat(read.functions()).containsExactlyInAnyOrder("stamp", "analyze", "verify");
    assertThat(read.block("/do").tasks())
        .extracting(Task::kind)
        .containsExactly("call", "set", "switch", "do", "for", "try", "emit");
    assertThat(read.task("/do/0/first").head().timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(read.task("/do/4/fifth/do/0/one").kind()).isEqualTo("call");
    assertThat(((Task.Try) read.task("/do/5/sixth")).handler().retry())
        .satisfies(retry -> assertThat(retry.maxRetries()).isEqualTo(5));
    assertThat(read.owner("/do/5/sixth/catch/do")).isSameAs(read.task("/do/5/sixth"));
  }

  @Test
  void shouldReadHalvesOfCharactersAsWhatUtf8CanCarry() {
    String text =
        """
        {"document": {"dsl": "1.0.0", "namespace": "tests", "name": "sample", "version": "1.0.0"},
         "do": [{"a": {"set": {"x": "\\ud83d", "\\udc00": "\\ud83d\\ude00\\u0000"}}}]}
        """;
    String canonical = READER.read(text).source().toString();
    assertThat(canonical).contains("{\"x\":\"\ufffd\",\"\ufffd\":\"😀\\u0000\"}");
    byte[] stored = canonical.getBytes(StandardCharsets.UTF_8);
    assertThat(READER.read(new String(stored, StandardCharsets.UTF_8)).source().toString())
        .isEqualTo(canonical);
    assertThatThrownBy(() -> READER.read(text.replace("\"x\"", "\"\\ud83d\"")))
        .hasMessageContaining("halves of characters");
  }

  @Test
  void shouldReadTheSameFromJsonAndFromYaml() {
    String json =
        """
        {"do": [{"a": {"set": {"x": 1}}}],
         "document": {"version": "1.2.3", "name": "sample", "namespace": "tests", "dsl": "1.0.0"}}
        """;
    assertThat(READER.read(json).source())
        .hasToString(READER.read(HEAD + "do: [{a: {set: {x: 1}}}]").source().toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "do: [{a: {set: 5}}] => /do/0/a/set",
        "do: [{a: {call: stamp, wiht: {x: 1}}}] => /do/0/a",
        "do: [{a: {foo: 1}}] => /do/0/a",
        "do: [{a: 1}] => /do/0/a",
        "do: [{a: {set: {x: 1}}, b: {set: {x: 1}}}] => /do/0",
        "do: [{a: {set: {x: 1}}}, {a: {set: {x: 1}}}] => /do/1",
        "do: {a: {set: {x: 1}}} => /do",
        "do: [{a: {for: {each: x}, do: [{b: {set: {x: 1}}}]}}] => /do/0/a/for",
        "do: [{a: {do: [{b: {do: [{c: {switch: [{x: {when: a}}]}}]}}]}}] => /do/0/a/do/0/b/do/0/c/switch/0/x",
        "do: [{a: {try: [{b: {call: 7}}], catch: {}}}] => /do/0/a/try/0/b/call",
        "do: [{a: {try: [{b: {call: x}}], catch: {retry: {delay: {second: 3}}}}}] => /do/0/a/catch/retry/delay",
        "do: [{a: {try: [{b: {call: x}}], catch: {retry: none}}}] => /do/0/a/catch/retry",
        "do: [{a: {raise: {error: {type: x, status: 1}}}}] => /do/0/a/raise/error/type",
        "do: [{a: {raise: {error: unknown}}}] => /do/0/a/raise/error",
        "do: [{a: {set: {x: '${ .a[ }'}}}] => /do/0/a/set/x",
        "do: [{a: {set: {x: '${ nosuch }'}}}] => /do/0/a/set/x",
        "do: [{a: {set: {x: '${ $item }'}}}] => /do/0/a/set/x",
        "do: [{a: {if: '.a ==', set: {x: 1}}}] => /do/0/a/if",
        "do: [{a: {set: {x: 1}, then: nowhere}}] => /do/0/a/then",
        "do: [{a: {do: [{b: {set: {x: 1}, then: a}}]}}] => /do/0/a/do/0/b/then",
        "do: [{a: {wait: PT1S}}] => /do/0/a",
        "do: [{a: {fork: {branches: [{b: {set: {x: 1}}}]}}}] => /do/0/a",
        "do: [{a: {listen: {to: {any: []}}}}] => /do/0/a",
        "do: [{a: {run: {shell: {command: ls}}}}] => /do/0/a",
        "do: [{a: {set: {x: 1}, timeout: {after: PT1S}}}] => /do/0/a/timeout",
        "do: [{a: {call: x, timeout: {after: P1M}}}] => /do/0/a/timeout/after",
        "do: [{a: {call: x, timeout: {after: PT0S}}}] => /do/0/a/timeout/after",
        "do: [{a: {call: x, timeout: {after: {days: 200000}}}}] => /do/0/a/timeout/after",
        "do: [{a: {call: x, timeout: {after: {days: 999999999999999999}}}}] => /do/0/a/timeout/after",
        "do: [{a: {call: x, timeout: {after: P99999999999W}}}] => /do/0/a/timeout/after",
        "do: [{a: {call: x, timeout: {after: {milliseconds: -5}}}}] => /do/0/a/timeout/after",
        "do: [{a: {try: [{b: {call: x}}], catch: {retry: {delay: {days: 36501}}}}}] => /do/0/a/catch/retry/delay",
        "do: [{a: {set: {x: 1}, input: {schema: {document: {$ref: 'http://127.0.0.1/x'}}}}}] => /do/0/a/input/schema/document",
        "do: [{a: {emit: {event: {}}}}] => /do/0/a/emit/event",
        "schedule: {every: PT1M}\\ndo: [] => /schedule",
        "timeout: {after: PT1M}\\ndo: [] => /timeout",
        "use: {secrets: [x]}\\ndo: [] => /use/secrets",
        "use: {functions: {f: {set: {x: 1}}}}\\ndo: [] => /use/functions",
      },
      quoteCharacter = '`')
  void shouldNameThePointerOfWhatIsWrong(String text, String pointer) {
    InvalidDefinition refused = refuse(HEAD + text.replace("\\n", "\n"));
    assertThat(refused.problems()).extracting(Problem::pointer).contains(pointer);
    assertThat(refused.problems().getFirst().place()).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "wait: PT1S",
        "fork: {branches: []}",
        "listen: {to: {any: []}}",
        "run: {shell: {command: ls}}"
      })
  void shouldSayThatAKindOfTaskIsNotSupportedYet(String task) {
    assertThat(refuse(HEAD + "do: [{a: {" + task + "}}]"))
        .hasMessageContaining("not supported yet");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e999", "-1e999"})
  void shouldRefuseANumberThatIsTooLarge(String number) {
    assertThat(refuse(HEAD + "do: [{a: {set: {x: " + number + "}}}]"))
        .hasMessageContaining("a number that is too large");
  }

  @Test
  void shouldNameLineAndColumn() {
    InvalidDefinition refused = refuse(HEAD + "do:\n  - first:\n      set:\n        x: ${ .a[ }\n");
    assertThat(refused.problems().getFirst().place()).isEqualTo(new Place(5, 12));
    assertThat(refused).hasMessageContaining("/do/0/first/set/x (line 5, column 12)");
  }

  @Test
  void shouldSayInOneLineWhyATextIsNotReadable() {
    assertThat(refuse("document:\n  dsl: 1.0.0\n bad: [\n"))
        .hasMessageContaining("while parsing a block mapping, expected <block end>, but found");
    assertThat(refuse("{\"document\": {").getMessage())
        .endsWith("expected close marker for Object")
        .hasLineCount(1);
  }

  @Test
  void shouldNameEveryProblemAtOnce() {
    InvalidDefinition refused =
        refuse(HEAD + "do: [{a: {set: 5}}, {b: {wait: PT1S}}, {c: {set: {x: '${ .a[ }'}}}]");
    assertThat(refused.problems()).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   ",
        "a: [",
        "{\"document\": ",
        "- 1\n- 2",
        "7",
        "a: 1\na: 2",
        "{\"a\":1,\"a\":2}",
        "a: &x [1]\nb: *x",
        "--- {}\n--- {}",
        "a: b: c",
        "\t- x",
        "!!java.lang.String x",
        "document: {}\ndo: []"
      })
  void shouldRefuseTextThatIsNoDefinition(String text) {
    assertThatThrownBy(() -> READER.read(text)).isInstanceOf(InvalidDefinition.class);
  }

  @Test
  void shouldNameTheLineWhereYamlBreaks() {
    assertThat(refuse("document: {dsl: '1.0.0'}\ndo:\n  - a: [\n").problems().getFirst().place())
        .isNotNull()
        .satisfies(place -> assertThat(place.line()).isGreaterThanOrEqualTo(3));
  }

  @Test
  void shouldRefuseAnAliasBombQuickly() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x]\n");
    for (int i = 1; i < 30; i++) {
      bomb.append(
          "a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ",").repeat(9) + "*a" + (i - 1)));
    }
    assertThat(refuse(bomb.toString())).hasMessageContaining("alias");
  }

  @Test
  void shouldRefuseWhatIsTooLargeOrTooDeep() {
    assertThat(refuse(HEAD + "#" + "x".repeat(300_000))).hasMessageContaining("256 KiB");
    assertThat(refuse(HEAD + "x: " + "[".repeat(100) + "]".repeat(100)))
        .hasMessageContaining("not readable");
    assertThat(refuse("{\"a\":".repeat(100) + "1" + "}".repeat(100)))
        .hasMessageContaining("not readable");
  }

  /** Every value is known by its pointer: 245 MB from 59 KB, and 75 MB from 25 KB. */
  @Test
  void shouldRefuseLongNamesAboveManyValues() {
    String values = "[" + "1,".repeat(4999) + "1]";
    String named = "{\"" + "k".repeat(49_000) + "\":" + values + "}";
    assertThat(refuse(named)).hasMessageContaining("shorten the names, or nest less");
    String level = "{\"" + "k".repeat(250) + "\":";
    String nested = level.repeat(60) + values + "}".repeat(60);
    assertThat(refuse(nested)).hasMessageContaining("shorten the names, or nest less");
  }

  @Test
  void shouldReadManyValues() {
    String values = "[" + "1,".repeat(99_999) + "1]";
    String text =
        """
        {"document": {"dsl": "1.0.0", "namespace": "tests", "name": "sample", "version": "1.0.0"},
         "do": [{"%s": {"set": {"values": %s}}}]}
        """
            .formatted("n".repeat(40), values);
    assertThat(READER.read(text).source().at("/do/0").size()).isOne();
  }

  /** The schema nests its alternatives; checked as one document this would take years. */
  @Test
  void shouldCheckTasksDeepWithinTasksInLinearTime() {
    String nested = "{do: [{t: ".repeat(14) + "{set: {x: 1}}" + "}]}".repeat(14);
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(60), () -> READER.read(HEAD + "do: [{t: " + nested + "}]"));
  }

  private static InvalidDefinition refuse(String text) {
    return catchThrowableOfType(InvalidDefinition.class, () -> READER.read(text));
  }
}
