// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

/** What values are taken to weigh, beside what a heap was seen to hold for them. */
class WeightTest {
  private static JsonNode json(String text) throws Exception {
    return new ObjectMapper().readTree(text);
  }

  @Test
  void shouldWeighASmallObjectAsManyTimesItsText() throws Exception {
    assertThat(Weight.of(json("{\"id\":1,\"name\":\"abc\",\"v\":1.5}"))).isBetween(372L, 500L);
  }

  @Test
  void shouldWeighATextAsItsCharacters() throws Exception {
    assertThat(Weight.of(json("\"" + "a".repeat(200_000) + "\""))).isBetween(200_000L, 201_000L);
    assertThat(Weight.of(json("\"" + "\u4e16".repeat(80_000) + "\"")))
        .isBetween(160_000L, 161_000L);
  }

  @Test
  void shouldWeighWhatIsNearlyEmptyForWhatItTakesNevertheless() throws Exception {
    assertThat(Weight.of(json("[" + "{},".repeat(10_000) + "[]]"))).isGreaterThan(800_000);
    assertThat(Weight.of(json("[" + "0,".repeat(10_000) + "true]"))).isBetween(200_000L, 400_000L);
  }
}
