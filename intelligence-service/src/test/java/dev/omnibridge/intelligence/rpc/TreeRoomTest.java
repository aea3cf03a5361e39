// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.intelligence.tree.ProjectTree;
import org.junit.jupiter.api.Test;

class TreeRoomTest {
  private static final long ALL = ProjectTree.MOST_BYTES;

  private final TreeRoom room = new TreeRoom();

  @Test
  void shouldLetTreesShareTheRoomAndTellTheOneThatComesTooLateToTryAgain() {
    assertThat(room.take(ALL - 10, ALL - 10)).isNull();
    assertThat(room.take(10, 10)).isNull();
    assertThat(room.take(1, 11).reason()).isEqualTo("TREES_BUSY");
    room.give(11);
    assertThat(room.take(10, ALL)).isNull();
  }

  @Test
  void shouldTellATreeThatIsTooLargeByItselfToComeInParts() {
    assertThat(room.take(ALL + 1, ALL + 1).sentence())
        .isEqualTo("A tree has at most 48 MiB of paths and names; analyse a part of it.");
  }
}
