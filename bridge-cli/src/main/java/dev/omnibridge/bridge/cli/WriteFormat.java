// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.stamping.v1.StampFormat;
import dev.omnibridge.stamping.stamp.StampType;

/** How a stamp is written, by the names that users give. */
enum WriteFormat {
  LIGHTWEIGHT(StampFormat.STAMP_FORMAT_LIGHTWEIGHT),
  RICH(StampFormat.STAMP_FORMAT_RICH),
  HASH_ONLY(StampFormat.STAMP_FORMAT_HASH_ONLY),
  TOOL_METADATA(StampFormat.STAMP_FORMAT_TOOL_METADATA),
  DETACHED(StampFormat.STAMP_FORMAT_DETACHED);

  private final StampFormat format;

  WriteFormat(StampFormat format) {
    this.format = format;
  }

  StampFormat format() {
    return format;
  }

  /** What such a stamp is called where it is read. */
  StampType type() {
    return StampType.valueOf(name());
  }

  @Override
  public String toString() {
    return Outcome.words(this).replace(' ', '-');
  }
}
