// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DataSchemaTest {
  private static final DslSchema DSL = new DslSchema();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TREE =
      "{'properties':{'v':{'type':'number'},'below':{'items':{'$ref':'#'}}},'required':['v']}";

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '`',
      value = {
        "{'type':'string'} => 'x' => ",
        "{'type':'string'} => 5 => : integer found, string expected",
        "{'required':['a','b']} => {} => : required property 'a' not found",
        "{'items':{'anyOf':[{'type':'string'},{'type':'null'}]}} => ['a',null] => ",
        "{'items':{'anyOf':[{'type':'string'},{'type':'null'}]}} => ['a',1] => /1: integer found, string expected",
        "{'not':{'type':'string'}} => 5 => ",
        "{'oneOf':[{'type':'number'},{'minimum':2}]} => 1 => ",
        "{'contains':{'type':'string'}} => [1,2,'a'] => ",
        "{'if':{'type':'string'},'then':{'minLength':3}} => 'ab' => : must be at least 3 characters long",
        "{'allOf':[{'properties':{'a':true}}],'unevaluatedProperties':false} => {'a':1} => ",
      })
  void shouldNameTheFirstThingThatBreaksASchema(
      String schema, String value, @Nullable String expected) throws Exception {
    assertThat(violation(schema, value)).isEqualTo(expected);
  }

  @Test
  void shouldCheckATreeAsDeepAsAValueMayBe() throws Exception {
    String deep = "{'v':1,'below':[".repeat(49) + "{'v':2}" + "]}".repeat(49);
    assertThat(violation(TREE, deep)).isNull();
    assertThat(violation(TREE, deep.replace("2", "'2'"))).contains("string found, number expected");
  }

  /** Each definition asks twice for the next: 2^40 checks. */
  @ParameterizedTest
  @ValueSource(strings = {"allOf", "anyOf", "oneOf"})
  void shouldEndACheckThatDoublesItself(String combination) {
    String definitions =
        IntStream.range(0, 40)
            .mapToObj(i -> "'d%d':{'%s':[%s,%3$s]}".formatted(i, combination, ref(i + 1)))
            .collect(Collectors.joining(","));
    String schema =
        "{'$defs':{%s,'d40':{'type':'string'}},'$ref':'#/$defs/d0'}".formatted(definitions);
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () -> assertThat(violation(schema, "5")).contains("more than 10,000,000 steps"));
  }

  private static String ref(int definition) {
    return "{'$ref':'#/$defs/d%d'}".formatted(definition);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '`',
      value = {
        "{'allOf':[{'$ref':'#'}]} => the schema asks for itself without an end, or too deep",
        "{'$ref':'#/$defs/none'} => the schema cannot be applied: ",
        "{'$dynamicRef':'#'} => the schema cannot be applied: ",
      })
  void shouldSayThatASchemaCannotBeApplied(String schema, String violation) throws Exception {
    assertThat(violation(schema, "5")).startsWith(violation);
  }

  /** 60,000 items, each with six errors in each of two branches: 230 MB if they were kept. */
  @ParameterizedTest
  @ValueSource(strings = {"%s", "{'anyOf':[%s,%<s]}", "{'allOf':[%s,%<s]}"})
  void shouldKeepOnlyTheFirstErrorsOfALargeValue(String combination) throws Exception {
    String items = "{'items':{'required':['a','b','c','d','e','f']}}";
    String value = "[" + "{},".repeat(59_999) + "{}]";
    DataSchema schema = schema(combination.formatted(items));
    assertThat(schema.errors(JSON.readTree(value), new Meter())).hasSizeLessThan(20);
    assertThat(schema.violation(JSON.readTree(value), new Meter()))
        .isEqualTo("/0: required property 'a' not found");
  }

  private static @Nullable String violation(String schema, String value)
      throws JsonProcessingException {
    return schema(schema).violation(JSON.readTree(value.replace('\'', '"')), new Meter());
  }

  private static DataSchema schema(String schema) throws JsonProcessingException {
    return DSL.compile(JSON.readTree(schema.replace('\'', '"')));
  }
}
