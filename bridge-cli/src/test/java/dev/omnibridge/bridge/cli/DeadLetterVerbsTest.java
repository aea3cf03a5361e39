// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.omnibridge.api.log.v1.DeadLetterFilter;
import dev.omnibridge.api.log.v1.DeadLetterPart;
import dev.omnibridge.api.log.v1.DeadLetterState;
import dev.omnibridge.api.log.v1.DiscardDeadLettersRequest;
import dev.omnibridge.api.log.v1.ListDeadLettersRequest;
import dev.omnibridge.api.log.v1.RedriveDeadLetterRequest;
import dev.omnibridge.api.log.v1.RedriveDeadLettersRequest;
import dev.omnibridge.bridge.FakeDeadLetters;
import dev.omnibridge.bridge.FakeOrchestrator;
import dev.omnibridge.bridge.TestSetting;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeadLetterVerbsTest {
  @TempDir private Path home = Path.of("");

  private final FakeDeadLetters letters = new FakeDeadLetters();
  private final FakeOrchestrator suite;

  DeadLetterVerbsTest() throws IOException {
    suite = new FakeOrchestrator(letters);
  }

  @AfterEach
  void stop() {
    suite.close();
  }

  private TestSetting command() {
    return new TestSetting(home).with("OMNIBRIDGE_ADDRESS", suite.address()).with("USER", "ada");
  }

  private TestSetting ran(String... arguments) {
    var command = command();
    assertThat(command.run(arguments)).as(command.err()).isZero();
    return command;
  }

  private <Q> Q asked(Class<Q> question) {
    return question.cast(letters.asked.getLast());
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "show", "redrive", "discard", "history"})
  void shouldExplainEveryVerbWithExamplesAndExitCodes(String verb) {
    assertThat(ran("dead-letters", verb, "--help").out())
        .contains("Usage: bridge dead-letters " + verb)
        .contains("Exit codes:", "4   the suite cannot be reached")
        .contains("Examples:", "./bridge dead-letters " + verb);
  }

  @Test
  void shouldListTheOpenOnesWithAllFiltersAndTurnPages() {
    var command =
        ran(
            "dead-letters list --topic t --consumer c --error-class POISON --error-reason R"
                .concat(" --correlation 01931b2e-0000-7000-8000-000000000001 --type a.v1")
                .concat(" --since 10m --until 2026-11-21T11:59:00Z --oldest-first --limit 3")
                .split(" "));
    var question = asked(ListDeadLettersRequest.class);
    assertThat(letters.asked).hasSize(2);
    assertThat(question.getPageToken()).isEqualTo("2");
    assertThat(question.getPageSize()).isOne();
    assertThat(question.getOldestFirst()).isTrue();
    var filter = question.getFilter();
    assertThat(filter.getTopic() + filter.getConsumer() + filter.getErrorReason()).isEqualTo("tcR");
    assertThat(filter.getEventType()).isEqualTo("a.v1");
    assertThat(filter.getCorrelationId()).hasSize(36);
    assertThat(filter.getState()).isEqualTo(DeadLetterState.DEAD_LETTER_STATE_OPEN);
    assertThat(Amounts.instant(filter.getSince())).isEqualTo(TestSetting.NOON.minusSeconds(600));
    assertThat(command.out().lines()).hasSize(4);
    assertThat(command.out()).contains("dev.things.v1", "ENVELOPE_MALFORMED", "OPEN");
    assertThat(command.err())
        .contains("--page-token 3 --since 2026-11-21T11:50:00Z --until 2026-11-21T11:59:00Z");
  }

  @ParameterizedTest
  @ValueSource(strings = {"list --limit 1", "redrive --all --dry-run"})
  void shouldGoOnWithTheSameTimesWhenTheHintIsFollowed(String verb) {
    String line = "dead-letters " + verb;

    var first = ran((line + " --since 10m --until 2026-11-21T11:59:00Z").split(" "));
    var unused = ran((line + " " + hint(first)).split(" "));

    Message went = letters.asked.getLast();
    assertThat(filter(went)).isEqualTo(filter(letters.asked.getFirst()));
    assertThat(filter(went).hasSince() && filter(went).hasUntil()).isTrue();
    assertThat(went.toString()).contains("page_token: \"1\"");
  }

  /** The options that it tells. */
  static String hint(TestSetting command) {
    return command.err().replaceAll("(?s).*there is more: the same again but with (.*)\n", "$1");
  }

  private static DeadLetterFilter filter(Message asked) {
    return asked instanceof ListDeadLettersRequest list
        ? list.getFilter()
        : ((RedriveDeadLettersRequest) asked).getFilter();
  }

  @Test
  void shouldListEveryStateWhenAskedForAny() {
    var unused = ran("dead-letters", "list", "--state", "any", "--limit", "1");
    assertThat(asked(ListDeadLettersRequest.class).getFilter().getState())
        .isEqualTo(DeadLetterState.DEAD_LETTER_STATE_UNSPECIFIED);
  }

  @Test
  void shouldShowTheRecordInTheFormThatFitsOrIsAskedFor() throws IOException {
    assertThat(ran("dead-letters", "show", "17").out())
        .contains("letter      17  OPEN", "origin = probe", "\"a\" : 1", "came back as 18");
    assertThat(ran("dead-letters", "show", "17", "--as", "hex").out()).contains("7b2261223a317d");
    assertThat(ran("dead-letters", "show", "17", "--as", "base64").out()).contains("eyJhIjoxfQ==");
    assertThat(ran("dead-letters", "show", "17", "--as", "utf8").out()).contains("{\"a\":1}");
    letters.value = ByteString.copyFrom(new byte[] {27, '[', (byte) 0xff});
    assertThat(ran("dead-letters", "show", "17").out()).contains("1b5bff").doesNotContain("\033");
    var json = ran("dead-letters", "show", "17", "-o", "json");
    assertThat(json.err()).isEmpty();
    JsonNode document = new ObjectMapper().readTree(json.out());
    assertThat(document.at("/record/value").asText()).isEqualTo("G1v/");
    assertThat(document.at("/valueText").asText()).isEqualTo("1b5bff");
    var command = command();
    assertThat(command.run("dead-letters", "show", "17", "--as", "json")).isEqualTo(2);
    assertThat(command.err()).contains("The bytes are no json");
  }

  @Test
  void shouldShowJsonWithoutWhatWouldMoveTheCursor() {
    letters.value = ByteString.copyFromUtf8("{\"a\":\"\u009b2J\"}");

    assertThat(ran("dead-letters", "show", "17").out())
        .contains("\"a\" : \"\\u009b2J\"")
        .doesNotContain("\u009b");
  }

  @Test
  void shouldSayWhatIsLeftOutInsteadOfCallingItNull() {
    letters.omitted =
        List.of(
            DeadLetterPart.DEAD_LETTER_PART_VALUE,
            DeadLetterPart.DEAD_LETTER_PART_HEADERS,
            DeadLetterPart.DEAD_LETTER_PART_KEY,
            DeadLetterPart.DEAD_LETTER_PART_REDRIVES,
            DeadLetterPart.DEAD_LETTER_PART_ACTIONS);
    var command = ran("dead-letters", "show", "17");
    assertThat(command.out())
        .containsPattern("key +too large for an answer")
        .containsPattern("headers +too large for an answer")
        .containsPattern("value +5.*, too large for an answer")
        .contains("not all are told")
        .doesNotContain("null");
    assertThat(command.err()).contains("./bridge dead-letters history 17");
    assertThat(ran("dead-letters", "show", "17", "-o", "json").err())
        .contains("too large for an answer: value, headers, key, redrives, actions");
  }

  @Test
  void shouldRedriveOneWithWhatIsChangedAndKeepItsRequestIdOverRetries() throws IOException {
    Path fixed = Files.write(home.resolve("fixed"), new byte[] {1, (byte) 0xff});
    letters.faults.add(Fault.unavailable("DATABASE_AWAY", "Not now.", null));
    var command =
        ran(
            "dead-letters",
            "redrive",
            "17",
            "--value",
            "@" + fixed,
            "--header",
            "a=b=c",
            "--remove-header",
            "d",
            "--force",
            "--reason",
            "fixed",
            "--wait");
    var attempts = letters.asked.subList(0, 2);
    assertThat(attempts.getFirst()).isEqualTo(attempts.getLast());
    var request = (RedriveDeadLetterRequest) attempts.getFirst();
    assertThat(request.getEdit().getValue()).isEqualTo(ByteString.copyFrom(new byte[] {1, -1}));
    assertThat(request.getEdit().getSetHeaders(0).getKey()).isEqualTo("a");
    assertThat(request.getEdit().getSetHeaders(0).getValue().toStringUtf8()).isEqualTo("b=c");
    assertThat(request.getEdit().getRemoveHeadersList()).containsExactly("d");
    assertThat(request.getForce()).isTrue();
    assertThat(request.getContext().getActor()).startsWith("ada@");
    assertThat(request.getContext().getReason()).isEqualTo("fixed");
    assertThat(command.out())
        .contains("letter 17 goes to dev.things.v1 again")
        .contains("1 published, 0 waiting, 0 refused by their topics, 0 came back");
  }

  @Test
  void shouldChangeNothingOfARecordUnlessToldTo() {
    var unused = ran("dead-letters", "redrive", "17");
    assertThat(asked(RedriveDeadLetterRequest.class).hasEdit()).isFalse();
  }

  @Test
  void shouldTellOfADryRunWhatWouldBeDoneAndWhatNot() {
    var command =
        ran(
            "dead-letters redrive --all --topic t --dry-run --limit 7 --rate 9 --newest-first"
                .split(" "));
    var request = asked(RedriveDeadLettersRequest.class);
    assertThat(request.getDryRun() && request.getNewestFirst()).isTrue();
    assertThat(request.getLimit()).isEqualTo(7);
    assertThat(request.getPerSecond()).isEqualTo(9);
    assertThat(request.getFilter().getState()).isEqualTo(DeadLetterState.DEAD_LETTER_STATE_OPEN);
    assertThat(command.out())
        .contains("ELIGIBLE", "SKIP", "REDRIVE_NEEDS_FORCE")
        .contains("1 would be redriven, 1 would be skipped; nothing was changed");
  }

  @Test
  void shouldDiscardAndTellTheHistory() {
    assertThat(ran("dead-letters", "discard", "1", "2", "--reason", "x", "--actor", "me").out())
        .isEqualTo("2 discarded\n");
    assertThat(asked(DiscardDeadLettersRequest.class).getContext().getActor()).isEqualTo("me");
    assertThat(ran("dead-letters", "history", "17", "--by", "ada@host").out())
        .contains("DISCARD", "ada@host", "of a load test");
    assertThat(
            ran("dead-letters", "history", "--request", "01931b2e-0000-7000-8000-000000000001")
                .out())
        .contains("0 published, 1 waiting");
  }

  @Test
  void shouldEndWithSixWhenTheServerRefuses() {
    letters.faults.add(Fault.of(Kind.REFUSED, "REDRIVE_NEEDS_FORCE", "It is poison."));
    var command = command();
    assertThat(command.run("dead-letters", "redrive", "17")).isEqualTo(6);
    assertThat(command.err()).startsWith("bridge: It is poison.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          dead-letters                              | Say what to do with them: list, show
          dead-letters redrive                      | Give the number of a letter, or --all
          dead-letters redrive 1 --all              | Give the number of a letter, or --all
          dead-letters redrive --all --value x      | Only one letter at a time can be changed.
          dead-letters redrive 1 --dry-run          | --dry-run goes with --all.
          dead-letters redrive 1 --limit 5          | --limit goes with --all.
          dead-letters redrive 1 --rate 5           | --rate goes with --all.
          dead-letters redrive 1 --newest-first     | --newest-first goes with --all.
          dead-letters redrive 1 --page-token x     | --page-token goes with --all.
          dead-letters redrive 1 --topic t          | --topic goes with --all.
          dead-letters redrive 1 --state open       | --state goes with --all.
          dead-letters redrive 1 --until 1d         | --until goes with --all.
          dead-letters redrive 1 --header x         | 'x' is no header; give KEY=VALUE.
          dead-letters redrive 1 --value @/no/file  | There is no file /no/file.
          dead-letters redrive one                  | 'one'
          dead-letters discard                      | Missing required parameter: 'ID'
          dead-letters list --state asleep          | 'asleep'
          dead-letters list --limit 0               | --limit must be 1 or more, not 0.
          """)
  void shouldSayInOneSentenceWhatIsWrongWithTheArguments(String line, String sentence) {
    var command = command();
    assertThat(command.run(line.split(" "))).isEqualTo(2);
    assertThat(command.err()).startsWith("bridge: ").contains(sentence);
    assertThat(letters.asked).isEmpty();
  }
}
