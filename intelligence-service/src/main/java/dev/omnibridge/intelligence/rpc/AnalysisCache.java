// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.rpc;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.omnibridge.intelligence.index.Features;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Analyses that were made lately, by content and file name: for 300 s, 1,000 at most, and fewer
 * when they are large.
 */
final class AnalysisCache {
  static final Duration KEPT = Duration.ofSeconds(300);
  static final int MOST = 1_000;
  private static final int MOST_BYTES = 16_000_000;

  /**
   * What an analysis depends on.
   *
   * @param fileName as it was given, with its directories
   * @param inTree whether the project tree that was named has the file
   */
  record Key(String contentHash, String fileName, boolean inTree) {}

  /**
   * An analysis as it was made.
   *
   * @param features null for binary content
   */
  record Made(
      dev.omnibridge.api.intelligence.v1.Analysis analysis,
      long nanos,
      @Nullable Features features) {}

  private final Cache<Key, Made> made;

  AnalysisCache(Ticker ticker) {
    made =
        Caffeine.newBuilder()
            .expireAfterWrite(KEPT)
            .maximumWeight(MOST_BYTES)
            .<Key, Made>weigher((_, analysis) -> weight(analysis))
            .ticker(ticker)
            .executor(Runnable::run)
            .build();
  }

  private static int weight(Made made) {
    return Math.max(MOST_BYTES / MOST, made.analysis().getSerializedSize());
  }

  @Nullable Made get(Key key) {
    return made.getIfPresent(key);
  }

  void put(Key key, Made analysis) {
    made.put(key, analysis);
  }
}
