// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping;

import dev.omnibridge.runtime.Env;
import dev.omnibridge.stamping.rpc.Uploads;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything the stamping service can be told from outside, with its defaults.
 *
 * @param storeTimeout longest wait for one answer of the store
 * @param contentTimeout longest time for reading and hashing stored content
 * @param uploads what uploads may take
 * @param batchConcurrency items of one batch that are worked on at the same time
 * @param hashThreads threads that hash what is too large for an event loop
 * @param roots directories below which files of this machine may be stamped
 * @param clientDigests whether digests that a client computed are taken
 * @param stampLog about the tamper-evident log
 */
public record StampingConfig(
    Duration storeTimeout,
    Duration contentTimeout,
    Uploads.Limits uploads,
    int batchConcurrency,
    int hashThreads,
    List<Path> roots,
    boolean clientDigests,
    StampLogConfig stampLog) {

  private static final long MIB = 1024 * 1024;

  /** Reads the environment. */
  public static StampingConfig from(Env env) {
    return env.check(
        new StampingConfig(
            env.duration("STAMPING_STORE_TIMEOUT", Duration.ofSeconds(5)),
            env.duration("STAMPING_CONTENT_TIMEOUT", Duration.ofMinutes(5)),
            uploads(env),
            env.integer("STAMPING_BATCH_CONCURRENCY", 64, 1, 1000),
            env.integer("STAMPING_HASH_THREADS", 2, 1, 256),
            roots(env),
            env.flag("STAMPING_CLIENT_DIGESTS", true),
            StampLogConfig.from(env)));
  }

  private static Uploads.Limits uploads(Env env) {
    return new Uploads.Limits(
        env.integer("STAMPING_UPLOADS", 256, 1, 100_000),
        env.duration("STAMPING_UPLOAD_KEPT", Duration.ofMinutes(10), Duration.ofSeconds(1)),
        env.duration("STAMPING_UPLOAD_IDLE", Duration.ofSeconds(30)),
        env.integer("STAMPING_UPLOAD_MAX_MIB", 64 * 1024, 1, Integer.MAX_VALUE) * MIB);
  }

  /** Absolute, with commas between them. */
  private static List<Path> roots(Env env) {
    String text = env.text("STAMPING_ROOTS", "");
    List<Path> roots = new ArrayList<>();
    for (String name : text.isBlank() ? new String[0] : text.split(",")) {
      try {
        Path root = Path.of(name.strip());
        if (root.isAbsolute() && Files.isDirectory(root)) {
          roots.add(root.normalize());
          continue;
        }
      } catch (InvalidPathException notAPath) {
        // Falls through to the one message that names variable, value and need.
      }
      env.refuse("STAMPING_ROOTS", text, "absolute paths of directories, with commas, are needed");
    }
    return List.copyOf(roots);
  }
}
