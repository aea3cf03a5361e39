// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import java.time.Instant;

/** What a stamp can be told. */
public sealed interface Command {

  /**
   * Stamp these bytes.
   *
   * @param id the id that the stamp gets if there is none yet
   */
  record RecordBytes(StampKey key, StampId id, Artifact artifact, Instant at) implements Command {}
}
