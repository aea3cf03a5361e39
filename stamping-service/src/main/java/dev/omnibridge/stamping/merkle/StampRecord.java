// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.merkle;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.blake3.Hash;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a leaf says of one revision of a stamp.
 *
 * @param revision 1 for the first bytes with this file hash
 * @param size of the bytes
 * @param createdAt when the first bytes were stamped, in microseconds
 * @param stampedAt when these bytes were stamped, in microseconds
 * @param opId the operation that asked
 * @param runId the workflow run that asked; null if none
 * @param metadata the client's, a JSON object
 * @param hashedByClient the service has not seen the bytes: the client told the hashes
 */
public record StampRecord(
    UUID stampId,
    long revision,
    Hash fileHash,
    Hash contentHash,
    long size,
    Instant createdAt,
    Instant stampedAt,
    UUID opId,
    @Nullable UUID runId,
    String namespace,
    String filePath,
    String contentType,
    String metadata,
    boolean hashedByClient) {

  /** The times of a record count from here, in microseconds. */
  static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

  /** The form of a record about bytes that the service has hashed. */
  static final byte FORM = 1;

  /** The same about bytes that only the client has. */
  static final byte FORM_BY_CLIENT = 2;

  static final int STAMP_ID = 1;
  static final int REVISION = STAMP_ID + 16;
  static final int FILE_HASH = REVISION + Long.BYTES;
  static final int CONTENT_HASH = FILE_HASH + Hash.LENGTH;
  static final int SIZE = CONTENT_HASH + Hash.LENGTH;
  static final int CREATED_AT = SIZE + Long.BYTES;
  static final int STAMPED_AT = CREATED_AT + Long.BYTES;
  static final int OP_ID = STAMPED_AT + Long.BYTES;
  static final int RUN_ID = OP_ID + 16;
  static final int TEXTS = RUN_ID + 16;

  /** 4713 BC and 294277, the bounds of PostgreSQL's timestamptz. */
  private static final long FIRST_MICROS = -211_813_488_000_000_000L;

  private static final long END_MICROS = 9_223_371_331_200_000_000L;

  private static final UUID NONE = new UUID(0, 0);

  /**
   * Reads a record.
   *
   * @throws Fault INVALID (STAMP_RECORD_MALFORMED) when it is none
   */
  public static StampRecord parse(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      byte form = in.get();
      if (form != FORM && form != FORM_BY_CLIENT) {
        throw malformed("its form is not known");
      }
      var record =
          new StampRecord(
              uuid(in),
              in.getLong(),
              hash(in),
              hash(in),
              in.getLong(),
              recorded(in.getLong()),
              recorded(in.getLong()),
              uuid(in),
              orNull(uuid(in)),
              text(in),
              text(in),
              text(in),
              text(in),
              form == FORM_BY_CLIENT);
      if (in.hasRemaining()) {
        throw malformed("it is too long");
      }
      return record;
    } catch (BufferUnderflowException short_) {
      throw malformed("it is too short");
    } catch (CharacterCodingException notUtf8) {
      throw malformed("a text in it is not UTF-8");
    }
  }

  private static Fault malformed(String why) {
    return Fault.invalid("STAMP_RECORD_MALFORMED", "The bytes are no record: " + why + ".");
  }

  private static UUID uuid(ByteBuffer in) {
    return new UUID(in.getLong(), in.getLong());
  }

  private static @Nullable UUID orNull(UUID id) {
    return id.equals(NONE) ? null : id;
  }

  private static Hash hash(ByteBuffer in) {
    byte[] bytes = new byte[Hash.LENGTH];
    in.get(bytes);
    return Hash.of(bytes);
  }

  static Instant time(long micros) {
    return EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  /** Only times that PostgreSQL has; others, infinity above all, could not be written again. */
  private static Instant recorded(long micros) {
    if (micros < FIRST_MICROS || micros >= END_MICROS) {
      throw malformed("a time in it is none");
    }
    return time(micros);
  }

  static long micros(Instant time) {
    return ChronoUnit.MICROS.between(EPOCH, time);
  }

  private static String text(ByteBuffer in) throws CharacterCodingException {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    ByteBuffer text = in.slice(in.position(), length);
    in.position(in.position() + length);
    return UTF_8.newDecoder().decode(text).toString();
  }

  /** Who computed the hashes, as rows, events and documents name it. */
  String hashedBy() {
    return hashedByClient ? "client" : "server";
  }

  /** The bytes whose hash is the leaf. */
  public byte[] bytes() {
    byte[][] texts = {
      namespace.getBytes(UTF_8),
      filePath.getBytes(UTF_8),
      contentType.getBytes(UTF_8),
      metadata.getBytes(UTF_8)
    };
    int length = TEXTS;
    for (byte[] text : texts) {
      length += Integer.BYTES + text.length;
    }
    ByteBuffer out = ByteBuffer.allocate(length).put(hashedByClient ? FORM_BY_CLIENT : FORM);
    put(out, stampId).putLong(revision).put(fileHash.bytes()).put(contentHash.bytes());
    out.putLong(size).putLong(micros(createdAt)).putLong(micros(stampedAt));
    put(put(out, opId), runId == null ? NONE : runId);
    for (byte[] text : texts) {
      out.putInt(text.length).put(text);
    }
    return out.array();
  }

  private static ByteBuffer put(ByteBuffer out, UUID id) {
    return out.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
  }
}
