// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.testkit.Seeds;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What agrees with its leaf is not looked at again, so whatever else stands there must not. */
class StampAgreementTest {
  private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");
  private static final String NAMESPACE = "default";
  private static final int FRONT = 3;

  private final Seeds seeds = Seeds.fromProperty();
  private final RandomGenerator random = seeds.random("stamps");
  private final StampAgreement agreement = new StampAgreement(NAMESPACE);

  /** The columns of a leaf and a row that say the same. */
  private byte[][] columns(boolean byClient, boolean ofRun, Instant createdAt) {
    UUID id = uuid();
    byte[] file = some(32);
    byte[] content = some(32);
    byte[] revision = number(1 + random.nextInt(3));
    byte[] size = number(random.nextLong(1L << 40));
    byte[] created = number(ChronoUnit.MICROS.between(EPOCH, createdAt));
    byte[] stamped = number(random.nextLong(1L << 50));
    byte[] op = some(16);
    byte[] run = ofRun ? some(16) : new byte[16];
    byte[] path = "dir/\u00e4.txt".repeat(1 + random.nextInt(3)).getBytes(UTF_8);
    byte[] type = "text/plain".getBytes(UTF_8);
    byte[] metadata = "{\"n\": 1.50, \"t\":\"\u00e4 \\\"q\\\"\"}".getBytes(UTF_8);
    String stamp =
        ",\"stamp\":\"# ONEX:uid=%s,hash=%s,ts=%s\"%s}"
            .formatted(id, hex(file), createdAt, byClient ? ",\"hashed_by\":\"client\"" : "");
    byte[][] columns = new byte[StampTuple.COLUMNS][];
    columns[StampTuple.LEAF_INDEX] = number(7);
    columns[StampTuple.RECORD] =
        joined(
            new byte[] {(byte) (byClient ? 2 : 1)},
            joined(uuid(id), revision, file, content, size, created, stamped, op, run),
            text(NAMESPACE.getBytes(UTF_8)),
            text(path),
            text(type),
            text(metadata));
    columns[StampTuple.FILE_HASH] = hex(file).getBytes(UTF_8);
    columns[StampTuple.CONTENT_HASH] = hex(content).getBytes(UTF_8);
    columns[StampTuple.STAMP_ID] = uuid(id);
    columns[StampTuple.REVISION] = revision;
    columns[StampTuple.FILE_PATH] = path;
    columns[StampTuple.FILE_SIZE] = size;
    columns[StampTuple.CONTENT_TYPE] = type;
    columns[StampTuple.STAMP_DATA] =
        joined("{\"metadata\":".getBytes(UTF_8), metadata, stamp.getBytes(UTF_8));
    columns[StampTuple.RUN_ID] = ofRun ? run : null;
    columns[StampTuple.OP_ID] = op;
    columns[StampTuple.CREATED_AT] = created;
    columns[StampTuple.STAMPED_AT] = stamped;
    return columns;
  }

  private byte[] some(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private UUID uuid() {
    return new UUID(random.nextLong(), random.nextLong());
  }

  private static byte[] uuid(UUID id) {
    return joined(number(id.getMostSignificantBits()), number(id.getLeastSignificantBits()));
  }

  private static byte[] number(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static byte[] text(byte[] text) {
    return joined(ByteBuffer.allocate(Integer.BYTES).putInt(text.length).array(), text);
  }

  private static byte[] joined(byte[]... parts) {
    var out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /** As COPY sends it, behind something else. */
  private boolean agrees(byte[][] columns) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(new byte[FRONT]);
    out.writeBytes(new byte[] {0, StampTuple.COLUMNS});
    for (byte[] column : columns) {
      out.writeBytes(column == null ? new byte[] {-1, -1, -1, -1} : text(column));
    }
    return agreement.holds(new StampTuple().read(out.toByteArray(), FRONT));
  }

  private Instant at(String time) {
    return Instant.parse(time);
  }

  private byte[][] usual() {
    return columns(random.nextBoolean(), random.nextBoolean(), at("2026-11-21T10:00:01.234567Z"));
  }

  @Test
  void shouldAgreeInEveryFormThatAppendsWrite() {
    for (String time :
        new String[] {
          "2026-11-21T10:00:01.234567Z",
          "2026-11-21T23:59:59.020Z",
          "2027-01-01T00:00:00Z",
          "1999-12-31T23:59:59.999999Z",
          "2000-02-29T00:00:00.000001Z"
        }) {
      for (boolean byClient : new boolean[] {true, false}) {
        for (boolean ofRun : new boolean[] {true, false}) {
          assertThat(agrees(columns(byClient, ofRun, at(time)))).as(seeds.hint()).isTrue();
        }
      }
    }
  }

  @Test
  void shouldNotAgreeWhenAnyByteOfLeafOrRowIsAnother() {
    for (int round = 0; round < 8; round++) {
      byte[][] columns = usual();
      for (int column = StampTuple.RECORD; column <= StampTuple.STAMPED_AT; column++) {
        for (int at = 0; columns[column] != null && at < columns[column].length; at++) {
          // Arrays are shared by columns.
          byte[] right = columns[column];
          columns[column] = right.clone();
          columns[column][at] ^= (byte) (1 << random.nextInt(8));
          assertThat(agrees(columns))
              .as("byte %d of column %d, %s", at, column, seeds.hint())
              .isFalse();
          columns[column] = right;
        }
      }
      assertThat(agrees(columns)).as(seeds.hint()).isTrue();
    }
  }

  @Test
  void shouldNotAgreeWhenAnythingIsMissingOrCutOffOrTooLong() {
    byte[][] columns = usual();
    for (int column = StampTuple.RECORD; column <= StampTuple.STAMPED_AT; column++) {
      byte[] right = columns[column];
      if (right == null) {
        columns[column] = new byte[16];
        assertThat(agrees(columns)).as("a run for none").isFalse();
        columns[column] = null;
        continue;
      }
      columns[column] = null;
      assertThat(agrees(columns)).as("column %d is null, %s", column, seeds.hint()).isFalse();
      for (int length = 0; length <= right.length + 1; length++) {
        columns[column] = Arrays.copyOf(right, length);
        assertThat(agrees(columns))
            .as("%d bytes of column %d, %s", length, column, seeds.hint())
            .isEqualTo(length == right.length);
      }
      columns[column] = right;
    }
  }

  @Test
  void shouldNotAgreeWithAStampOfAnotherNamespaceOrWithMoreBehindIt() {
    byte[][] columns = usual();
    assertThat(agrees(columns)).isTrue();

    byte[] data = columns[StampTuple.STAMP_DATA];
    columns[StampTuple.STAMP_DATA] =
        joined(Arrays.copyOf(data, data.length - 1), ",\"more\":1}".getBytes(UTF_8));
    assertThat(agrees(columns)).isFalse();
    columns[StampTuple.STAMP_DATA] = data;

    byte[] record = columns[StampTuple.RECORD];
    String other = new String(record, java.nio.charset.StandardCharsets.ISO_8859_1);
    columns[StampTuple.RECORD] =
        other.replace(NAMESPACE, "defauls").getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThat(agrees(columns)).isFalse();
  }

  /** The years of four digits are what the text is made for; beyond them nothing agrees. */
  @Test
  void shouldTellTimesAsJavaWritesThem() {
    var text = new TimeText();
    long first = micros(at("0000-01-01T00:00:00Z"));
    long behind = micros(at("+10000-01-01T00:00:00Z"));
    for (int i = 0; i < 20_000; i++) {
      long unit = new long[] {1, 1_000, 1_000_000, 86_400_000_000L}[i % 4];
      long micros = random.nextLong(first, behind) / unit * unit;
      if (micros < first) {
        continue;
      }
      byte[] written = EPOCH.plus(micros, ChronoUnit.MICROS).toString().getBytes(UTF_8);
      assertThat(text.is(written, 0, written.length, micros)).as("%d", micros).isTrue();
      assertThat(text.is(written, 0, written.length, micros + unit)).as("%d", micros).isFalse();
      assertThat(text.is(written, 0, written.length - 1, micros)).as("%d", micros).isFalse();
    }
    for (long beyond : new long[] {first - 1, behind, Long.MIN_VALUE, Long.MAX_VALUE}) {
      byte[] written = EPOCH.plus(beyond, ChronoUnit.MICROS).toString().getBytes(UTF_8);
      assertThat(text.is(written, 0, written.length, beyond)).as("%d", beyond).isFalse();
    }
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(EPOCH, time);
  }
}
