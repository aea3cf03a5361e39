// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.fold;

import java.util.Locale;

/** The commit cycle of a namespace: idle, active, aggregating, persisting, idle. */
public enum BridgePhase {
  /** Everything that came is committed. */
  IDLE,
  /** Events have come. */
  ACTIVE,
  /** They are being folded. */
  AGGREGATING,
  /** The fold is being committed. */
  PERSISTING;

  /** Forward around the cycle; to idle also when the work turned out to be none, or failed. */
  public boolean mayBecome(BridgePhase next) {
    return switch (this) {
      case IDLE -> next == ACTIVE;
      case ACTIVE -> next == AGGREGATING || next == IDLE;
      case AGGREGATING -> next == PERSISTING || next == IDLE;
      case PERSISTING -> next == IDLE;
    };
  }

  /** As it is stored and told. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
