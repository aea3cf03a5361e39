// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.metadata.TikaCoreProperties;
import org.apache.tika.mime.MediaType;
import org.apache.tika.mime.MimeTypes;

/** Names the media type by magic bytes and file name. Safe for use by many threads. */
final class ContentTypes {
  /** The magic of the types known here lies within this many first bytes. */
  private static final int PREFIX = 1 << 16;

  private final MimeTypes known = MimeTypes.getDefaultMimeTypes();

  ContentType detect(Sample sample, boolean text) {
    MediaType byBytes = ask(sample, "");
    MediaType byBoth = sample.fileName().isEmpty() ? byBytes : ask(sample, sample.fileName());
    boolean recognised = !byBytes.equals(MediaType.OCTET_STREAM) && !isPlainText(byBytes);
    MediaType chosen = contradicts(byBoth, text) ? (text ? MediaType.TEXT_PLAIN : byBytes) : byBoth;
    return new ContentType(
        chosen.getBaseType().toString(), text, recognised, reason(chosen, byBytes, recognised));
  }

  /** Only the name can make binary bytes "plain text" or text "any bytes": the bytes win. */
  private static boolean contradicts(MediaType type, boolean text) {
    return text ? type.equals(MediaType.OCTET_STREAM) : type.getType().equals("text");
  }

  private static String reason(MediaType chosen, MediaType byBytes, boolean recognised) {
    if (recognised && chosen.equals(byBytes)) {
      return "the first bytes are those of this type";
    }
    if (recognised) {
      return "the first bytes say " + byBytes.getBaseType() + ", the file name is more specific";
    }
    if (isPlainText(chosen)) {
      return "the bytes read as text and nothing is more specific";
    }
    return chosen.equals(MediaType.OCTET_STREAM)
        ? "neither the bytes nor the name belong to a known type"
        : "the file name is one of this type";
  }

  private static boolean isPlainText(MediaType type) {
    return type.getBaseType().equals(MediaType.TEXT_PLAIN);
  }

  private MediaType ask(Sample sample, String fileName) {
    var metadata = new Metadata();
    if (!fileName.isEmpty()) {
      metadata.set(TikaCoreProperties.RESOURCE_NAME_KEY, fileName);
    }
    int length = Math.min(PREFIX, sample.bytes().length);
    try (var prefix = new ByteArrayInputStream(sample.bytes(), 0, length)) {
      return known.detect(prefix, metadata);
    } catch (IOException impossible) {
      throw new UncheckedIOException("Reading from memory failed", impossible);
    }
  }
}
