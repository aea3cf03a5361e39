// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A leaf beside the row that names it, as COPY writes them in binary: the number of columns, then
 * every column behind its length. Read in place, because an audit reads millions.
 */
public final class StampTuple {
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
  static final int COLUMNS = 16;

  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

  private byte[] bytes = {};
  private final int[] offsets = new int[COLUMNS];
  private final int[] lengths = new int[COLUMNS];

  /** Looks at the tuple that begins at {@code from}. */
  public StampTuple read(byte[] tuple, int from) {
    int columns = (short) SHORT.get(tuple, from);
    if (columns != COLUMNS) {
      throw new IllegalStateException("A tuple of %d columns".formatted(columns));
    }
    bytes = tuple;
    int at = from + Short.BYTES;
    for (int column = 0; column < COLUMNS; column++) {
      int length = (int) INT.get(tuple, at);
      at += Integer.BYTES;
      lengths[column] = length;
      offsets[column] = at;
      at += Math.max(0, length);
    }
    return this;
  }

  /** The index of the leaf. */
  public long leafIndex() {
    return longAt(offsets[LEAF_INDEX]);
  }

  /** The bytes that all of it is in. */
  public byte[] array() {
    return bytes;
  }

  /** Where the record is, when there is one. */
  public int recordOffset() {
    return offsets[RECORD];
  }

  /** How long the record is; -1 when there is no leaf. */
  public int recordLength() {
    return lengths[RECORD];
  }

  int offset(int column) {
    return offsets[column];
  }

  /** -1 for null. */
  int length(int column) {
    return lengths[column];
  }

  long longAt(int offset) {
    return (long) LONG.get(bytes, offset);
  }

  int intAt(int offset) {
    return (int) INT.get(bytes, offset);
  }
}
