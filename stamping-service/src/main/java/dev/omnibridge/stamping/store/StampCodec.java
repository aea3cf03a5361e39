// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.omnibridge.api.log.v1.StampRow;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.runtime.event.Envelope;
import dev.omnibridge.stamping.interop.StampFacts;
import dev.omnibridge.stamping.stamp.Artifact;
import dev.omnibridge.stamping.stamp.Event;
import dev.omnibridge.stamping.stamp.Event.Created;
import dev.omnibridge.stamping.stamp.Event.Revised;
import dev.omnibridge.stamping.stamp.HashedBy;
import dev.omnibridge.stamping.stamp.LightweightStamp;
import dev.omnibridge.stamping.stamp.Stamp.Stamped;
import dev.omnibridge.stamping.stamp.StampId;
import dev.omnibridge.stamping.stamp.StampKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How stamps are written down: events as envelopes, the state as a snapshot, the row. */
public final class StampCodec {
  static final String STREAM_KIND = "stamp";
  static final int SCHEMA = 1;

  private static final String CREATED = "dev.omnibridge.metadata.stamp-created.v1";
  private static final String REVISED = "dev.omnibridge.metadata.stamp-revised.v1";
  private static final String METADATA = "metadata";
  private static final String HASHED_BY = "hashed_by";
  private static final String REVISED_AT = "revised_at";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private StampCodec() {}

  /** The event as it goes into the log. */
  static Envelope envelope(Event event, UUID eventId, UUID correlationId) {
    return switch (event) {
      case Created e -> {
        ObjectNode payload = payload(e.id(), e.key(), e.artifact());
        payload.put("execution_time_ms", e.artifact().hashing().toNanos() / 1e6);
        payload.put("hash_algorithm", "BLAKE3");
        payload.put("created_at", e.at().toString());
        yield envelope(CREATED, e, eventId, correlationId, payload);
      }
      case Revised e -> {
        ObjectNode payload = payload(e.id(), e.key(), e.artifact());
        payload.put("revision", e.revision());
        payload.put(REVISED_AT, e.at().toString());
        yield envelope(REVISED, e, eventId, correlationId, payload);
      }
    };
  }

  private static Envelope envelope(
      String type, Event event, UUID eventId, UUID correlationId, ObjectNode payload) {
    StampKey key = event.key();
    return new Envelope(
        eventId,
        type,
        event.at(),
        "stamping-service",
        key.namespace(),
        correlationId,
        null,
        null,
        "%s/%s/%s".formatted(STREAM_KIND, key.namespace(), key.fileHash()),
        payload);
  }

  private static ObjectNode payload(StampId id, StampKey key, Artifact artifact) {
    ObjectNode payload = JSON.createObjectNode();
    payload.put("stamp_id", id.toString());
    payload.put("file_hash", key.fileHash().hex());
    return write(artifact, payload);
  }

  private static ObjectNode write(Artifact artifact, ObjectNode to) {
    to.put("content_hash", artifact.contentHash().hex());
    to.put("file_path", artifact.filePath());
    to.put("file_size_bytes", artifact.size());
    to.put("content_type", artifact.contentType());
    if (artifact.runId() != null) {
      to.put("run_id", artifact.runId().toString());
    }
    to.put("op_id", artifact.opId().toString());
    to.put(HASHED_BY, artifact.hashedBy().label());
    to.set(METADATA, parse(artifact.metadata().getBytes(UTF_8)));
    return to;
  }

  private static Artifact artifact(JsonNode from) {
    return new Artifact(
        Hash.parse(from.path("content_hash").asText()),
        from.path("file_size_bytes").longValue(),
        from.path("file_path").asText(),
        from.path("content_type").asText(),
        from.path(METADATA).toString(),
        uuid(from.path("run_id")),
        UUID.fromString(from.path("op_id").asText()),
        HashedBy.labelled(from.path(HASHED_BY).asText()),
        Duration.ofNanos(Math.round(from.path("execution_time_ms").doubleValue() * 1e6)));
  }

  /** The event in an envelope of the log. */
  static Event event(byte[] body) {
    Envelope envelope = Envelope.parse(body);
    JsonNode payload = envelope.payload();
    var key = new StampKey(envelope.namespace(), Hash.parse(payload.path("file_hash").asText()));
    var id = new StampId(UUID.fromString(payload.path("stamp_id").asText()));
    Instant at = envelope.eventTimestamp();
    return switch (envelope.eventType()) {
      case CREATED -> new Created(key, id, artifact(payload), at);
      case REVISED ->
          new Revised(key, id, payload.path("revision").longValue(), artifact(payload), at);
      default -> throw new IllegalStateException("A stamp's stream holds " + envelope.eventType());
    };
  }

  /** The state as a snapshot of the current schema. */
  static byte[] state(Stamped stamp) {
    ObjectNode state = JSON.createObjectNode();
    state.put("stamp_id", stamp.id().toString());
    state.put("namespace", stamp.key().namespace());
    state.put("file_hash", stamp.key().fileHash().hex());
    state.put("revision", stamp.revision());
    state.put("created_at", stamp.createdAt().toString());
    state.put(REVISED_AT, stamp.revisedAt().toString());
    write(stamp.newest(), state.putObject("newest"))
        .put("execution_time_ms", stamp.newest().hashing().toNanos() / 1e6);
    return bytes(state);
  }

  /** The state in a snapshot; an older one does not tell when it was revised. */
  static Stamped state(byte[] snapshot) {
    JsonNode state = parse(snapshot);
    Instant createdAt = Instant.parse(state.path("created_at").asText());
    return new Stamped(
        new StampKey(
            state.path("namespace").asText(), Hash.parse(state.path("file_hash").asText())),
        new StampId(UUID.fromString(state.path("stamp_id").asText())),
        state.path("revision").longValue(),
        artifact(state.path("newest")),
        createdAt,
        state.has(REVISED_AT) ? Instant.parse(state.path(REVISED_AT).asText()) : createdAt);
  }

  /** The row for searches, which is also the newest leaf of the namespace's log. */
  static StampRow row(Stamped stamp, Instant stampedAt) {
    Artifact newest = stamp.newest();
    ObjectNode stampData = JSON.createObjectNode();
    stampData.set(METADATA, parse(newest.metadata().getBytes(UTF_8)));
    stampData.put("stamp", LightweightStamp.of(stamp).render());
    if (newest.hashedBy() == HashedBy.CLIENT) {
      stampData.put(HASHED_BY, HashedBy.CLIENT.label());
    }
    return StampRow.newBuilder()
        .setNamespace(stamp.key().namespace())
        .setFileHash(stamp.key().fileHash().hex())
        .setContentHash(newest.contentHash().hex())
        .setStampId(stamp.id().toString())
        .setFilePath(newest.filePath())
        .setFileSize(newest.size())
        .setContentType(newest.contentType())
        .setRevision(stamp.revision())
        .setStampData(ByteString.copyFrom(bytes(stampData)))
        .setRunId(newest.runId() == null ? "" : newest.runId().toString())
        .setCreatedAt(timestamp(stamp.createdAt()))
        .setOpId(newest.opId().toString())
        .setStampedAt(timestamp(stampedAt))
        .build();
  }

  /** What a row says. */
  public static StampFacts facts(StampRow row) {
    JsonNode more = parse(row.getStampData().toByteArray());
    Timestamp at = row.getCreatedAt();
    return new StampFacts(
        row.getStampId(),
        row.getNamespace(),
        row.getFileHash(),
        row.getContentHash(),
        row.getFilePath(),
        row.getFileSize(),
        row.getContentType(),
        row.getRevision(),
        Instant.ofEpochSecond(at.getSeconds(), at.getNanos()),
        HashedBy.labelled(more.path(HASHED_BY).asText()).label(),
        more.path(METADATA).toString());
  }

  /** The time as protobuf has it. */
  public static Timestamp timestamp(Instant at) {
    return Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()).build();
  }

  private static @Nullable UUID uuid(JsonNode node) {
    return node.isTextual() ? UUID.fromString(node.textValue()) : null;
  }

  private static JsonNode parse(byte[] json) {
    try {
      return JSON.readTree(json);
    } catch (IOException damaged) {
      throw new UncheckedIOException(damaged);
    }
  }

  private static byte[] bytes(JsonNode json) {
    try {
      return JSON.writeValueAsBytes(json);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
