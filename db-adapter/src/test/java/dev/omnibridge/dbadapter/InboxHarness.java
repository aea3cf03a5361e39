// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.ConsumerPartition;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.dbadapter.log.Append;
import dev.omnibridge.dbadapter.log.ForeignEvents;
import dev.omnibridge.dbadapter.log.Lanes;
import dev.omnibridge.dbadapter.store.Database;
import dev.omnibridge.dbadapter.store.Intakes;
import dev.omnibridge.dbadapter.stream.Inbox;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.rpc.Calls;
import dev.omnibridge.runtime.stream.Batch;
import dev.omnibridge.runtime.stream.Slice;
import dev.omnibridge.testkit.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * An inbox on a real database without Kafka: what a poll brings is up to the test, and so are the
 * positions that it believes in.
 */
final class InboxHarness implements AutoCloseable {
  static final String TOPIC = "test.omninode-bridge.metadata.events.v1";
  private static final Lanes LANES = new Lanes(4, 2);

  private final Vertx vertx = Vertx.vertx();
  private final RunningDbAdapter adapter;
  private final TestPostgres.Database database;
  private final List<Intakes> ways = new ArrayList<>();
  private final Inbox inbox;

  /** A consumer of this adapter's log; its Kafka has one topic. */
  InboxHarness(RunningDbAdapter adapter, TestPostgres.Database database) {
    this.adapter = adapter;
    this.database = database;
    var events = new ForeignEvents(Catalogue.load(), "test", UUID.randomUUID());
    this.inbox =
        new Inbox(
            events,
            LANES,
            _ -> {
              var postgres = adapter.config().postgres();
              var way = new Intakes(new Database(vertx, postgres), UUID::randomUUID, this::append);
              ways.add(way);
              return way::store;
            });
  }

  /** By the way that every other append takes. */
  private Future<?> append(Append append) {
    var request =
        AppendRequest.newBuilder()
            .setAppendId(append.id().toString())
            .addAllDeadLetters(append.deadLetters());
    append
        .moves()
        .forEach(move ->
            request.addPositions(
                Given.move(
                        move.partition().consumer(),
                        move.partition().partition(),
                        move.expected(),
                        move.next())
                    .toBuilder()
                    .setPartition(partition(move.partition().partition()))));
    return Calls.unary(
        adapter.channel(),
        LogServiceGrpc.getAppendMethod(),
        request.build(),
        Duration.ofSeconds(10));
  }

  private static ConsumerPartition partition(int number) {
    return ConsumerPartition.newBuilder()
        .setConsumer(Inbox.CONSUMER)
        .setClusterId("cluster")
        .setTopicId("topic")
        .setPartition(number)
        .build();
  }

  /** These values as the records of a partition from an offset on, which is stored as expected. */
  static Slice slice(int partition, long expected, long first, List<String> values) {
    var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
    for (int i = 0; i < values.size(); i++) {
      records.add(
          new ConsumerRecord<>(
              TOPIC,
              partition,
              first + i,
              ("key-" + partition).getBytes(StandardCharsets.UTF_8),
              values.get(i).getBytes(StandardCharsets.UTF_8)));
    }
    return new Slice(partition(partition), TOPIC, expected, records);
  }

  /** A good event; also a bad one, to a database that refuses ids that begin with "bad". */
  static String event(String id) {
    return """
    {"event_id": "%s", "event_type": "org.other.measured.v2", "source_service": "probe",
     "event_timestamp": "2026-03-01T12:00:00Z", "namespace": "lab", "payload": {}}
    """
        .formatted(id);
  }

  Future<?> begin(Slice... slices) {
    return inbox.handle(new Batch(List.of(slices)));
  }

  void handle(Slice... slices) {
    var unused = begin(slices).timeout(30, TimeUnit.SECONDS).await();
  }

  void execute(String sql) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  List<String> strings(String sql) throws SQLException {
    var found = new ArrayList<String>();
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    }
    return found;
  }

  /** The original ids in the order of their streams. */
  List<String> events() throws SQLException {
    return strings("select original_id from events order by stream_id, version");
  }

  /** Empty when versions and positions have no gap. */
  List<String> gaps() throws SQLException {
    return strings(
        """
        select 'stream ' || stream_id from events group by stream_id
        having count(*) <> max(version) or min(version) <> 1
        union all
        select 'lane ' || lane from events join lanes using (lane) group by lane, next_position
        having count(*) <> max(position) or max(position) <> next_position - 1
        union all
        select 'head ' || id from streams s
         where version <> (select count(*) from events e where e.stream_key = s.stream_key)
        """);
  }

  @Override
  public void close() {
    ways.forEach(way -> {
      var unused = way.close().timeout(30, TimeUnit.SECONDS).await();
    });
    vertx.close().await();
  }
}
