// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping;

import dev.omnibridge.runtime.Env;
import java.time.Duration;

/**
 * Everything the stamping service can be told from outside, with its defaults.
 *
 * @param storeTimeout longest wait for one answer of the store
 * @param contentTimeout longest time for reading and hashing stored content
 * @param uploadIdle longest pause of a client in the middle of an upload
 * @param batchConcurrency items of one batch that are worked on at the same time
 * @param hashThreads threads that hash what is too large for an event loop
 */
public record StampingConfig(
    Duration storeTimeout,
    Duration contentTimeout,
    Duration uploadIdle,
    int batchConcurrency,
    int hashThreads) {

  /** Reads the environment. */
  public static StampingConfig from(Env env) {
    return env.check(
        new StampingConfig(
            env.duration("STAMPING_STORE_TIMEOUT", Duration.ofSeconds(5)),
            env.duration("STAMPING_CONTENT_TIMEOUT", Duration.ofMinutes(5)),
            env.duration("STAMPING_UPLOAD_IDLE", Duration.ofSeconds(30)),
            env.integer("STAMPING_BATCH_CONCURRENCY", 10, 1, 50),
            env.integer("STAMPING_HASH_THREADS", 2, 1, 256)));
  }
}
