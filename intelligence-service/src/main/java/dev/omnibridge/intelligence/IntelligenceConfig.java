// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence;

import dev.omnibridge.intelligence.analysis.Sample;
import dev.omnibridge.runtime.Env;
import java.time.Duration;

/**
 * Everything the intelligence service can be told from outside.
 *
 * @param maxBytes of a content that are analysed; of a larger one the first part
 * @param workers analyses that run at once
 * @param queue analyses that may wait for their turn; more are refused
 * @param timeout of one analysis, waiting and reading included; a shorter deadline wins
 */
public record IntelligenceConfig(int maxBytes, int workers, int queue, Duration timeout) {
  private static final int MOST_BYTES = 16 << 20;

  /** Reads and checks the variables. */
  public static IntelligenceConfig from(Env env) {
    int processors = Runtime.getRuntime().availableProcessors();
    return env.check(
        new IntelligenceConfig(
            env.integer("INTELLIGENCE_MAX_BYTES", Sample.DEFAULT_LIMIT, 1024, MOST_BYTES),
            env.integer("INTELLIGENCE_WORKERS", processors, 1, 256),
            env.integer("INTELLIGENCE_QUEUE", 64, 0, 10_000),
            env.duration("INTELLIGENCE_TIMEOUT", Duration.ofSeconds(30))));
  }
}
