// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReconciledTest {
  @Test
  void shouldNotBeWholeWhenAnythingWasLost() {
    assertThat(Reconciled.nothing(1).whole()).isTrue();
    assertThat(of(0, 0, List.of()).whole()).isTrue();
    assertThat(of(1, 0, List.of()).whole()).isFalse();
    assertThat(of(0, 1, List.of()).whole()).isFalse();
    assertThat(of(0, 0, List.of("a definition")).whole()).isFalse();
  }

  private static Reconciled of(long damaged, long unplaced, List<String> definitions) {
    return new Reconciled(1, 9, damaged, 5, 2, 1, unplaced, List.of(), definitions);
  }
}
