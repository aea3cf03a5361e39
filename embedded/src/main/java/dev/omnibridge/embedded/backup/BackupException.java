// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded.backup;

import org.jspecify.annotations.Nullable;

/** A backup or a restore was not made; the message says why in full, and what to do. */
public final class BackupException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What a caller can act on without reading the message. */
  public enum Reason {
    /** There is no backup, or none of this name or for this time. */
    NOT_FOUND,
    /** Something stands in the way: a server that runs, data that is there, another backup. */
    IN_THE_WAY,
    /** The disk has no room for it. */
    NO_ROOM,
    /** Files are missing or are not what they were when the backup was made. */
    DAMAGED,
    /** PostgreSQL or the file system did not do its part. */
    FAILED
  }

  private final Reason reason;

  BackupException(Reason reason, String message) {
    this(reason, message, null);
  }

  BackupException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
