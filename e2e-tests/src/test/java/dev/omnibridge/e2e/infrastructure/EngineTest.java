// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.infrastructure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EngineTest {
  @Test
  void shouldKnowTheVersionOfAnApi() {
    assertThat(Engine.isApiVersion("1.41")).isTrue();
    assertThat(Engine.isApiVersion("1.9")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<no value>",
        "5.4.2",
        "1",
        "1.41 ",
        "1.41\n1.41",
        "Emulate Docker CLI using podman.\n1.41"
      })
  void shouldNotTakeSomethingElseForOne(String text) {
    assertThat(Engine.isApiVersion(text)).isFalse();
  }
}
