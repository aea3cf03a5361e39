// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import dev.omnibridge.testkit.RecordReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** What is left when the faults are over: waits until all is at rest, and reads everything. */
final class Rest {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final Duration READ_LIMIT = Duration.ofSeconds(60);
  private static final List<String> FOLDED = List.of(".workflow.events.v1", ".metadata.events.v1");
  private static final Pattern FOREIGN_ID = Pattern.compile("\"event_id\":\"([^\"]+)\"");

  private final World world;

  Rest(World world) {
    this.world = world;
  }

  /** Reads what is left, at rest or, after the limit, not. */
  Evidence await(Claims claims) throws Exception {
    try {
      Awaitility.await()
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(250))
          .ignoreExceptions()
          .until(() -> restless().isEmpty());
    } catch (ConditionTimeoutException late) {
      System.out.println("not at rest within " + LIMIT + "; the checker tells what is not");
    }
    return read(claims);
  }

  private List<String> restless() throws Exception {
    try (var connection = world.database().connect()) {
      var rows = new Rows(connection);
      var found = new ArrayList<>(new EvidenceReader(rows).unfinished());
      if (found.isEmpty()) {
        found.addAll(behind(rows));
      }
      return found;
    }
  }

  private Evidence read(Claims claims) throws Exception {
    try (var connection = world.database().connect()) {
      var rows = new Rows(connection);
      var restless = new ArrayList<>(behind(rows));
      restless.addAll(heldLanes(rows));
      restless.addAll(world.endedByThemselves());
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      var reader = new EvidenceReader(rows);
      return new Evidence(claims, reader.logged(), reader.kept(), records(), restless);
    }
  }

  /** Consumers whose position is not the end of their partition. */
  private List<String> behind(Rows rows) throws Exception {
    try (var admin = Admin.create(Map.of("bootstrap.servers", world.kafka()))) {
      Map<String, TopicDescription> topics =
          admin
              .describeTopics(topics(admin))
              .allTopicNames()
              .get(READ_LIMIT.toSeconds(), TimeUnit.SECONDS);
      var names = new HashMap<String, String>();
      var partitions = new HashMap<TopicPartition, OffsetSpec>();
      topics.forEach((name, topic) -> {
        names.put(topic.topicId().toString(), name);
        topic
            .partitions()
            .forEach(
                p -> partitions.put(new TopicPartition(name, p.partition()), OffsetSpec.latest()));
      });
      var ends = admin.listOffsets(partitions).all().get(READ_LIMIT.toSeconds(), TimeUnit.SECONDS);
      var positions =
          rows.of(
              "select consumer, topic_id, partition, next_offset from consumer_positions",
              row ->
                  new Position(row.getString(1), row.getString(2), row.getInt(3), row.getLong(4)));
      return late(positions, names, ends);
    }
  }

  /** Everything that has records is read by the log's inbox, what is folded by the reducer too. */
  private static List<String> late(
      List<Position> positions,
      Map<String, String> names,
      Map<TopicPartition, ListOffsetsResultInfo> ends) {
    var at = new HashMap<String, Long>();
    positions.forEach(one ->
        at.put(
            one.consumer() + " " + names.get(one.topicId()) + "-" + one.partition(), one.next()));
    var late = new ArrayList<String>();
    ends.forEach((partition, end) -> {
      boolean folded = FOLDED.stream().anyMatch(partition.topic()::endsWith);
      for (String consumer : folded ? List.of("db-adapter", "reducer") : List.of("db-adapter")) {
        long next = at.getOrDefault(consumer + " " + partition, 0L);
        if (next != end.offset()) {
          late.add("%s is at %d of %d in %s".formatted(consumer, next, end.offset(), partition));
        }
      }
    });
    return late;
  }

  private record Position(String consumer, String topicId, int partition, long next) {}

  private static List<String> topics(Admin admin) throws Exception {
    return admin.listTopics().names().get(READ_LIMIT.toSeconds(), TimeUnit.SECONDS).stream()
        .filter(name -> name.startsWith(World.ENVIRONMENT + "."))
        .sorted()
        .toList();
  }

  /** Whoever appends locks the head of its lane; at rest nobody does. */
  private static List<String> heldLanes(Rows rows) throws SQLException {
    long free = rows.number("select count(*) from (select 1 from lanes for update skip locked) f");
    long all = rows.number("select count(*) from lanes");
    return free == all ? List.of() : List.of("%d of %d lanes are held".formatted(all - free, all));
  }

  private List<Evidence.Published> records() throws Exception {
    List<String> topics;
    try (var admin = Admin.create(Map.of("bootstrap.servers", world.kafka()))) {
      topics = topics(admin);
    }
    return new RecordReader(world.kafka(), READ_LIMIT)
        .readAll(topics.toArray(String[]::new)).stream().map(Rest::published).toList();
  }

  private static Evidence.Published published(ConsumerRecord<String, byte[]> record) {
    String logId = header(record, "ob_log_id");
    return new Evidence.Published(
        record.topic(),
        record.partition(),
        record.offset(),
        record.key() == null ? "" : record.key(),
        logId,
        logId.isEmpty() ? foreignId(record) : header(record, "ce_id"),
        header(record, "ob_stream"),
        number(record, "ob_version"),
        (int) number(record, "ob_lane"),
        number(record, "ob_position"),
        digest(record.value()));
  }

  private static String foreignId(ConsumerRecord<String, byte[]> record) {
    Matcher id = FOREIGN_ID.matcher(new String(record.value(), StandardCharsets.UTF_8));
    return id.find() ? id.group(1) : "";
  }

  private static long number(ConsumerRecord<String, byte[]> record, String name) {
    String text = header(record, name);
    return text.isEmpty() ? 0 : Long.parseLong(text);
  }

  private static String header(ConsumerRecord<String, byte[]> record, String name) {
    var header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
  }

  /** As PostgreSQL's md5 gives it: to compare bytes, not to protect them. */
  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
