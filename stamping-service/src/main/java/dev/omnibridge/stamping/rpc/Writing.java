// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.rpc;

import com.google.protobuf.ByteString;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.stamping.interop.Sidecar;
import dev.omnibridge.stamping.interop.StampFacts;
import dev.omnibridge.stamping.stamp.Artifact;
import dev.omnibridge.stamping.stamp.CommentStyle;
import dev.omnibridge.stamping.stamp.Digests;
import dev.omnibridge.stamping.stamp.HashOnlyStamp;
import dev.omnibridge.stamping.stamp.Languages;
import dev.omnibridge.stamping.stamp.LightweightStamp;
import dev.omnibridge.stamping.stamp.RichStamp;
import dev.omnibridge.stamping.stamp.Stamp.Stamped;
import dev.omnibridge.stamping.stamp.StampId;
import dev.omnibridge.stamping.stamp.StampKey;
import dev.omnibridge.stamping.stamp.StampType;
import dev.omnibridge.stamping.stamp.StampedText;
import dev.omnibridge.stamping.stamp.ToolMetadata;
import dev.omnibridge.stamping.stamp.UnwritableException;
import dev.omnibridge.stamping.stamp.WrittenStamp;
import dev.omnibridge.stamping.store.Hashing;
import io.vertx.core.Future;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Stamps as they are written: into the text, beside it, or both. */
final class Writing {
  private static final int MOST_TEXT = 1024 * 1024;

  private Writing() {}

  /** The stamped text and the sidecar; empty where the form has none, or nobody asked. */
  record Written(ByteString text, ByteString sidecar, String sidecarName) {
    static final Written NOTHING = new Written(ByteString.EMPTY, ByteString.EMPTY, "");
  }

  /** Refuses, before anything is done, what could not be written. */
  static void checkBefore(Order order, @Nullable ByteString inline) {
    if (!order.wantsText()) {
      return;
    }
    if (inline == null || inline.size() > MOST_TEXT) {
      throw Fault.invalidField(
          "STAMPED_CONTENT_ONLY_INLINE",
          "options.return_stamped_content",
          "Stamped content is returned only for text that is sent along and has at most 1 MiB.");
    }
    if (Languages.comments(order.filePath(), order.contentType(), CommentStyle.HASH) == null) {
      throw Fault.invalidField(
          "LANGUAGE_WITHOUT_COMMENTS",
          "options.format",
          "The file's language has no comments that a stamp could stand in; ask for DETACHED.");
    }
    if (order.form() == StampType.TOOL_METADATA) {
      var unused = ToolFields.from(order.metadata());
    }
  }

  /** Refuses to write into what is not text; its bytes are never altered. */
  static void checkAfter(Order order, Digests digests) {
    if (!order.wantsText()) {
      return;
    }
    switch (digests.nature()) {
      case TEXT -> {}
      case NOT_UTF8 ->
          throw Fault.invalidField(
              "CONTENT_NOT_UTF8",
              "content",
              "The content is not valid UTF-8, so no stamp is written into it; ask for DETACHED.");
      case BINARY ->
          throw Fault.invalidField(
              "CONTENT_NOT_TEXT",
              "content",
              "A stamp can be written only into a text; ask for DETACHED.");
    }
  }

  /** Refuses, before anything is recorded, a text that no stamp can be written into. */
  static Future<?> rehearse(
      Order order, StampKey key, Artifact artifact, @Nullable ByteString inline, Hashing hashing) {
    if (inline == null || !order.wantsText()) {
      return Future.succeededFuture();
    }
    var id = new StampId(order.opId());
    var sample = new Stamped(key, id, 1, artifact, Instant.EPOCH, Instant.EPOCH);
    return hashing.run(inline.size(), () -> into(order, sample, inline.toByteArray()));
  }

  /** Writes a stamp as it was asked for. */
  static Future<Written> write(
      Order order, Stamped stamp, @Nullable ByteString inline, Hashing hashing) {
    if (!order.wantsStamp()) {
      return Future.succeededFuture(Written.NOTHING);
    }
    Written beside = beside(order, stamp);
    return inline == null || !order.wantsText()
        ? Future.succeededFuture(beside)
        : hashing.run(
            inline.size(),
            () ->
                new Written(
                    into(order, stamp, inline.toByteArray()),
                    beside.sidecar(),
                    beside.sidecarName()));
  }

  private static Written beside(Order order, Stamped stamp) {
    if (order.form() != StampType.DETACHED && order.form() != StampType.HASH_ONLY) {
      return Written.NOTHING;
    }
    byte[] sidecar = Sidecar.write(StampFacts.of(stamp), order.form());
    return new Written(
        ByteString.EMPTY, ByteString.copyFrom(sidecar), Sidecar.name(order.filePath()));
  }

  private static ByteString into(Order order, Stamped stamp, byte[] text) {
    WrittenStamp written = written(order, stamp);
    try {
      CommentStyle style = StampedText.style(text, order.filePath(), order.contentType(), written);
      return ByteString.copyFrom(StampedText.write(text, written, style));
    } catch (UnwritableException refused) {
      throw unwritable(refused);
    }
  }

  private static Fault unwritable(UnwritableException refused) {
    return switch (refused.why()) {
      case AMBIGUOUS ->
          Fault.invalidField(
              "STAMP_AMBIGUOUS",
              "content",
              "The text holds parts of stamps that a stamp could not be told from, or is PHP whose"
                  + " end cannot be made out; ask for DETACHED.");
      case DATA_AT_END ->
          Fault.invalidField(
              "TEXT_ENDS_IN_DATA",
              "content",
              "The text ends in data of its own, which a stamp would belong to; ask for LIGHTWEIGHT.");
    };
  }

  private static WrittenStamp written(Order order, Stamped stamp) {
    return switch (order.form()) {
      case LIGHTWEIGHT -> LightweightStamp.of(stamp);
      case RICH -> RichStamp.of(stamp);
      case HASH_ONLY, DETACHED -> new HashOnlyStamp(stamp.key().fileHash());
      case TOOL_METADATA -> ToolMetadata.of(ToolFields.from(order.metadata()), stamp);
    };
  }
}
