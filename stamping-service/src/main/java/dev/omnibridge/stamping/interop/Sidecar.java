// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.stamping.stamp.FoundStamp;
import dev.omnibridge.stamping.stamp.FoundStamp.Flaw;
import dev.omnibridge.stamping.stamp.StampType;
import java.io.IOException;
import java.util.List;

/**
 * The document beside a file that holds its stamp: {@code .<file>.onex-meta.json}. It is JSON, the
 * same bytes for the same revision, and states the file hash twice, as the other forms do.
 */
public final class Sidecar {
  private static final String METADATA_VERSION = "0.1";
  private static final String PROTOCOL_VERSION = "1.0";
  private static final List<String> REQUIRED =
      List.of("metadata_version", "stamp_id", "namespace", "created_at");

  private Sidecar() {}

  /** Its name beside a file of this name. */
  public static String name(String filePath) {
    return ".%s.onex-meta.json".formatted(filePath.substring(filePath.lastIndexOf('/') + 1));
  }

  /** The document for a stamp that is written in this form, or not at all. */
  public static byte[] write(StampFacts stamp, StampType form) {
    ObjectNode document = StampFacts.JSON.createObjectNode();
    document.put("metadata_version", METADATA_VERSION);
    document.put("protocol_version", PROTOCOL_VERSION);
    document.put("stamp_type", form.label());
    document.setAll(stamp.json());
    document.putObject("integrity").put("algorithm", "BLAKE3").put("hash", stamp.fileHash());
    return StampFacts.bytes(document);
  }

  /** The stamp in a document; flawed when the document is none. */
  public static FoundStamp read(byte[] document) {
    try {
      JsonNode json = StampFacts.JSON.readTree(document);
      Hash hash = Hash.parse(json.path("file_hash").asText());
      JsonNode integrity = json.path("integrity");
      boolean sound =
          REQUIRED.stream().allMatch(key -> json.path(key).isTextual())
              && integrity.path("algorithm").asText().equals("BLAKE3")
              && Hash.parse(integrity.path("hash").asText()).equals(hash);
      return sound ? FoundStamp.beside(json.path("stamp_id").asText(), hash) : malformed();
    } catch (IOException | IllegalArgumentException unreadable) {
      return malformed();
    }
  }

  private static FoundStamp malformed() {
    return FoundStamp.flawed(StampType.DETACHED, Flaw.MALFORMED, 0);
  }
}
