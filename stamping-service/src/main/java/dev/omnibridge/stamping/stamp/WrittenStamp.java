// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import dev.omnibridge.runtime.blake3.Hash;

/** A stamp as it is written into a text. What is rendered is parsed back to an equal stamp. */
public sealed interface WrittenStamp permits LightweightStamp, RichStamp {
  /** The id of the stamp. */
  String uid();

  /** The file hash of the text. */
  Hash hash();

  /** The lines of the stamp, without a newline at the end. */
  String render();
}
