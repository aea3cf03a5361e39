// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded;

import org.jspecify.annotations.Nullable;

/** An embedded server could not be started, stopped or used; the message says why in full. */
public final class EmbeddedServerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What a caller can act on without reading the message. */
  public enum Reason {
    /** A live process owns the directory. */
    DIRECTORY_IN_USE,
    /** No server binaries run on this machine, or none that fit the stored data. */
    NO_BINARIES,
    /** The server refused to start, or not within its limit. */
    NOT_STARTED,
    /** The server did not end within its limit. */
    NOT_STOPPED
  }

  private final Reason reason;

  EmbeddedServerException(Reason reason, String message) {
    this(reason, message, null);
  }

  EmbeddedServerException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
