// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer;

import dev.omnibridge.reducer.fold.Windows;
import dev.omnibridge.runtime.Env;
import dev.omnibridge.runtime.stream.PumpConfig;
import dev.omnibridge.runtime.stream.PumpConfig.Assignment;
import java.time.Duration;
import java.util.List;

/**
 * Everything the reducer can be told from outside, with its defaults.
 *
 * @param kafka Kafka's addresses
 * @param environment prefix of the topics
 * @param sole true when no other reducer shares the partitions
 * @param batch most records of one batch
 * @param gather how long a batch waits for more after its first record
 * @param cachedStreams most views kept in memory
 * @param conflictRetries how often a conflict is retried before giving up
 * @param leastJitter shortest pause before such a retry
 * @param mostJitter longest pause before such a retry
 * @param maxWait how long a read waits for a version when the request does not say
 * @param windows shape of the time windows
 */
public record ReducerConfig(
    String kafka,
    String environment,
    boolean sole,
    int batch,
    Duration gather,
    int cachedStreams,
    int conflictRetries,
    Duration leastJitter,
    Duration mostJitter,
    Duration maxWait,
    Windows.Shape windows) {

  /** Reads the environment, or reports everything that is wrong with it. */
  public static ReducerConfig from(Env env) {
    return env.check(
        new ReducerConfig(
            env.text("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092"),
            env.text("OMNIBRIDGE_ENVIRONMENT", "dev"),
            env.flag("REDUCER_SOLE", false),
            env.integer("REDUCER_BATCH", 500, 1, 5_000),
            Duration.ofMillis(env.integer("REDUCER_GATHER_MILLIS", 40, 0, 500)),
            env.integer("REDUCER_CACHED_STREAMS", 50_000, 0, 10_000_000),
            env.integer("REDUCER_CONFLICT_RETRIES", 3, 0, 100),
            env.durationOrZero("REDUCER_LEAST_JITTER", Duration.ofMillis(10)),
            env.durationOrZero("REDUCER_MOST_JITTER", Duration.ofMillis(250)),
            env.durationOrZero("REDUCER_MAX_WAIT", Duration.ofMillis(200)),
            new Windows.Shape(
                seconds(env, "REDUCER_WINDOW_LENGTH_SECONDS", 5, 60),
                seconds(env, "REDUCER_WINDOW_EVERY_SECONDS", 4, 60),
                seconds(env, "REDUCER_WINDOWS_KEPT_SECONDS", 60, 600))));
  }

  private static Duration seconds(Env env, String name, int fallback, int most) {
    return Duration.ofSeconds(env.integer(name, fallback, 1, most));
  }

  /** The pump over these topics. */
  PumpConfig pump(List<String> topics) {
    return PumpConfig.of(kafka, environment, "reducer", topics)
        .withMaxRecords(batch)
        .withGather(gather)
        .withAssignment(sole ? Assignment.ALL : Assignment.GROUP);
  }
}
