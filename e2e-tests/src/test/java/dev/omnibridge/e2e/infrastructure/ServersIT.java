// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.infrastructure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.omnibridge.e2e.infrastructure.Infrastructure.Kind;
import dev.omnibridge.testkit.RecordReader;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What the stories rely on. On containers those of outages show it themselves, in the time that
 * this would take besides: they stop and start each of the servers, and miss nothing that was
 * there.
 */
class ServersIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** Much longer than a broker that serves takes. */
  private static final Duration SOON = Duration.ofSeconds(2);

  private static Servers servers;

  @BeforeAll
  static void start() {
    var infrastructure = Infrastructure.chosen();
    assumeTrue(infrastructure.kind() != Kind.EXTERNAL, "servers of others");
    servers = infrastructure.servers();
  }

  @Test
  void shouldLoseTheBrokerAndFindItAgainAtItsAddressWithItsRecords() throws Exception {
    String topic = servers.freshTopicPrefix() + "kept";
    try (var admin = Admin.create(Map.of("bootstrap.servers", servers.kafka()))) {
      admin
          .createTopics(List.of(new NewTopic(topic, 1, (short) 1)))
          .all()
          .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
    send(topic, "before", LIMIT);
    servers.stopKafka();
    try {
      assertThatThrownBy(() -> send(topic, "meanwhile", SOON))
          .isInstanceOf(ExecutionException.class);
    } finally {
      servers.startKafka();
    }
    send(topic, "after", LIMIT);

    assertThat(new RecordReader(servers.kafka(), LIMIT).read(2, topic))
        .extracting(record -> record.key())
        .containsExactly("before", "after");
  }

  private static void send(String topic, String word, Duration limit) throws Exception {
    int millis = (int) limit.toMillis();
    var settings =
        Map.<String, Object>of(
            "bootstrap.servers",
            servers.kafka(),
            "max.block.ms",
            millis,
            "request.timeout.ms",
            millis / 2,
            "delivery.timeout.ms",
            millis);
    try (var producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      var unused =
          producer
              .send(new ProducerRecord<>(topic, word, word))
              .get(2 * millis, TimeUnit.MILLISECONDS);
    }
  }

  @Test
  void shouldLoseTheDatabaseAndFindItAgainAtItsAddressWithWhatWasCommitted() throws Exception {
    var database = servers.freshDatabase();
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute("create table kept as select 'still here' as word");
      servers.stopPostgres();
      try {
        assertThatThrownBy(() -> statement.execute("select 1")).isInstanceOf(SQLException.class);
        assertThatThrownBy(database::connect).isInstanceOf(SQLException.class);
      } finally {
        servers.startPostgres();
      }
    }

    try (var connection = database.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select word from kept")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(1)).isEqualTo("still here");
    }
  }

  /** Limits that are kept without fsync say nothing; what others have set is theirs. */
  @Test
  @Tag("story")
  void shouldHaveWhatIsCommittedOnTheDisk() throws Exception {
    try (var connection = servers.freshDatabase().connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select current_setting('fsync')")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(1)).isEqualTo("on");
    }
  }
}
