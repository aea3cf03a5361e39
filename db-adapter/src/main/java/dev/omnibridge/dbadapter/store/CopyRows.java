// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyIn;

/**
 * Rows in the binary format of COPY, sent as they are made: memory does not grow with their number.
 * Every row is begun with {@link #row}, which may send, and then gets its columns in order.
 */
final class CopyRows {
  private static final byte[] HEADER = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };
  private static final long POSTGRES_EPOCH_SECONDS = 946_684_800;
  private static final int MICROS_PER_SECOND = 1_000_000;

  /** Above the largest row: 512 KiB of body and the texts, whose lengths are checked before. */
  private static final int CAPACITY = 1 << 20;

  private static final int SEND_AT = 128 << 10;

  private final ByteBuffer buffer = ByteBuffer.allocate(CAPACITY);
  private @Nullable CopyIn copy;

  /** Starts anew, whatever became of the rows before. */
  void begin(CopyIn started) {
    copy = started;
    buffer.clear().put(HEADER);
  }

  void row(int columns) throws SQLException {
    if (buffer.position() >= SEND_AT) {
      send();
    }
    buffer.putShort((short) columns);
  }

  /** Sends the rest; the number of rows that the server has taken. */
  long end() throws SQLException {
    buffer.putShort((short) -1);
    return send().endCopy();
  }

  private CopyIn send() throws SQLException {
    CopyIn started = copy;
    if (started == null) {
      throw new IllegalStateException("No COPY was begun");
    }
    started.writeToCopy(buffer.array(), 0, buffer.position());
    buffer.clear();
    return started;
  }

  CopyRows uuid(@Nullable UUID value) {
    if (value == null) {
      buffer.putInt(-1);
    } else {
      buffer
          .putInt(2 * Long.BYTES)
          .putLong(value.getMostSignificantBits())
          .putLong(value.getLeastSignificantBits());
    }
    return this;
  }

  /**
   * Fails rather than writing another time.
   *
   * @throws ArithmeticException beyond what a column can tell in microseconds
   */
  CopyRows time(OffsetDateTime value) {
    long seconds = value.toEpochSecond() - POSTGRES_EPOCH_SECONDS;
    return bigint(
        Math.addExact(Math.multiplyExact(seconds, MICROS_PER_SECOND), value.getNano() / 1_000));
  }

  CopyRows bigint(long value) {
    buffer.putInt(Long.BYTES).putLong(value);
    return this;
  }

  CopyRows integer(int value) {
    buffer.putInt(Integer.BYTES).putInt(value);
    return this;
  }

  CopyRows text(@Nullable String value) {
    if (value == null) {
      buffer.putInt(-1);
    } else {
      byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
      buffer.putInt(bytes.length).put(bytes);
    }
    return this;
  }

  CopyRows bytes(ByteString value) {
    buffer.putInt(value.size());
    value.copyTo(buffer);
    return this;
  }
}
