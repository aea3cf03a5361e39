// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import java.time.Instant;

/** A stamp. Each state offers only the moves that are legal from it. */
public sealed interface Stamp {

  /** No bytes with this file hash were stamped yet. */
  record Absent() implements Stamp {
    Stamped create(StampKey key, StampId id, Artifact artifact, Instant at) {
      return new Stamped(key, id, 1, artifact, at, at);
    }
  }

  /**
   * Stamped, perhaps several times.
   *
   * @param revision 1 for the first bytes, one more whenever others than the newest come
   * @param newest what the newest revision stamped
   * @param createdAt when the first bytes were stamped
   * @param revisedAt when the newest ones were
   */
  record Stamped(
      StampKey key,
      StampId id,
      long revision,
      Artifact newest,
      Instant createdAt,
      Instant revisedAt)
      implements Stamp {

    /**
     * True when these are the newest bytes and there is nothing new to who says so. Older bytes
     * that come again are a revision: the newest one is what the file is now.
     */
    boolean knows(Artifact artifact) {
      return newest.contentHash().equals(artifact.contentHash())
          && (newest.hashedBy() == HashedBy.SERVER || artifact.hashedBy() == HashedBy.CLIENT);
    }

    Stamped revise(Artifact artifact, Instant at) {
      return new Stamped(key, id, revision + 1, artifact, createdAt, at);
    }
  }
}
