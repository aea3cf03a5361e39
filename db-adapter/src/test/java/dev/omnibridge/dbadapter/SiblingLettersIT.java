// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.Letters.by;
import static dev.omnibridge.dbadapter.Letters.letter;
import static dev.omnibridge.dbadapter.Letters.reasonOf;
import static dev.omnibridge.dbadapter.Letters.redrive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.api.log.v1.DeadLetterFilter;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.RedriveDeadLettersRequest;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Letters of the same record: publishing it once for each would double it each time. */
class SiblingLettersIT {
  private static final String TOPIC = "test.omninode-bridge.metadata.events.v1";

  private final RunningDbAdapter adapter =
      RunningDbAdapter.start(MigratedDatabase.fresh(), config -> config);
  private final Letters letters = new Letters(adapter.channel());

  @AfterEach
  void stop() {
    adapter.close();
  }

  /** Two records, and two consumers that gave up both. */
  private void bury() {
    letters.write(List.of(letter(TOPIC, "{}"), letter(TOPIC, "{}")));
    var others = Given.append().addPositions(Given.move("other", 0, -1, 2));
    for (int offset = 0; offset < 2; offset++) {
      others.addDeadLetters(
          letter(TOPIC, "{}")
              .setPartition(Given.move("other", 0, -1, 2).getPartition())
              .setOffset(offset));
    }
    var unused = LogServiceGrpc.newBlockingStub(adapter.channel()).append(others.build());
    assertThat(letters.open()).hasSize(4);
  }

  @Test
  void shouldTakeTheLettersOfARecordAlongWithTheOneThatIsRedriven() {
    bury();
    long first = letters.open().get(0).getLetterId();
    long sibling = letters.open().get(2).getLetterId();
    var unused = letters.service().redriveDeadLetter(redrive(first).build());

    assertThat(letters.open()).hasSize(2);
    assertThat(reasonOf(() -> letters.service().redriveDeadLetter(redrive(sibling).build())))
        .isEqualTo("DEAD_LETTER_NOT_OPEN");
    assertThat(letters.get(sibling).getActionsList()).hasSize(1);
    assertThat(letters.get(sibling).getRedrivesList()).isEmpty();
  }

  @Test
  void shouldPublishEachRecordOnceInARedriveOfMany() {
    bury();
    var all =
        RedriveDeadLettersRequest.newBuilder()
            .setFilter(DeadLetterFilter.newBuilder().setTopic(TOPIC))
            .setContext(by("ada@host"))
            .build();
    var answer = letters.service().redriveDeadLetters(all);
    assertThat(answer.getEligible()).isEqualTo(2);
    assertThat(answer.getSkipped()).isEqualTo(2);
    assertThat(letters.open()).isEmpty();
  }
}
