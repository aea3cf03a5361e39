// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.dbadapter.log.RedriveRules.Letter;
import dev.omnibridge.runtime.Fault;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every pair of a letter and a wish has one answer; the first bound that is hit is told. */
class RedriveRulesTest {
  private final RedriveRules rules = new RedriveRules(Set.of("known"), 5);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # topic  | open  | poison | count | bytes   | missing | edited | force | refused for
          known    | true  | false  | 0     | 10      | false   | false  | false | -
          known    | true  | false  | 4     | 10      | false   | false  | false | -
          known    | true  | true   | 0     | 10      | false   | true   | false | -
          known    | true  | true   | 0     | 10      | false   | false  | true  | -
          known    | true  | true   | 4     | 10      | false   | true   | true  | -
          known    | true  | false  | 0     | 1000000 | false   | false  | false | -
          known    | true  | true   | 0     | 10      | false   | false  | false | REDRIVE_NEEDS_FORCE
          known    | false | false  | 0     | 10      | false   | false  | false | DEAD_LETTER_NOT_OPEN
          known    | false | true   | 9     | 9999999 | false   | true   | true  | DEAD_LETTER_NOT_OPEN
          known    | true  | false  | 5     | 10      | false   | false  | false | REDRIVE_LIMIT_REACHED
          known    | true  | true   | 5     | 10      | false   | true   | true  | REDRIVE_LIMIT_REACHED
          known    | true  | true   | 7     | 10      | false   | false  | true  | REDRIVE_LIMIT_REACHED
          other    | true  | false  | 0     | 10      | false   | false  | false | REDRIVE_TOPIC_UNKNOWN
          other    | true  | true   | 0     | 10      | false   | true   | true  | REDRIVE_TOPIC_UNKNOWN
          known    | true  | false  | 0     | 1000001 | false   | false  | false | REDRIVE_TOO_LARGE
          known    | true  | true   | 0     | 1000001 | false   | true   | true  | REDRIVE_TOO_LARGE
          known    | true  | true   | 0     | 10      | true    | true   | true  | REDRIVE_VALUE_OMITTED
          known    | true  | false  | 0     | 10      | true    | false  | false | REDRIVE_VALUE_OMITTED
          known    | true  | true   | 5     | 10      | true    | false  | true  | REDRIVE_LIMIT_REACHED
          """)
  void shouldSayWhyALetterMayNotBeRedriven(
      String topic,
      boolean open,
      boolean poison,
      int count,
      long bytes,
      boolean missing,
      boolean edited,
      boolean force,
      String reason) {
    var letter = new Letter(7, topic, open, poison, count, bytes, missing);
    assertThat(rules.refusal(letter, edited, force).map(Fault::reason).orElse("-"))
        .isEqualTo(reason);
  }
}
