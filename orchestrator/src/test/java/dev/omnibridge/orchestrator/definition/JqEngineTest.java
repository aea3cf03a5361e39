// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JqEngineTest {
  private static final JqEngine JQ = new JqEngine();
  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '`',
      value = {
        ".a => {\"a\":{\"b\":1}} => {\"b\":1}",
        ".a + [\"x\"] => {} => [\"x\"]",
        "[.[] | select(. > 1)] => [1,2,3] => [2,3]",
        "{a: .x, (.k): 2} => {\"x\":1,\"k\":\"z\"} => {\"a\":1,\"z\":2}",
        "def f(g): g | g; f(. * 2) => 3 => 12",
        ". as {a: $z, $b} | [$z, $b] => {\"a\":1,\"b\":2} => [1,2]",
        "reduce .[] as $i (0; . + $i) => [1,2,3] => 6",
        "[foreach .[] as $i (0; . + $i; [$i, .])] => [1,2] => [[1,1],[2,3]]",
        "\"Hello \\(.name)!\" => {\"name\":\"Jo\"} => \"Hello Jo!\"",
        "try error(\"x\") catch . => 0 => \"x\"",
        "path(.a.b) => {} => [\"a\",\"b\"]",
        ".a.b |= . + 1 => {\"a\":{\"b\":1}} => {\"a\":{\"b\":2}}",
        "to_entries | map(.key) | join(\",\") => {\"a\":1,\"b\":2} => \"a,b\"",
        "if .a then 1 elif .b then 2 else 3 end => {\"b\":true} => 2",
        "[limit(3; range(100))] => 0 => [0,1,2]",
        "label $out | 1, break $out => 0 => 1",
        "[.. | numbers] => {\"a\":[1,{\"b\":2}]} => [1,2]",
        "test(\"^a+$\") => \"aaa\" => true",
        "gsub(\"a\"; \"b\") => \"aba\" => \"bbb\"",
        "walk(if type == \"number\" then . + 1 else . end) => [1,{\"a\":2}] => [2,{\"a\":3}]",
        "@base64 => \"abc\" => \"YWJj\"",
        "[paths] => {\"a\":{\"b\":1}} => [[\"a\"],[\"a\",\"b\"]]",
        "with_entries(.value += 1) => {\"a\":1} => {\"a\":2}",
        ".[1:] => [1,2,3] => [2,3]",
        "nan => 0 => null",
        "empty => 0 => null"
      })
  void shouldRunOrdinaryPrograms(String program, String input, String expected) throws Exception {
    assertThat(run(program, input)).isEqualTo(JSON.readTree(expected));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[range(1e12)]",
        "reduce range(1e12) as $i (0; . + 1)",
        "def f: f; f",
        "def f(n): if n == 0 then 1 else f(n - 1) + f(n - 1) end; f(60)",
        "[0 | while(. < 60; . + 1, . + 1)]",
        "until(false; .)",
        "[recurse(., .)]",
        "[.[] as $a | .[] as $b | .[] as $c | .[] as $d | .[] as $e | 1]",
        "[{a: .[], b: .[], c: .[], d: .[], e: .[]}]",
        "reduce range(60) as $i (\"a\"; . + .)",
        "reduce range(60) as $i ([1]; . + .)",
        "reduce range(60) as $i ([1]; [., .]) | tojson",
        "reduce range(60) as $i (\"a\"; . * 1000)",
        "reduce range(60) as $i (\"a\"; . *= 1000)",
        ".[1000000000] = 1",
        "[] | .[1e9] |= 1",
        "[] | setpath([1e9]; 1)",
        "[range(9999)] | join(\"x\" * 9999)",
        "\"a\" * 9999 | gsub(\"a\"; \"b\" * 9999)",
        "\"a\" * 99999 | test(\"(a|a)*b\")",
        "[combinations(9)]",
        "try ([range(1e12)]) catch 0",
        "1, 2"
      })
  void shouldEndWhatWouldNeverEndWithAnError(String program) {
    String large = "[" + "1,".repeat(99) + "1]";
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> assertThatThrownBy(() -> run(program, large)).isInstanceOf(JsonQueryException.class));
  }

  /** jackson-jq copies the accumulator with every round: 4,500,000 fields in all. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "reduce .[] as $i ({}; .[$i.id] = $i.v)",
        "[.[] | {(.id): .v}] | add",
        "reduce .[] as $i ([]; . + [$i])",
        "reduce .[] as $i ({}; .[$i.id] = (\"x\" * 100000) | length | {})",
      })
  void shouldLetTheCopiesOfAnAccumulatorBeCollected(String program) throws Exception {
    String items =
        IntStream.range(0, 3000)
            .mapToObj("{\"id\":\"id-%1$d\",\"v\":%1$d}"::formatted)
            .collect(Collectors.joining(",", "[", "]"));
    Meter meter = new Meter();
    assertThat(run(program, items, meter)).isNotNull();
    assertThat(held(meter)).isLessThan(2 * Meter.MAX_HELD);
  }

  /** The bytes that a meter keeps from being collected, estimated low. */
  private static long held(Meter meter) {
    long held = 0;
    for (JsonNode container : meter.remembered()) {
      held += 48L * container.size();
      for (JsonNode child : container) {
        held += child.isTextual() ? child.textValue().length() : 0;
      }
    }
    return held;
  }

  @Test
  void shouldRefuseAnArrayAtTheItemThatMakesItTooLarge() {
    assertThatThrownBy(() -> run("[(\"x\" * 600000), (\"x\" * 600000), error(\"late\")]", "0"))
        .hasMessageContaining("1,048,576 characters");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[match(\"%s\"; \"g\")]",
        "[scan(\"%s\")]",
        "split(\"%s\"; null)",
        "gsub(\"%s\"; \"\")",
      })
  void shouldCountTheCapturesOfAllMatchesBeforeItMakesThem(String program) throws Exception {
    String pattern = "(?<n>a)(?'m'b)" + "()".repeat(30);
    assertThat(run(program.formatted(pattern), "\"ab\"").isMissingNode()).isFalse();
    String large = "\"%s\"".formatted("ab".repeat(8000));
    assertThatThrownBy(() -> run(program.formatted(pattern), large))
        .hasMessageContaining("32 groups in a text of 16,000 characters");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "test(\"(((((((((((((((a)))))))))))))))\"; \"g\")",
        "[match(\"(((((((((((((((a)))))))))))))))\")] | length == 1",
        "[match(\"x(?:(?:(?=(?!(?<=(?<!(?:(?:(?:(?:(?:(?:a))))))))))))\"; \"g\")] == []",
        "[match(\"\\\\(\\\\(\\\\(\\\\(\\\\(\\\\(\\\\(\\\\(\\\\(\\\\(\\\\(\\\\(\"; \"g\")] == []",
      })
  void shouldNotCountGroupsOfWhichItMakesNoMoreThanOne(String program) throws Exception {
    String large = "\"%s\"".formatted("ab".repeat(8000));
    assertThat(run(program, large).booleanValue()).isTrue();
  }

  @Test
  void shouldSeeAValueThatDoublesWhateverItHasForgotten() {
    String program =
        "reduce range(2000) as $i ([[1]]; [.[0], $i]) | reduce range(40) as $i (.; [., .])";
    assertThatThrownBy(() -> run(program, "0")).hasMessageContaining("1,048,576 characters");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"a\" | test(\"(\")",
        "\"a\" | test(\"[\")",
        "\"a\" | test(\"\\\\p{Nosuch}\")",
        "\"a\" | [match(\"(?<n>\"; \"g\")]",
        "\"a\" | sub(\"a{2,1\\\\k<n>\"; \"b\")",
        "reduce range(100000) as $i (1; [.])"
      })
  void shouldFailAsJqWhateverALibraryBelowItThrows(String program) {
    assertThatThrownBy(() -> run(program, "0")).isInstanceOf(JsonQueryException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "now",
        "env",
        "$ENV",
        "$__loc__",
        "input",
        "inputs",
        "nosuch(1)",
        ".a | nosuch",
        "$nosuch",
        "import \"a\" as a; 1",
        "debug_scope"
      })
  void shouldRefuseNamesThatDoNotExistWhenItCompiles(String program) {
    assertThatThrownBy(() -> JQ.compile(program, Set.of("known")))
        .isInstanceOf(JsonQueryException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {".a[", "if . then", "{", "1 +", "\"\\(\"", ""})
  void shouldRefuseWhatIsNotJq(String program) {
    assertThatThrownBy(() -> JQ.compile(program, Set.of())).isInstanceOf(JsonQueryException.class);
  }

  @Test
  void shouldRefuseAProgramThatIsNestedTooDeep() {
    String program = "(".repeat(4000) + "1" + ")".repeat(4000);
    assertThatThrownBy(() -> JQ.compile(program, Set.of())).isInstanceOf(JsonQueryException.class);
  }

  @Test
  void shouldReadVariablesOnlyWhenTheyAreUsed() throws Exception {
    var program = JQ.compile("if . then $known else 0 end", Set.of("known"));
    Supplier<JsonNode> never =
        () -> {
          throw new IllegalStateException("read");
        };
    Bindings bindings = new Bindings(Map.of("known", never), new Meter());
    assertThat(program.run(JSON.readTree("false"), bindings).asInt()).isZero();
  }

  private static JsonNode run(String program, String input)
      throws JsonQueryException, JsonProcessingException {
    return run(program, input, new Meter());
  }

  private static JsonNode run(String program, String input, Meter meter)
      throws JsonQueryException, JsonProcessingException {
    return JQ.compile(program, Set.of()).run(JSON.readTree(input), new Bindings(Map.of(), meter));
  }
}
