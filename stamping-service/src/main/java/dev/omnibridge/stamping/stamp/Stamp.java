// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import dev.omnibridge.runtime.blake3.Hash;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A stamp. Each state offers only the moves that are legal from it. */
public sealed interface Stamp {

  /** No bytes with this file hash were stamped yet. */
  record Absent() implements Stamp {
    Stamped create(StampKey key, StampId id, Artifact artifact, Instant at) {
      return new Stamped(key, id, 1, artifact, at, List.of(artifact.contentHash()));
    }
  }

  /**
   * Stamped, perhaps several times.
   *
   * @param revision 1 for the first bytes, one more for every other bytes
   * @param newest what the newest revision stamped
   * @param createdAt when the first bytes were stamped
   * @param contents the content hashes of the last {@value #REMEMBERED} revisions, oldest first
   */
  record Stamped(
      StampKey key,
      StampId id,
      long revision,
      Artifact newest,
      Instant createdAt,
      List<Hash> contents)
      implements Stamp {

    /** Keeps the state below 128 KiB; older bytes count as new again. */
    static final int REMEMBERED = 1000;

    boolean knows(Hash contentHash) {
      return contents.contains(contentHash);
    }

    Stamped revise(Artifact artifact) {
      int forgotten = contents.size() == REMEMBERED ? 1 : 0;
      List<Hash> known = new ArrayList<>(contents.subList(forgotten, contents.size()));
      known.add(artifact.contentHash());
      return new Stamped(key, id, revision + 1, artifact, createdAt, List.copyOf(known));
    }
  }
}
