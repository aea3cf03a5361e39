// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * Whether a stamp's row says what the record of its leaf says, byte for byte in the form in which
 * appends write both. Nothing else agrees: what is written in another form is for the audit to
 * read. In place and without a copy. Not for use by several threads.
 */
public final class StampAgreement {
  private static final byte[] METADATA = "{\"metadata\":".getBytes(UTF_8);
  private static final byte[] STAMP = ",\"stamp\":\"# ONEX:uid=".getBytes(UTF_8);
  private static final byte[] HASH = ",hash=".getBytes(UTF_8);
  private static final byte[] TIME = ",ts=".getBytes(UTF_8);
  private static final byte[] BY_SERVER = "\"}".getBytes(UTF_8);
  private static final byte[] BY_CLIENT = "\",\"hashed_by\":\"client\"}".getBytes(UTF_8);

  /** The forms of a record, its first byte: who has hashed. */
  private static final byte FORM = 1;

  private static final byte FORM_BY_CLIENT = 2;

  private static final int UUID_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final int UUID_DIGITS = 36;
  private static final int HASH_DIGITS = 2 * HASH_BYTES;

  // Where the parts of a record are; see stamp_record in the database.
  private static final int STAMP_ID = 1;
  private static final int REVISION = STAMP_ID + UUID_BYTES;
  private static final int FILE_HASH = REVISION + Long.BYTES;
  private static final int CONTENT_HASH = FILE_HASH + HASH_BYTES;
  private static final int SIZE = CONTENT_HASH + HASH_BYTES;
  private static final int CREATED_AT = SIZE + Long.BYTES;
  private static final int STAMPED_AT = CREATED_AT + Long.BYTES;
  private static final int OP_ID = STAMPED_AT + Long.BYTES;
  private static final int RUN_ID = OP_ID + UUID_BYTES;
  private static final int TEXTS = RUN_ID + UUID_BYTES;

  private final byte[] namespace;
  private final TimeText createdAt = new TimeText();

  /** For the stamps of one namespace. */
  public StampAgreement(String namespace) {
    this.namespace = namespace.getBytes(UTF_8);
  }

  /** Whether leaf and row are there and say the same. */
  public boolean holds(StampTuple t) {
    int record = t.recordOffset();
    return t.recordLength() >= TEXTS
        && t.length(StampTuple.FILE_HASH) >= 0
        && (t.array()[record] == FORM || t.array()[record] == FORM_BY_CLIENT)
        && same(t, StampTuple.STAMP_ID, record + STAMP_ID, UUID_BYTES)
        && same(t, StampTuple.REVISION, record + REVISION, Long.BYTES)
        && sameHash(t, StampTuple.FILE_HASH, record + FILE_HASH)
        && sameHash(t, StampTuple.CONTENT_HASH, record + CONTENT_HASH)
        && same(t, StampTuple.FILE_SIZE, record + SIZE, Long.BYTES)
        && same(t, StampTuple.CREATED_AT, record + CREATED_AT, Long.BYTES)
        && same(t, StampTuple.STAMPED_AT, record + STAMPED_AT, Long.BYTES)
        && same(t, StampTuple.OP_ID, record + OP_ID, UUID_BYTES)
        && sameRun(t, record + RUN_ID)
        && sameTexts(t, record + TEXTS);
  }

  private static boolean same(StampTuple t, int column, int offset, int length) {
    return t.length(column) == length && same(t.array(), t.offset(column), offset, length);
  }

  private static boolean same(byte[] bytes, int one, int other, int length) {
    return Arrays.equals(bytes, one, one + length, bytes, other, other + length);
  }

  private static boolean sameHash(StampTuple t, int column, int offset) {
    return t.length(column) == HASH_DIGITS
        && HexText.is(t.array(), t.offset(column), offset, HASH_BYTES);
  }

  /** No run is null in the row and zeros in the record; zeros in the row are another run. */
  private static boolean sameRun(StampTuple t, int offset) {
    boolean none = t.longAt(offset) == 0 && t.longAt(offset + Long.BYTES) == 0;
    return t.length(StampTuple.RUN_ID) < 0
        ? none
        : !none && same(t, StampTuple.RUN_ID, offset, UUID_BYTES);
  }

  /** Namespace, path, type and metadata, each behind its length, and nothing after them. */
  private boolean sameTexts(StampTuple t, int offset) {
    int end = t.recordOffset() + t.recordLength();
    int at = offset;
    int length = lengthAt(t, at, end);
    if (length != namespace.length || !is(t.array(), at + Integer.BYTES, end, namespace)) {
      return false;
    }
    at += Integer.BYTES + length;
    length = lengthAt(t, at, end);
    if (length < 0 || !same(t, StampTuple.FILE_PATH, at + Integer.BYTES, length)) {
      return false;
    }
    at += Integer.BYTES + length;
    length = lengthAt(t, at, end);
    if (length < 0 || !same(t, StampTuple.CONTENT_TYPE, at + Integer.BYTES, length)) {
      return false;
    }
    at += Integer.BYTES + length;
    length = lengthAt(t, at, end);
    at += Integer.BYTES;
    return length >= 0 && at + length == end && sameData(t, at, length);
  }

  /** The length that stands here; -1 when it reaches beyond the record. */
  private static int lengthAt(StampTuple t, int at, int end) {
    if (at + Integer.BYTES > end) {
      return -1;
    }
    int length = t.intAt(at);
    return length >= 0 && length <= end - at - Integer.BYTES ? length : -1;
  }

  /**
   * {"metadata":..., "stamp":"# ONEX:uid=...,hash=...,ts=..."}, and who has hashed at the end
   * unless it was the service.
   */
  private boolean sameData(StampTuple t, int metadata, int length) {
    byte[] bytes = t.array();
    int at = t.offset(StampTuple.STAMP_DATA);
    int end = at + t.length(StampTuple.STAMP_DATA);
    int stamp = at + METADATA.length + length;
    int uid = stamp + STAMP.length;
    int hash = uid + UUID_DIGITS + HASH.length;
    int time = hash + HASH_DIGITS + TIME.length;
    if (time > end
        || !is(bytes, at, end, METADATA)
        || !same(bytes, at + METADATA.length, metadata, length)
        || !is(bytes, stamp, end, STAMP)
        || !HexText.isUuid(bytes, uid, t.offset(StampTuple.STAMP_ID))
        || !is(bytes, uid + UUID_DIGITS, end, HASH)
        || !same(bytes, hash, t.offset(StampTuple.FILE_HASH), HASH_DIGITS)
        || !is(bytes, hash + HASH_DIGITS, end, TIME)) {
      return false;
    }
    byte[] last = bytes[t.recordOffset()] == FORM ? BY_SERVER : BY_CLIENT;
    int rest = end - last.length;
    return createdAt.is(bytes, time, rest, t.longAt(t.offset(StampTuple.CREATED_AT)))
        && is(bytes, rest, end, last);
  }

  private static boolean is(byte[] bytes, int at, int end, byte[] expected) {
    return at + expected.length <= end
        && Arrays.equals(bytes, at, at + expected.length, expected, 0, expected.length);
  }
}
