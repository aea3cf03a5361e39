// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.api.intelligence.v1.Analysis;
import dev.omnibridge.intelligence.rpc.AnalysisCache.Key;
import dev.omnibridge.intelligence.rpc.AnalysisCache.Made;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AnalysisCacheTest {
  private final AnalysisCache cache = new AnalysisCache(() -> 0);

  private static Key key(int number) {
    return new Key("%064x".formatted(number), "a.txt", false);
  }

  private long keptOf(int count, int bytes) {
    var analysis = Analysis.newBuilder().setContentType("x".repeat(bytes)).build();
    IntStream.range(0, count).forEach(i -> cache.put(key(i), new Made(analysis, 1, null)));
    return IntStream.range(0, count).filter(i -> cache.get(key(i)) != null).count();
  }

  @Test
  void shouldKeepAThousandAnalysesOfUsualSize() {
    assertThat(keptOf(1_100, 5_000)).isEqualTo(1_000);
  }

  @Test
  void shouldKeepFewerWhenTheyAreLarge() {
    assertThat(keptOf(100, 1_000_000)).isEqualTo(15);
  }
}
