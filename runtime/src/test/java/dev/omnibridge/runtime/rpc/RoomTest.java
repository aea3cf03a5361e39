// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who gets room, and when. */
class RoomTest {
  private final Room room = new Room(10);
  private final List<String> granted = new ArrayList<>();

  private Room.Share take(String name, int bytes) {
    return room.take(bytes, () -> granted.add(name));
  }

  @Test
  void shouldGiveWhatThereIsAtOnce() {
    assertThat(take("a", 4).isGranted()).isTrue();
    assertThat(take("b", 6).isGranted()).isTrue();
    assertThat(take("c", 1).isGranted()).isFalse();
    assertThat(granted).isEmpty();
  }

  @Test
  void shouldServeWhoAskedFirstEvenIfALaterOneWouldFit() {
    var first = take("first", 8);
    var large = take("large", 9);
    var small = take("small", 1);
    assertThat(small.isGranted()).isFalse();
    first.free();
    assertThat(large.isGranted()).isTrue();
    assertThat(granted).containsExactly("large", "small");
  }

  @Test
  void shouldServeTheNextWhenOneNoLongerWaits() {
    var first = take("first", 8);
    var large = take("large", 9);
    var small = take("small", 2);
    large.free();
    assertThat(small.isGranted()).isTrue();
    assertThat(granted).containsExactly("small");
    first.free();
    small.free();
    assertThat(take("all", 10).isGranted()).isTrue();
  }

  @Test
  void shouldTellThoseAfterOneWhoFailsToHear() {
    var first = take("first", 10);
    room.take(
        2,
        () -> {
          throw new IllegalStateException("deaf");
        });
    var later = take("later", 3);
    assertThatThrownBy(first::free).hasMessage("deaf");
    assertThat(later.isGranted()).isTrue();
    assertThat(granted).containsExactly("later");
  }
}
