// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.NewEvent;
import dev.omnibridge.api.log.v1.StampRow;
import dev.omnibridge.api.log.v1.StateRow;
import dev.omnibridge.api.log.v1.StreamAppend;
import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.event.Envelope;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;

/** Stamps as the stamping service appends them: event, row and, by that, a leaf. */
public final class GivenStamps {
  private static final String METADATA = "{\"n\":1.50,\"t\":\"\u00e4 \\\"q\\\"\"}";

  private GivenStamps() {}

  /** A stamp whose file is told from others by its name. */
  public record File(String namespace, String name, UUID id, Timestamp createdAt) {
    public static File of(String namespace, String name) {
      return new File(namespace, name, Given.id(), Given.now());
    }

    String hash() {
      return Blake3.hash((namespace + name).getBytes(StandardCharsets.UTF_8)).hex();
    }

    StreamName stream() {
      return Given.stream("stamp", namespace, hash());
    }
  }

  /** The append of a revision; each is an append of its own. */
  public static AppendRequest.Builder revision(File file, long revision) {
    return revision(file, revision, revision == 1 ? file.createdAt() : Given.now());
  }

  static AppendRequest.Builder revision(File file, long revision, Timestamp at) {
    UUID op = Given.id();
    String bytes = file.name() + '#' + revision;
    String content = Blake3.hash(bytes.getBytes(StandardCharsets.UTF_8)).hex();
    var append = StreamAppend.newBuilder().setStream(file.stream());
    if (revision == 1) {
      append.setExpectNone(true);
    } else {
      append.setExpectedVersion(revision - 1);
    }
    append.addEvents(event(file, revision, content, op, at));
    return Given.append(append.build())
        .addRows(StateRow.newBuilder().setStamp(row(file, revision, content, op, at)));
  }

  private static StampRow row(File file, long revision, String content, UUID op, Timestamp at) {
    String stamp =
        "# ONEX:uid=%s,hash=%s,ts=%s".formatted(file.id(), file.hash(), instant(file.createdAt()));
    return StampRow.newBuilder()
        .setNamespace(file.namespace())
        .setFileHash(file.hash())
        .setContentHash(content)
        .setStampId(file.id().toString())
        .setFilePath(file.name())
        .setFileSize(10 * revision)
        .setContentType("text/plain")
        .setRevision(revision)
        .setStampData(
            ByteString.copyFromUtf8(
                "{\"metadata\":%s,\"stamp\":\"%s\",\"hashed_by\":\"client\"}"
                    .formatted(METADATA, stamp)))
        .setCreatedAt(file.createdAt())
        .setStampedAt(at)
        .setOpId(op.toString())
        .build();
  }

  private static NewEvent event(File file, long revision, String content, UUID op, Timestamp at) {
    UUID id = Given.id();
    String type = "dev.omnibridge.metadata.stamp-" + (revision == 1 ? "created.v1" : "revised.v1");
    ObjectNode payload = JsonNodeFactory.instance.objectNode();
    payload.put("stamp_id", file.id().toString()).put("file_hash", file.hash());
    payload.put("content_hash", content).put("file_path", file.name());
    payload.put("file_size_bytes", 10 * revision).put("content_type", "text/plain");
    payload.put("op_id", op.toString()).put("hashed_by", "client");
    payload.putRawValue("metadata", new com.fasterxml.jackson.databind.util.RawValue(METADATA));
    if (revision == 1) {
      payload.put("execution_time_ms", 0.5).put("hash_algorithm", "BLAKE3");
      payload.put("created_at", instant(at).toString());
    } else {
      payload.put("revision", revision).put("revised_at", instant(at).toString());
    }
    var envelope =
        new Envelope(
            id,
            type,
            instant(at),
            "stamping-service",
            file.namespace(),
            null,
            null,
            null,
            "stamp/%s/%s".formatted(file.namespace(), file.hash()),
            payload);
    return NewEvent.newBuilder()
        .setEventId(id.toString())
        .setType(type)
        .setOccurredAt(at)
        .setBody(ByteString.copyFrom(envelope.toJson()))
        .build();
  }

  private static Instant instant(Timestamp at) {
    return Instant.ofEpochSecond(at.getSeconds(), at.getNanos());
  }
}
