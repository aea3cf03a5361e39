// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.stamping.stamp.Stamp.Stamped;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A stamp of one line at the top: {@code # ONEX:uid=...,hash=...,ts=...[,author=...][,v=...]}, in
 * the comments of its language.
 *
 * @param author null when not stated, as is {@code version}
 */
public record LightweightStamp(
    String uid, Hash hash, Instant at, @Nullable String author, @Nullable String version)
    implements WrittenStamp {

  static final String MARK = "ONEX:";

  private static final Pattern FORM =
      Pattern.compile(
          "ONEX:uid=(?<uid>[A-Za-z0-9_-]{1,64}),hash=(?<hash>[0-9a-f]{64}),ts=(?<ts>[^,]{1,40})"
              + "(?:,author=(?<author>[^,\\p{Cntrl}]*))?(?:,v=(?<v>[^,\\p{Cntrl}]*))?");

  /** The line for a stamp. */
  public static LightweightStamp of(Stamped stamp) {
    return new LightweightStamp(
        stamp.id().toString(), stamp.key().fileHash(), stamp.createdAt(), null, null);
  }

  @Override
  public CommentStyle usual() {
    return CommentStyle.HASH;
  }

  @Override
  public String render(CommentStyle style) {
    return style.wrap(
        "%suid=%s,hash=%s,ts=%s%s%s"
            .formatted(MARK, uid, hash, at, part(",author=", author), part(",v=", version)));
  }

  /** The stamp that a comment is, or null when it is none. */
  static @Nullable LightweightStamp parse(String comment) {
    var form = FORM.matcher(comment);
    if (!form.matches()) {
      return null;
    }
    Instant at = Timestamps.parse(form.group("ts"));
    return at == null
        ? null
        : new LightweightStamp(
            form.group("uid"),
            Hash.parse(form.group("hash")),
            at,
            form.group("author"),
            form.group("v"));
  }

  private static String part(String name, @Nullable String value) {
    return value == null ? "" : name + value;
  }
}
