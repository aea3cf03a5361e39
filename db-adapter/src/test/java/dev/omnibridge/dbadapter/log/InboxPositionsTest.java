// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.dbadapter.log.Append.Move;
import dev.omnibridge.dbadapter.log.Append.Partition;
import org.junit.jupiter.api.Test;

class InboxPositionsTest {
  private static final Partition ONE = new Partition("db-adapter", "c", "t", 1);
  private static final Partition TWO = new Partition("db-adapter", "c", "t", 2);

  private final InboxPositions positions = new InboxPositions();

  @Test
  void shouldMoveFromWhatIsStoredToWhatIsPassed() {
    positions.passed(ONE, -1, 5);
    positions.passed(TWO, 7, 8);
    positions.passed(ONE, 5, 9);
    assertThat(positions.moves()).containsExactly(new Move(ONE, -1, 9), new Move(TWO, 7, 8));
  }

  @Test
  void shouldStartAgainWhereThePumpHasReadThePositionsAnew() {
    positions.passed(ONE, -1, 5);
    positions.passed(ONE, 3, 6);
    assertThat(positions.moves()).containsExactly(new Move(ONE, 3, 6));
    positions.clear();
    assertThat(positions.moves()).isEmpty();
  }
}
