// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.Letters.by;
import static dev.omnibridge.dbadapter.Letters.letter;
import static dev.omnibridge.dbadapter.Letters.reasonOf;
import static dev.omnibridge.dbadapter.Letters.redrive;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.api.log.v1.DeadLetterFilter;
import dev.omnibridge.api.log.v1.DeadLetterState;
import dev.omnibridge.api.log.v1.RecordEdit;
import dev.omnibridge.api.log.v1.RecordHeader;
import dev.omnibridge.api.log.v1.RedriveDeadLettersRequest;
import dev.omnibridge.api.log.v1.RedriveVerdict;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Letters whose value was left out for its size, which no redrive may take for a null one. */
class LettersWithoutValueIT {
  private static final String TOPIC = "test.omninode-bridge.metadata.events.v1";
  private static final ByteString TOO_LARGE = ByteString.copyFromUtf8("too large");

  private final RunningDbAdapter adapter =
      RunningDbAdapter.start(MigratedDatabase.fresh(), config -> config);
  private final Letters letters = new Letters(adapter.channel());

  @AfterEach
  void stop() {
    adapter.close();
  }

  private static DeadLetter.Builder withHeader(DeadLetter.Builder letter, String key) {
    return letter.addHeaders(RecordHeader.newBuilder().setKey(key).setValue(TOO_LARGE));
  }

  private long omitted() {
    letters.write(
        List.of(
            withHeader(letter(TOPIC, "").clearValue(), "ob_value_omitted"),
            withHeader(letter(TOPIC, "{}"), "ob_value_omitted"),
            withHeader(letter(TOPIC, "").clearValue(), "ob_headers_omitted"),
            letter(TOPIC, "").clearValue()));
    return letters.all().getFirst().getLetterId();
  }

  @Test
  void shouldNotPublishANullValueInPlaceOfTheOneThatWasLeftOut() {
    long id = omitted();
    var noValue =
        RecordEdit.newBuilder().addSetHeaders(RecordHeader.newBuilder().setKey("fixed")).build();
    for (var asked : List.of(redrive(id), redrive(id).setEdit(noValue))) {
      for (boolean force : List.of(true, false)) {
        assertThat(
                reasonOf(() ->
                    letters.service().redriveDeadLetter(asked.clone().setForce(force).build())))
            .isEqualTo("REDRIVE_VALUE_OMITTED");
      }
    }
    assertThat(letters.open()).hasSize(4);

    var edit = RecordEdit.newBuilder().setValue(ByteString.copyFromUtf8("{}")).build();
    var forced = redrive(id).setEdit(edit).setForce(true).build();
    assertThat(letters.service().redriveDeadLetter(forced).getRedrive().getValueEdited()).isTrue();
    assertThat(letters.get(id).getLetter().getState())
        .isEqualTo(DeadLetterState.DEAD_LETTER_STATE_REDRIVING);
  }

  @Test
  void shouldPassItByWhenManyAreRedriven() {
    long id = omitted();
    for (boolean dry : List.of(true, false)) {
      var request =
          RedriveDeadLettersRequest.newBuilder()
              .setFilter(DeadLetterFilter.newBuilder().setTopic(TOPIC))
              .setForce(true)
              .setDryRun(dry)
              .setContext(by("ada@host"))
              .build();
      assertThat(letters.service().redriveDeadLetters(request).getVerdictsList())
          .extracting(RedriveVerdict::getSkipReason)
          .containsExactly("REDRIVE_VALUE_OMITTED", "", "", "");
    }
    assertThat(letters.open()).extracting(letter -> letter.getLetterId()).containsExactly(id);
  }
}
