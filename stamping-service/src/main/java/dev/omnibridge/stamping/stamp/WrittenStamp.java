// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import dev.omnibridge.runtime.blake3.Hash;
import org.jspecify.annotations.Nullable;

/** A stamp as it is written into a text. What is rendered is parsed back to an equal stamp. */
public sealed interface WrittenStamp
    permits LightweightStamp, RichStamp, HashOnlyStamp, ToolMetadata {
  /** The id of the stamp; empty when it states none. */
  String uid();

  /** The file hash of the text; null when the stamp states none, as tool metadata need not. */
  @Nullable Hash hash();

  /** The comments that it stands in where the language of the text is not known. */
  CommentStyle usual();

  /** The lines of the stamp as comments, without a newline at the end. */
  String render(CommentStyle style);

  /** The lines of the stamp in its usual comments. */
  default String render() {
    return render(usual());
  }
}
