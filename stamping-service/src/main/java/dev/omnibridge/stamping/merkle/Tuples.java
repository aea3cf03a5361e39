// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.merkle;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Leaves beside their rows, one after the other in a piece of bytes: for each the number of
 * columns, then every column behind its length. Read in place, because an audit reads millions.
 */
public final class Tuples {
  static final int LEAF_INDEX = 0;
  static final int RECORD = 1;
  static final int FILE_HASH = 2;
  static final int CONTENT_HASH = 3;
  static final int STAMP_ID = 4;
  static final int REVISION = 5;
  static final int FILE_PATH = 6;
  static final int FILE_SIZE = 7;
  static final int CONTENT_TYPE = 8;
  static final int STAMP_DATA = 9;
  static final int RUN_ID = 10;
  static final int OP_ID = 11;
  static final int CREATED_AT = 12;
  static final int STAMPED_AT = 13;
  static final int NEWEST_REVISION = 14;
  static final int NEWEST_INDEX = 15;
  private static final int COLUMNS = 16;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] bytes;
  private final int[] offsets = new int[COLUMNS];
  private final int[] lengths = new int[COLUMNS];
  private int at;

  public Tuples(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Goes to the next one; false at the end. */
  public boolean next() {
    if (at >= bytes.length) {
      return false;
    }
    int columns = (short) SHORT.get(bytes, at);
    if (columns != COLUMNS) {
      throw new IllegalStateException("A tuple of %d columns".formatted(columns));
    }
    at += Short.BYTES;
    for (int column = 0; column < COLUMNS; column++) {
      lengths[column] = (int) INT.get(bytes, at);
      offsets[column] = at + Integer.BYTES;
      at = offsets[column] + Math.max(0, lengths[column]);
    }
    return true;
  }

  /** The index of the leaf, whether there is one or a row names it. */
  public long leafIndex() {
    return number(LEAF_INDEX);
  }

  /** Whether there is a leaf. */
  public boolean hasRecord() {
    return has(RECORD);
  }

  /** Whether a row names this leaf. */
  public boolean hasRow() {
    return has(FILE_HASH);
  }

  /** The newest revision of the leaf's stamp where no row names the leaf; 0 when there is none. */
  public long newestRevision() {
    return has(NEWEST_REVISION) ? number(NEWEST_REVISION) : 0;
  }

  /** The leaf of the newest revision where no row names this one; -1 when there is none. */
  public long newestIndex() {
    return has(NEWEST_INDEX) ? number(NEWEST_INDEX) : -1;
  }

  /** A copy of the record. */
  public byte[] record() {
    return Arrays.copyOfRange(bytes, offset(RECORD), offset(RECORD) + length(RECORD));
  }

  /** The bytes that the record is in. */
  public byte[] array() {
    return bytes;
  }

  /** Where the record is. */
  public int recordOffset() {
    return offset(RECORD);
  }

  /** How long the record is. */
  public int recordLength() {
    return length(RECORD);
  }

  boolean has(int column) {
    return lengths[column] >= 0;
  }

  private int offset(int column) {
    return offsets[column];
  }

  private int length(int column) {
    return lengths[column];
  }

  long number(int column) {
    return longAt(offsets[column]);
  }

  private long longAt(int offset) {
    return (long) LONG.get(bytes, offset);
  }

  String text(int column) {
    return has(column) ? new String(bytes, offsets[column], lengths[column], UTF_8) : "";
  }

  @Nullable UUID uuid(int column) {
    return has(column) ? new UUID(number(column), longAt(offsets[column] + Long.BYTES)) : null;
  }

  @Nullable Instant time(int column) {
    return has(column) ? StampRecord.time(number(column)) : null;
  }

  /** The stamp that the row names, and its file hash and revision; empty or 0 without a row. */
  public Named row() {
    return new Named(
        String.valueOf(has(STAMP_ID) ? uuid(STAMP_ID) : ""),
        text(FILE_HASH),
        has(REVISION) ? number(REVISION) : 0);
  }

  /** How a stamp is named. */
  public record Named(String stampId, String fileHash, long revision) {}
}
