// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.Given.any;
import static dev.omnibridge.dbadapter.Given.append;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.GetOutboxRequest;
import dev.omnibridge.api.log.v1.GetOutboxResponse;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.OutboxServiceGrpc;
import dev.omnibridge.runtime.event.EventHeaders;
import dev.omnibridge.testkit.RecordReader;
import dev.omnibridge.testkit.TestKafka;
import dev.omnibridge.testkit.TestPostgres;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A database, a broker, and any number of db-adapters between them; and the question whether Kafka
 * has what the log has.
 */
final class OutboxRig implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(60);

  /** What was found in the log and in Kafka. */
  record Tally(int rows, int records, int distinct) {
    int repeated() {
      return records - distinct;
    }
  }

  final TestPostgres.Database database = MigratedDatabase.fresh();
  final String environment = TestKafka.uniquePrefix() + "env";
  private final String bootstrapServers;
  private final @Nullable OwnKafka own;
  private final List<RunningDbAdapter> adapters = new ArrayList<>();

  /** With a broker of its own. */
  OutboxRig(Path directory) {
    this.own = new OwnKafka(directory);
    this.bootstrapServers = own.bootstrapServers();
  }

  /** On a broker that others use, too. */
  OutboxRig(String bootstrapServers) {
    this.own = null;
    this.bootstrapServers = bootstrapServers;
  }

  /** Its own one. */
  OwnKafka kafka() {
    return requireNonNull(own);
  }

  String bootstrapServers() {
    return bootstrapServers;
  }

  String topic() {
    return environment + ".omninode-bridge.workflow.events.v1";
  }

  RunningDbAdapter adapter() {
    return adapter(OutboxConfig.DEFAULT, false);
  }

  RunningDbAdapter adapter(OutboxConfig outbox, boolean inbox) {
    var adapter = RunningDbAdapter.start(database, config -> config(config, outbox, inbox));
    adapters.add(adapter);
    return adapter;
  }

  private DbAdapterConfig config(DbAdapterConfig usual, OutboxConfig outbox, boolean inbox) {
    return Given.on(usual, environment, bootstrapServers(), inbox, outbox);
  }

  void close(RunningDbAdapter adapter) {
    adapters.remove(adapter);
    adapter.close();
  }

  /** Appends an event to each of the streams. */
  static void write(RunningDbAdapter adapter, List<StreamName> streams) {
    var log = LogServiceGrpc.newBlockingStub(adapter.channel());
    for (StreamName stream : streams) {
      AppendRequest request = append(any(stream, 1)).build();
      var unused = log.append(request);
    }
  }

  static List<StreamName> runs(int count) {
    return Stream.generate(Given::run).limit(count).toList();
  }

  static GetOutboxResponse status(RunningDbAdapter adapter) {
    return OutboxServiceGrpc.newBlockingStub(adapter.channel())
        .getOutbox(GetOutboxRequest.getDefaultInstance());
  }

  static long backlog(RunningDbAdapter adapter) {
    return status(adapter).getLanesList().stream().mapToLong(lane -> lane.getBacklog()).sum();
  }

  /** Of nine times. */
  static Duration median(Supplier<Duration> timed) {
    return Stream.generate(timed).limit(9).sorted().skip(4).findFirst().orElseThrow();
  }

  static void drained(RunningDbAdapter adapter) {
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .ignoreExceptions()
        .until(() -> backlog(adapter) == 0);
  }

  /** Until one adapter relays all lanes. */
  static void owned(RunningDbAdapter asked, UnaryOperator<String> owner) {
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> {
          GetOutboxResponse status = status(asked);
          return status.getLanesList().stream()
              .allMatch(
                  lane -> lane.getHeld() && lane.getOwner().equals(owner.apply(status.getOwner())));
        });
  }

  List<ConsumerRecord<String, byte[]>> records() {
    return new RecordReader(bootstrapServers(), LIMIT).readAll(topic());
  }

  static String header(ConsumerRecord<String, byte[]> found, String name) {
    var header = found.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
  }

  static Set<String> ids(List<ConsumerRecord<String, byte[]>> records) {
    var ids = new LinkedHashSet<String>();
    records.forEach(found -> ids.add(header(found, EventHeaders.ID)));
    return ids;
  }

  /** Versions of each stream in the order of their first appearance. */
  static Map<String, List<Long>> firstAppearances(List<ConsumerRecord<String, byte[]>> records) {
    var versions = new HashMap<String, List<Long>>();
    var seen = new LinkedHashSet<String>();
    for (var found : records) {
      if (seen.add(header(found, EventHeaders.ID))) {
        versions
            .computeIfAbsent(found.key(), _ -> new ArrayList<>())
            .add(Long.parseLong(header(found, EventHeaders.VERSION)));
      }
    }
    return versions;
  }

  Set<String> rows() {
    var ids = new TreeSet<String>();
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var found = statement.executeQuery("select event_id::text from events")) {
      while (found.next()) {
        ids.add(found.getString(1));
      }
    } catch (SQLException failure) {
      throw new AssertionError(failure);
    }
    return ids;
  }

  /**
   * Kafka has every event of the log, and for each stream in order; what was acknowledged is there.
   */
  Tally verified(String name, Set<String> acknowledged) {
    Set<String> rows = rows();
    var records = records();
    Set<String> ids = ids(records);
    var tally = new Tally(rows.size(), records.size(), ids.size());
    System.out.printf(
        "%s: %d acknowledged, %d rows, %d records, %d of them repeated%n",
        name, acknowledged.size(), tally.rows(), tally.records(), tally.repeated());
    assertThat(rows).containsAll(acknowledged);
    assertThat(ids).containsExactlyInAnyOrderElementsOf(rows);
    assertThat(firstAppearances(records).values())
        .allSatisfy(versions -> {
          assertThat(versions).isSorted().doesNotHaveDuplicates();
          assertThat(versions.getLast()).isEqualTo(versions.size());
        });
    return tally;
  }

  @Override
  public void close() {
    adapters.forEach(RunningDbAdapter::close);
    if (own != null) {
      own.close();
    }
  }
}
