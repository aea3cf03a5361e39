// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.GivenStamps.revision;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.ReadStampLeavesRequest;
import dev.omnibridge.api.log.v1.StampLeafServiceGrpc;
import dev.omnibridge.dbadapter.GivenStamps.File;
import dev.omnibridge.embedded.FreePorts;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Statuses;
import dev.omnibridge.testkit.Seeds;
import dev.omnibridge.testkit.TestPostgres;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Every recorded revision is a leaf, once, and the leaves of a namespace have no gap. */
@Execution(ExecutionMode.CONCURRENT)
class StampLeavesIT {
  private static final int WRITERS = 64;
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final Seeds seeds = Seeds.fromProperty();
  private final TestPostgres.Database database = MigratedDatabase.fresh();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final Queue<AppendRequest> written = new ConcurrentLinkedQueue<>();

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  private void append(Channel channel, AppendRequest request) {
    var unused =
        LogServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(30, TimeUnit.SECONDS)
            .append(request);
    written.add(request);
  }

  @Test
  void shouldMakeNoSecondLeafOfARepeatedAppend() throws SQLException {
    var file = File.of("repeats", "a");
    AppendRequest first = revision(file, 1).build();
    AppendRequest second = revision(file, 2).build();
    try (var adapter = RunningDbAdapter.start(database, config -> config)) {
      append(adapter.channel(), first);
      append(adapter.channel(), second);
      append(adapter.channel(), second);
      append(adapter.channel(), first);
    }

    assertThat(leaves().get("repeats")).hasSize(2);
    assertDense();
  }

  private void tamper(String sql) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void shouldRefuseOnlyTheNamespaceWhoseNextLeafIsThereAlready() throws SQLException {
    try (var adapter = RunningDbAdapter.start(database, config -> config);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      append(adapter.channel(), revision(File.of("changed", "first"), 1).build());
      tamper("insert into stamp_leaves values ('changed', 1, 'x')");
      for (int i = 0; i < 32; i++) {
        String name = "file " + i;
        threads.execute(() -> {
          try {
            append(adapter.channel(), revision(File.of("whole", name), 1).build());
          } catch (RuntimeException failure) {
            failures.add(failure);
          }
        });
        threads.execute(() -> {
          try {
            append(adapter.channel(), revision(File.of("changed", name), 1).build());
          } catch (StatusRuntimeException refused) {
            if (!Statuses.faultOf(refused).is("STAMP_LOG_DAMAGED")) {
              failures.add(refused);
            }
          }
        });
      }
    }

    assertThat(failures).isEmpty();
    assertThat(leaves().get("whole")).hasSize(32);
    assertThat(leaves().get("changed")).hasSize(2);
  }

  /** A db-adapter of before there was a log knows nothing of leaves. */
  @Test
  void shouldGiveALeafToWhatAnOlderWriterHasRevised() throws SQLException {
    try (var adapter = RunningDbAdapter.start(database, config -> config)) {
      append(adapter.channel(), revision(File.of("mixed", "revised"), 1).build());
      append(adapter.channel(), revision(File.of("mixed", "left alone"), 1).build());
    }
    tamper(
        "update metadata_stamps set version = 2, content_hash = repeat('cd', 32)"
            + " where file_path = 'revised'");
    tamper(
        "insert into metadata_stamps (namespace, file_hash, content_hash, stamp_id, file_path,"
            + " file_size, content_type, version, stamp_data, op_id, created_at, updated_at)"
            + " select E'mi\\nxed', file_hash, content_hash, stamp_id, file_path, file_size,"
            + " content_type, version, stamp_data, op_id, created_at, updated_at"
            + " from metadata_stamps where file_path = 'left alone'");
    RunningDbAdapter.start(database, config -> config).close();

    assertThat(leaves()).containsOnlyKeys("mixed");
    assertThat(leaves().get("mixed")).hasSize(3).last().isEqualTo("cd".repeat(32));
  }

  /** Somebody's append has stalled: a start needs its lock for nothing, or can do without. */
  @Test
  void shouldStartThoughALogOfStampsIsLocked() throws SQLException {
    try (var adapter = RunningDbAdapter.start(database, config -> config)) {
      append(adapter.channel(), revision(File.of("stalled", "a"), 1).build());
    }
    try (var stalled = database.connect();
        var statement = stalled.createStatement()) {
      stalled.setAutoCommit(false);
      statement.execute("update stamp_logs set size = size");
      RunningDbAdapter.start(database, config -> config).close();

      tamper("update metadata_stamps set version = 2, content_hash = repeat('cd', 32)");
      RunningDbAdapter.start(database, config -> config).close();
      stalled.rollback();
    }
    assertThat(leaves().get("stalled")).hasSize(1);

    RunningDbAdapter.start(database, config -> config).close();
    assertThat(leaves().get("stalled")).hasSize(2).last().isEqualTo("cd".repeat(32));
  }

  /** Leaves that grow by the hundredfold are read in steps that shrink as much. */
  @Test
  void shouldReadLeavesOfAnySizeInBoundedSteps() throws SQLException {
    try (var adapter = RunningDbAdapter.start(database, config -> config)) {
      tamper(
          "insert into stamp_leaves select 'large', i, convert_to(repeat('x', case when i < 600"
              + " then 200 else 200000 end), 'UTF8') from generate_series(0, 999) as i");
      var indexes = new ArrayList<Long>();
      StampLeafServiceGrpc.newBlockingStub(adapter.channel())
          .withDeadlineAfter(60, TimeUnit.SECONDS)
          .readStampLeaves(
              ReadStampLeavesRequest.newBuilder().setNamespace("large").setToIndex(1000).build())
          .forEachRemaining(piece -> {
            var in = piece.getLeaves().asReadOnlyByteBuffer();
            while (in.hasRemaining()) {
              indexes.add(in.getLong());
              int length = in.getInt();
              assertThat(length).isEqualTo(indexes.getLast() < 600 ? 200 : 200_000);
              in.position(in.position() + length);
            }
          });

      assertThat(indexes).hasSize(1000).isSorted().doesNotHaveDuplicates();
    }
  }

  /** Each append touches two namespaces, half of them in one order and half in the other. */
  @Test
  void shouldNumberTheLeavesOfManyWritersDenselyAndWithoutADeadlock() throws Exception {
    try (var one = RunningDbAdapter.start(database, config -> config);
        var two = RunningDbAdapter.start(database, config -> config);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < WRITERS; i++) {
        int writer = i;
        var random = seeds.random("writer " + i);
        threads.execute(() -> {
          try {
            for (int round = 0; round < 10; round++) {
              String name = writer + " " + round;
              boolean swapped = random.nextBoolean();
              var request = revision(File.of(swapped ? "b" : "a", name), 1);
              var more = revision(File.of(swapped ? "a" : "b", name), 1);
              append(
                  (writer % 2 == 0 ? one : two).channel(),
                  request.addAppends(more.getAppends(0)).addRows(more.getRows(0)).build());
            }
          } catch (RuntimeException failure) {
            failures.add(failure);
          }
        });
      }
    }

    assertThat(failures).as(seeds.hint()).isEmpty();
    assertThat(leaves().get("a")).hasSize(WRITERS * 10);
    assertThat(leaves().get("b")).hasSize(WRITERS * 10);
    assertDense();
  }

  @Test
  void shouldLoseNoLeafAndDoubleNoneWhenItIsKilled() throws Exception {
    int port = FreePorts.next();
    var settings = Settings.of(database);
    var current = new AtomicReference<>(ServingProcess.start(settings, port, directory));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 16; i++) {
        int writer = i;
        threads.execute(() -> write(writer, () -> current.get().channel()));
      }
      org.awaitility.Awaitility.await()
          .atMost(60, TimeUnit.SECONDS)
          .until(() -> written.size() >= 100 || !failures.isEmpty());
      current.get().kill();
      current.set(ServingProcess.start(settings, port, directory));
    } finally {
      current.get().close();
    }

    assertThat(failures).as(seeds.hint()).isEmpty();
    assertThat(leaves().get("killed")).hasSize(written.size()).doesNotHaveDuplicates();
    assertDense();
  }

  /** A revision after the other of one file, each until it is answered. */
  private void write(int writer, Supplier<Channel> channel) {
    var file = File.of("killed", "file " + writer);
    for (int revision = 1; revision <= 20; revision++) {
      AppendRequest request = revision(file, revision).build();
      long began = System.nanoTime();
      while (true) {
        try {
          append(channel.get(), request);
          break;
        } catch (StatusRuntimeException refused) {
          Fault fault = Statuses.faultOf(refused);
          if (fault.kind() == Fault.Kind.CONFLICT || System.nanoTime() - began > LIMIT_NANOS) {
            failures.add(refused);
            return;
          }
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
      }
    }
  }

  /** The content hashes in the leaves' records, in the order of the leaves. */
  private Map<String, List<String>> leaves() throws SQLException {
    var leaves = new HashMap<String, List<String>>();
    try (var connection = database.connect();
        var rows =
            connection
                .createStatement()
                .executeQuery(
                    "select namespace, encode(substr(record, 58, 32), 'hex')"
                        + " from stamp_leaves order by namespace, leaf_index")) {
      while (rows.next()) {
        leaves.computeIfAbsent(rows.getString(1), _ -> new ArrayList<>()).add(rows.getString(2));
      }
    }
    return leaves;
  }

  /** Every row names the leaf of its newest revision, and the lengths are those of the logs. */
  private void assertDense() throws SQLException {
    try (var connection = database.connect();
        var rows =
            connection
                .createStatement()
                .executeQuery(
                    """
                    select (select count(*) from stamp_logs l
                             where l.size <> (select count(*) from stamp_leaves s
                                               where s.namespace = l.namespace)
                                or l.size <> (select max(leaf_index) + 1 from stamp_leaves s
                                               where s.namespace = l.namespace)),
                           (select count(*) from metadata_stamps m
                             where not exists
                                   (select from stamp_leaves s
                                     where s.namespace = m.namespace
                                       and s.leaf_index = m.leaf_index
                                       and substr(s.record, 58, 32)
                                           = decode(m.content_hash, 'hex')
                                       and substr(s.record, 18, 8) = int8send(m.version))),
                           (select count(*) from events where kind = 'stamp')
                           - (select count(*) from stamp_leaves)
                    """)) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getLong(1)).as("logs with a gap").isZero();
      assertThat(rows.getLong(2)).as("rows that name another leaf").isZero();
      assertThat(rows.getLong(3)).as("events without a leaf").isZero();
    }
  }
}
