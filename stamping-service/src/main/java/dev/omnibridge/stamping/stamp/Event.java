// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import java.time.Instant;

/** What has happened to a stamp. */
public sealed interface Event {
  /** Whose it is. */
  StampKey key();

  /** When it happened. */
  Instant at();

  /** The first bytes with this file hash were stamped: revision 1. */
  record Created(StampKey key, StampId id, Artifact artifact, Instant at) implements Event {}

  /**
   * Other bytes with the same file hash were stamped, or the server saw bytes that so far only a
   * client had hashed.
   */
  record Revised(StampKey key, StampId id, long revision, Artifact artifact, Instant at)
      implements Event {}
}
