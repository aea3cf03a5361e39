// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import java.util.UUID;

/** The id of a stamp, the same for all its revisions. */
public record StampId(UUID value) {
  @Override
  public String toString() {
    return value.toString();
  }
}
