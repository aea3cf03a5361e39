// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the language means, feature by feature, without any call. */
class DslTest {

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '`',
      value = {
        // set
        "[{a: {set: {shape: circle, size: '${ .s }'}}}] => {\"s\":{\"w\":6}} => {\"shape\":\"circle\",\"size\":{\"w\":6}}",
        "[{a: {set: '${ .s }'}}] => {\"s\":[1]} => [1]",
        // sequence and directives
        "[{a: {set: {c: '${ .c + [1] }'}}}, {b: {set: {c: '${ .c + [2] }'}}}] => {} => {\"c\":[1,2]}",
        "[{a: {set: {c: '${ .c + [1] }'}, then: z}}, {b: {set: {c: '${ .c + [2] }'}, then: end}}, {z: {set: {c: '${ .c + [3] }'}, then: b}}] => {} => {\"c\":[1,3,2]}",
        "[{a: {do: [{b: {set: {x: 1}, then: exit}}, {c: {set: {x: 2}}}]}}, {d: {set: {y: '${ .x }'}}}] => {} => {\"y\":1}",
        "[{a: {do: [{b: {set: {x: 1}, then: end}}, {c: {set: {x: 2}}}]}}, {d: {set: {y: '${ .x }'}}}] => {} => {\"x\":1}",
        "[{a: {set: {x: 1}, then: exit}}, {b: {set: {x: 2}}}] => {} => {\"x\":1}",
        // if
        "[{a: {if: .go, set: {x: 1}}}] => {\"go\":false} => {\"go\":false}",
        "[{a: {if: '${ .go }', set: {x: 1}}}] => {\"go\":true} => {\"x\":1}",
        "[{a: {if: .go, set: {x: 1}, then: end}}, {b: {set: {y: 1}}}] => {\"go\":false} => {\"y\":1}",
        // data flow
        "[{a: {input: {from: .user.id}, set: {p: '${ . }'}}}] => {\"user\":{\"id\":\"u\"}} => {\"p\":\"u\"}",
        "[{a: {set: {id: 7}, output: {as: .id}}}] => {} => 7",
        "[{a: {set: {id: 1}, output: {as: .id}}}, {b: {set: {id: 2}, output: {as: '{ids: [$input, .id]}'}}}] => {} => {\"ids\":[1,2]}",
        "[{a: {set: {id: 1}, output: {as: {got: '${ .id }', n: 3}}}}] => {} => {\"got\":1,\"n\":3}",
        "[{a: {set: {n: 1}, export: {as: '{seen: .n}'}}}, {b: {set: {was: '${ $context.seen }'}}}] => {} => {\"was\":1}",
        "[{a: {set: {n: 1}, export: {as: '$context + {a: .n}'}}}, {b: {set: {n: 2}, export: {as: '$context + {b: $output.n}'}}}, {c: {set: '${ $context }'}}] => {} => {\"a\":1,\"b\":2}",
        "[{a: {set: {n: '${ $workflow.input.k + $workflow.startedAt.epoch.seconds }'}}}] => {\"k\":1} => {\"n\":1795262401}",
        "[{a: {set: {n: '${ $task.name + $task.reference + $workflow.id + $runtime.name }'}}}] => {} => {\"n\":\"a/do/0/a01930000-0000-7000-8000-000000000001omnibridge\"}",
        "[{a: {set: {n: '${ $workflow.definition.document.name + $task.definition.metadata.m }'}, metadata: {m: x}}}] => {} => {\"n\":\"samplex\"}",
        // switch
        "[{s: {switch: [{r: {when: .c == 1, then: one}}, {g: {when: .c == 2, then: two}}]}}, {one: {set: {x: 1}, then: end}}, {two: {set: {x: 2}, then: end}}] => {\"c\":2} => {\"x\":2}",
        "[{s: {switch: [{r: {when: .c == 1, then: one}}], then: end}}, {one: {set: {x: 1}}}] => {\"c\":9} => {\"c\":9}",
        "[{s: {switch: [{r: {when: .c == 1, then: one}}, {else: {then: two}}]}}, {one: {set: {x: 1}}}, {two: {set: {x: '${ $input.c }'}}}] => {\"c\":9} => {\"x\":9}",
        // for
        "[{l: {for: {each: color, in: .colors}, do: [{m: {set: {p: '${ {c: (.p.c + [$color]), i: (.p.i + [$index])} }'}}}]}}] => {\"colors\":[\"r\",\"g\"]} => {\"p\":{\"c\":[\"r\",\"g\"],\"i\":[0,1]}}",
        "[{l: {for: {in: .n}, do: [{m: {set: {s: '${ .s + $item }'}}}]}}] => {\"n\":[1,2,3]} => {\"s\":6}",
        "[{l: {for: {in: .n}, do: [{m: {set: {s: 1}}}]}}] => {\"n\":[]} => {\"n\":[]}",
        "[{l: {for: {in: .n, at: i}, while: $i < 2, do: [{m: {set: {s: '${ .s + $item }'}}}]}}] => {\"n\":[1,2,3]} => {\"s\":3}",
        "[{l: {for: {in: .n}, while: .s != 1, do: [{m: {set: {s: '${ (.s // 0) + $item }'}}}]}}] => {\"n\":[1,2,3]} => {\"s\":1}",
        "[{l: {for: {each: a, in: .n}, do: [{k: {for: {each: b, in: '[10,20]'}, do: [{m: {set: {s: '${ (.s // []) + [$a + $b] }'}}}]}}]}}] => {\"n\":[1,2]} => {\"s\":[11,21,12,22]}",
        "[{l: {for: {in: .n}, do: [{m: {set: {s: '${ (.s // 0) + $item }'}, then: exit}}, {k: {set: {s: 99}}}]}}] => {\"n\":[1,2]} => {\"s\":3}",
        "[{l: {for: {in: .n}, output: {as: .s}, do: [{m: {set: {s: '${ $item }'}}}]}}, {z: {set: {last: '${ . }'}}}] => {\"n\":[1,2]} => {\"last\":2}",
        // try, raise
        "[{t: {try: [{r: {raise: {error: {type: 'https://e.org/x', status: 418, title: Tea}}}}], catch: {as: err, do: [{h: {set: {e: '${ $err }'}}}]}}}] => {} => {\"e\":{\"type\":\"https://e.org/x\",\"status\":418,\"title\":\"Tea\",\"instance\":\"/do/0/t/try/0/r\"}}",
        "[{t: {try: [{r: {set: {x: '${ .a.b.c + {} - 1 }'}}}], catch: {do: [{h: {set: {e: '${ $error.type }', s: '${ $error.status }'}}}]}}}] => {} => {\"e\":\"https://serverlessworkflow.io/spec/1.0.0/errors/expression\",\"s\":400}",
        "[{t: {try: [{r: {raise: {error: {type: 'https://e.org/x', status: 503}}}}], catch: {errors: {with: {status: 503}}, do: [{h: {set: {ok: true}}}]}}}] => {} => {\"ok\":true}",
        "[{t: {try: [{r: {raise: {error: {type: 'https://e.org/x', status: 503}}}}], catch: {when: '${ .status == 503 }', exceptWhen: '$error.status == 404', do: [{h: {set: {ok: true}}}]}}}] => {} => {\"ok\":true}",
        "[{t: {try: [{r: {raise: {error: {type: 'https://e.org/x', status: 503}}}}], catch: {}}}, {n: {set: {after: '${ .k }'}}}] => {\"k\":1} => {\"after\":1}",
        "[{o: {try: [{t: {try: [{r: {raise: {error: {type: 'https://e.org/x', status: 503}}}}], catch: {errors: {with: {status: 404}}, do: [{h: {set: {inner: true}}}]}}}], catch: {do: [{h: {set: {outer: true}}}]}}}] => {} => {\"outer\":true}",
        "[{o: {try: [{t: {try: [{r: {raise: {error: {type: 'https://e.org/x', status: 503}}}}], catch: {do: [{h: {raise: {error: {type: 'https://e.org/y', status: 1}}}}]}}}], catch: {do: [{h: {set: {s: '${ $error.status }'}}}]}}}] => {} => {\"s\":1}",
        "[{t: {try: [{r: {raise: {error: {type: '${ .t }', status: 503, detail: '${ .d }'}}}}], catch: {do: [{h: {set: {e: '${ $error.type + $error.detail }'}}}]}}}] => {\"t\":\"a:b\",\"d\":\"c\"} => {\"e\":\"a:bc\"}",
        "[{l: {for: {in: .n}, do: [{t: {try: [{r: {if: $item == 2, raise: {error: {type: 'https://e.org/x', status: 503}}}}, {s: {set: {ok: '${ (.ok // []) + [$item] }', bad: '${ .bad }'}}}], catch: {do: [{h: {set: {ok: '${ .ok }', bad: '${ $item }'}}}]}}}]}}] => {\"n\":[1,2,3]} => {\"ok\":[1,3],\"bad\":2}",
      })
  void shouldCompleteWithTheOutputThatTheLanguageSays(String tasks, String input, String output) {
    Story story = Story.of("do: " + tasks).submit(input);
    assertThat(story.output()).as(story.toString()).isEqualTo(Story.json(output));
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '`',
      value = {
        "[{r: {raise: {error: {type: 'https://e.org/x', status: 400, title: T}}}}] => https://e.org/x => 400 => /do/0/r",
        "[{a: {set: {x: '${ error(\"x\") }'}}}] => https://serverlessworkflow.io/spec/1.0.0/errors/expression => 400 => /do/0/a",
        "[{a: {set: {x: '${ [range(1e12)] }'}}}] => https://serverlessworkflow.io/spec/1.0.0/errors/expression => 400 => /do/0/a",
        "[{l: {for: {in: .nothing}, do: []}}] => https://serverlessworkflow.io/spec/1.0.0/errors/expression => 400 => /do/0/l",
        "[{a: {set: {x: 1}, output: {schema: {document: {required: [y]}}}}}] => https://serverlessworkflow.io/spec/1.0.0/errors/validation => 400 => /do/0/a",
        "[{a: {set: {x: 1}, input: {schema: {document: {type: array}}}}}] => https://serverlessworkflow.io/spec/1.0.0/errors/validation => 400 => /do/0/a",
        "[{a: {emit: {event: {with: {source: '${ 1 }', type: t}}}}}] => https://serverlessworkflow.io/spec/1.0.0/errors/validation => 400 => /do/0/a",
        "[{a: {set: {x: 1}, then: a}}] => https://serverlessworkflow.io/spec/1.0.0/errors/runtime => 500 => /do",
        "[{t: {try: [{r: {raise: {error: {type: 'https://e.org/x', status: 503}}}}], catch: {errors: {with: {status: 404}}, do: []}}}] => https://e.org/x => 503 => /do/0/t/try/0/r",
        "[{t: {try: [{r: {raise: {error: {type: 'https://e.org/x', status: 503}}}}], catch: {exceptWhen: .status == 503, do: []}}}] => https://e.org/x => 503 => /do/0/t/try/0/r",
      })
  void shouldFailWithTheErrorThatTheLanguageSays(
      String tasks, String type, int status, String instance) {
    WorkflowError error = Story.of("do: " + tasks).submit("{}").error();
    assertThat(error.type()).isEqualTo(type);
    assertThat(error.status()).isEqualTo(status);
    assertThat(error.instance()).isEqualTo(instance);
  }

  @Test
  void shouldPublishWhatIsEmittedWithTheAttributesOfACloudEvent() {
    Story story =
        Story.of(
                "do: [{e: {emit: {event: {with: {source: 'https://s.org', type: greeted, data: {hi: '${ .name }'}}}}}}]")
            .submit("{\"name\":\"Jo\"}");
    assertThat(story.kinds())
        .containsExactly(
            "Started", "PENDING>RUNNING", "EventEmitted", "RUNNING>COMPLETED", "Completed");
    Event.EventEmitted emitted = (Event.EventEmitted) story.history.get(2);
    assertThat(emitted.event())
        .isEqualTo(
            Story.json(
                """
                {"source":"https://s.org","type":"greeted","data":{"hi":"Jo"},"specversion":"1.0",
                 "id":"01930000-0000-7000-8000-000000000001-1","time":"2026-11-21T12:00:00Z"}
                """));
    assertThat(story.output()).isEqualTo(emitted.event());
  }

  @Test
  void shouldTransformTheInputAndTheOutputOfTheWorkflow() {
    Story story =
        Story.of(
                "input: {from: .inner}\noutput: {as: '{result: .x}'}\ndo: [{a: {set: {x: '${ .k }'}}}]")
            .submit("{\"inner\":{\"k\":5}}");
    assertThat(story.output()).isEqualTo(Story.json("{\"result\":5}"));
  }

  @Test
  void shouldRefuseAnInputThatBreaksTheSchemaOfTheWorkflow() {
    Story story =
        Story.of("input: {schema: {document: {required: [k]}}}\ndo: [{a: {set: {x: 1}}}]")
            .submit("{}");
    assertThat(story.last)
        .isInstanceOfSatisfying(
            Decision.Refused.class,
            refused -> assertThat(refused.reason()).isEqualTo(Decision.Reason.INPUT_INVALID));
    assertThat(story.history).isEmpty();
  }

  /** Each check alone takes a thousandth of what one decision may. */
  @Test
  void shouldGiveAllChecksOfADecisionOneBudget() {
    String numbers = IntStream.range(0, 3_400).mapToObj(String::valueOf).collect(joining(","));
    Story story =
        Story.of(
                "do: [{l: {for: {in: .n}, do: [{m: {set: {n: '${ .n }'}, input: {schema: {document: {properties: {n: {items: {type: number}}}}}}}}]}}]")
            .submit("{\"n\":[" + numbers + "]}");
    assertThat(story.error().detail()).contains("takes more than 10,000,000 steps");
  }
}
