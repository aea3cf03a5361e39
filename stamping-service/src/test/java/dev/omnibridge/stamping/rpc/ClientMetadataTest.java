// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.runtime.Fault;
import org.junit.jupiter.api.Test;

class ClientMetadataTest {
  @Test
  void shouldKeepEverythingThatMeansSomething() {
    assertThat(ClientMetadata.normal("")).isEqualTo("{}");
    assertThat(
            ClientMetadata.normal(" { \"b\" : [1.50, 12345678901234567890.5, null], \"a\":{} } "))
        .isEqualTo("{\"b\":[1.50,12345678901234567890.5,null],\"a\":{}}");
    assertThat(ClientMetadata.normal("{\"\\u00e9\":\"\\ud83d\\ude00\"}"))
        .isEqualTo("{\"\u00e9\":\"\ud83d\ude00\"}");
  }

  @Test
  void shouldRefuseWhatTheLogOrTheDatabaseCannotHold() {
    for (String metadata :
        new String[] {
          "[]",
          "\"text\"",
          "null",
          " ",
          "{",
          "{} {}",
          "{\"a\":NaN}",
          "{\"a\":\"\\u0000\"}",
          "{\"\\u0000\":1}",
          "{\"a\":[\"\\ud800\"]}",
          "{\"a\":1e1001}",
          "{\"a\":1e-1001}",
          "{\"a\":1e2147483648}",
          "{\"a\":" + "[".repeat(100) + "]".repeat(100) + "}"
        }) {
      assertThatThrownBy(() -> ClientMetadata.normal(metadata))
          .as(metadata)
          .isInstanceOfSatisfying(
              Fault.class, fault -> assertThat(fault.reason()).isEqualTo("INVALID_METADATA"));
    }
  }
}
