// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.interop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.stamping.stamp.Artifact;
import dev.omnibridge.stamping.stamp.Stamp.Stamped;
import java.io.UncheckedIOException;
import java.time.Instant;

/**
 * Everything that a reader may rely on of a stamp and its newest revision, as documents state it.
 *
 * @param metadata the client's, a JSON object
 */
public record StampFacts(
    String stampId,
    String namespace,
    String fileHash,
    String contentHash,
    String filePath,
    long fileSize,
    String contentType,
    long revision,
    Instant createdAt,
    String hashedBy,
    String metadata) {

  static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  /** The stamp and its newest revision. */
  public static StampFacts of(Stamped stamp) {
    Artifact newest = stamp.newest();
    return new StampFacts(
        stamp.id().toString(),
        stamp.key().namespace(),
        stamp.key().fileHash().hex(),
        newest.contentHash().hex(),
        newest.filePath(),
        newest.size(),
        newest.contentType(),
        stamp.revision(),
        stamp.createdAt(),
        newest.hashedBy().label(),
        newest.metadata());
  }

  /** The fields as JSON, in this order. */
  ObjectNode json() {
    ObjectNode json = JSON.createObjectNode();
    json.put("stamp_id", stampId);
    json.put("namespace", namespace);
    json.put("file_hash", fileHash);
    json.put("content_hash", contentHash);
    json.put("file_path", filePath);
    json.put("file_size", fileSize);
    json.put("content_type", contentType);
    json.put("revision", revision);
    json.put("created_at", createdAt.toString());
    json.put("hashed_by", hashedBy);
    json.set("metadata", metadataNode());
    return json;
  }

  private JsonNode metadataNode() {
    try {
      return JSON.readTree(metadata);
    } catch (JsonProcessingException damaged) {
      throw new UncheckedIOException(damaged);
    }
  }

  static byte[] bytes(JsonNode json) {
    try {
      return JSON.writeValueAsBytes(json);
    } catch (JsonProcessingException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
