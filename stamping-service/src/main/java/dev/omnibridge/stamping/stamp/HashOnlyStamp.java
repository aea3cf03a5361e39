// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import dev.omnibridge.runtime.blake3.Hash;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A stamp of one line that states nothing but the file hash: {@code <!-- ONEX:META:... -->}.
 * Everything else is in the sidecar, and in the log under that hash.
 */
public record HashOnlyStamp(Hash hash) implements WrittenStamp {
  static final String MARK = "ONEX:META:";

  private static final Pattern FORM = Pattern.compile(MARK + "(?<hash>[0-9a-f]{64})");

  @Override
  public String uid() {
    return "";
  }

  @Override
  public CommentStyle usual() {
    return CommentStyle.HTML;
  }

  @Override
  public String render(CommentStyle style) {
    return style.wrap(MARK + hash.hex());
  }

  /** The stamp that a comment is, or null when it is none. */
  static @Nullable HashOnlyStamp parse(String comment) {
    var form = FORM.matcher(comment);
    return form.matches() ? new HashOnlyStamp(Hash.parse(form.group("hash"))) : null;
  }
}
