// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.GivenStamps.revision;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.CompareStampsRequest;
import dev.omnibridge.api.log.v1.CompareStampsResponse;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.StampLeafRun;
import dev.omnibridge.api.log.v1.StampLeafServiceGrpc;
import dev.omnibridge.dbadapter.GivenStamps.File;
import dev.omnibridge.testkit.TestPostgres;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Leaves come without their rows where these say the same, and with them where they do not. */
class CompareStampsIT {
  private static final int COLUMNS = 16;
  private static final int STAMPS = 20;

  private final TestPostgres.Database database = MigratedDatabase.fresh();
  private final RunningDbAdapter adapter = RunningDbAdapter.start(database, config -> config);

  @AfterEach
  void stop() {
    adapter.close();
  }

  private void append(AppendRequest request) {
    var unused =
        LogServiceGrpc.newBlockingStub(adapter.channel())
            .withDeadlineAfter(30, TimeUnit.SECONDS)
            .append(request);
  }

  private void tamper(String sql) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** What was answered: the records of leaves alone, and the indexes of those beside a row. */
  private record Answer(TreeMap<Long, byte[]> alone, List<Long> beside) {}

  private Answer compare(boolean onlyDiffering, long to) {
    var answer = new Answer(new TreeMap<>(), new ArrayList<>());
    StampLeafServiceGrpc.newBlockingStub(adapter.channel())
        .withDeadlineAfter(60, TimeUnit.SECONDS)
        .compareStamps(
            CompareStampsRequest.newBuilder()
                .setNamespace("compared")
                .setToIndex(to)
                .setOnlyDiffering(onlyDiffering)
                .build())
        .forEachRemaining(message -> read(message, answer));
    return answer;
  }

  private static void read(CompareStampsResponse message, Answer answer) {
    assertThat(message.getSerializedSize()).isLessThan(1 << 20);
    for (StampLeafRun run : message.getAgreeingList()) {
      ByteBuffer records = run.getRecords().asReadOnlyByteBuffer();
      for (int i = 0; i < run.getLengthsCount(); i++) {
        byte[] record = new byte[run.getLengths(i)];
        records.get(record);
        answer.alone.put(run.getFirstIndex() + i, record);
      }
      assertThat(records.hasRemaining()).isFalse();
    }
    ByteBuffer rows = message.getRows().asReadOnlyByteBuffer();
    while (rows.hasRemaining()) {
      assertThat(rows.getShort()).isEqualTo((short) COLUMNS);
      answer.beside.add(rows.getLong(rows.position() + Integer.BYTES));
      for (int column = 0; column < COLUMNS; column++) {
        int length = rows.getInt();
        rows.position(rows.position() + Math.max(0, length));
      }
    }
  }

  @Test
  void shouldSendRowsOnlyWhereTheyDiffer() throws SQLException {
    File revised = File.of("compared", "revised");
    append(revision(revised, 1).build());
    append(revision(revised, 2).build());
    for (int i = 2; i < STAMPS; i++) {
      append(revision(File.of("compared", "file " + i), 1).build());
    }
    tamper("update metadata_stamps set file_path = 'elsewhere' where leaf_index = 7");
    tamper("delete from metadata_stamps where leaf_index = 9");
    tamper("delete from stamp_leaves where leaf_index = 11");

    Answer differing = compare(true, STAMPS);
    Answer all = compare(false, STAMPS);

    assertThat(differing.beside).containsExactly(0L, 7L, 9L, 11L);
    assertThat(differing.alone).hasSize(STAMPS - 4).doesNotContainKeys(0L, 7L, 9L, 11L);
    assertThat(all.beside).hasSize(STAMPS).isSorted();
    assertThat(all.alone).isEmpty();
    for (long index : differing.alone.keySet()) {
      assertThat(differing.alone.get(index)).isEqualTo(record(index));
    }
  }

  private byte[] record(long index) throws SQLException {
    try (var connection = database.connect();
        var rows =
            connection
                .createStatement()
                .executeQuery("select record from stamp_leaves where leaf_index = " + index)) {
      assertThat(rows.next()).isTrue();
      return rows.getBytes(1);
    }
  }

  /** Of any size, and with a change in every third row: neither order nor bound is lost. */
  @Test
  void shouldSendLeavesOfAnySizeInTheirOrder() throws SQLException {
    int leaves = 3000;
    tamper(
        """
        insert into metadata_stamps
          (namespace, file_hash, content_hash, stamp_id, file_path, file_size, content_type,
           version, stamp_data, op_id, created_at, updated_at, stamped_at, leaf_index)
        select 'compared', hash, hash, id, case when i %% 500 = 0 then repeat('p', 300000)
               else 'short' end, i, 'text/plain', 1,
               ('{"metadata":{},"stamp":"# ONEX:uid=' || id || ',hash=' || hash
                || ',ts=2026-11-21T10:00:00Z"}')::json, md5('op' || i)::uuid, at, at, at, i
          from (select i, encode(sha256(int8send(i)), 'hex') as hash, md5('id' || i)::uuid as id,
                       timestamptz '2026-11-21 10:00:00Z' as at
                  from generate_series(0, %d) as i) as made
        """
            .formatted(leaves - 1));
    tamper(
        """
        insert into stamp_leaves (namespace, leaf_index, record)
        select namespace, leaf_index,
               stamp_record(stamp_id, version, file_hash, content_hash, file_size, created_at,
                            stamped_at, op_id, run_id, namespace, file_path, content_type, '{}')
          from metadata_stamps
        """);
    tamper("update metadata_stamps set content_type = 'other' where leaf_index % 3 = 1");

    Answer answer = compare(true, leaves);

    assertThat(answer.beside).hasSize(leaves / 3).isSorted().allMatch(index -> index % 3 == 1);
    assertThat(answer.alone).hasSize(leaves / 3 * 2);
    assertThat(answer.alone.get(0L)).hasSizeGreaterThan(300_000).isEqualTo(record(0));
    assertThat(answer.alone.get(2L)).isEqualTo(record(2));
    assertThat(answer.alone.get(2999L)).isEqualTo(record(2999));
  }
}
