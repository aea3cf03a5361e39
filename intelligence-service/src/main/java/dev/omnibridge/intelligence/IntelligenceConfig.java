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
 * @param eventsQueue analyses whose events may wait to be written; more are let go
 */
public record IntelligenceConfig(
    int maxBytes, int workers, int queue, Duration timeout, int eventsQueue, Similar similar) {
  private static final int MOST_BYTES = 16 << 20;

  /**
   * How artifacts are compared.
   *
   * @param embeddings whether the language model is used; without it texts are compared by words
   * @param index directory of the index; empty for one in memory
   * @param indexMax artifacts in the index; the oldest go
   * @param feed whether the stamps on Kafka are followed
   * @param kafka bootstrap servers
   * @param environment prefix of every topic
   */
  public record Similar(
      boolean embeddings,
      String index,
      int indexMax,
      boolean feed,
      String kafka,
      String environment) {}

  /** Reads and checks the variables. */
  public static IntelligenceConfig from(Env env) {
    int processors = Runtime.getRuntime().availableProcessors();
    return env.check(
        new IntelligenceConfig(
            env.integer("INTELLIGENCE_MAX_BYTES", Sample.DEFAULT_LIMIT, 1024, MOST_BYTES),
            env.integer("INTELLIGENCE_WORKERS", processors, 1, 256),
            env.integer("INTELLIGENCE_QUEUE", 64, 0, 10_000),
            env.duration("INTELLIGENCE_TIMEOUT", Duration.ofSeconds(30)),
            env.integer("INTELLIGENCE_EVENTS_QUEUE", 1_000, 0, 100_000),
            new Similar(
                env.flag("INTELLIGENCE_EMBEDDINGS", true),
                env.text("INTELLIGENCE_INDEX", ""),
                env.integer("INTELLIGENCE_INDEX_MAX", 10_000, 1, 1_000_000),
                env.flag("INTELLIGENCE_FEED", true),
                env.text("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092"),
                env.text("OMNIBRIDGE_ENVIRONMENT", "dev"))));
  }
}
