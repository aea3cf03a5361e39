// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

/** Who computed the digests of a revision. */
public enum HashedBy {
  /** The stamping service, from the bytes. */
  SERVER("server"),
  /** The client; the stamping service has not seen the bytes. */
  CLIENT("client");

  private final String label;

  HashedBy(String label) {
    this.label = label;
  }

  /** The name in events, rows and documents. */
  public String label() {
    return label;
  }

  /** The one of this name; the server where nothing is said, as before clients could hash. */
  public static HashedBy labelled(String label) {
    return label.equals(CLIENT.label) ? CLIENT : SERVER;
  }
}
