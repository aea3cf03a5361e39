// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.infrastructure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What the stories of outages rely on. On containers they show it themselves, in the time that this
 * would take besides: they stop and start each of the servers, and miss nothing that was there.
 */
class OwnServersIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** Much longer than a broker that serves takes. */
  private static final Duration SOON = Duration.ofSeconds(5);

  private static Servers servers;

  @BeforeAll
  static void start() {
    servers = Infrastructure.chosen().own("own-servers");
  }

  @AfterAll
  static void stop() {
    if (servers != null) {
      servers.close();
    }
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
    assertThatThrownBy(() -> send(topic, "meanwhile", SOON)).isInstanceOf(ExecutionException.class);
    servers.startKafka();
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
      assertThatThrownBy(() -> statement.execute("select 1")).isInstanceOf(SQLException.class);
    }
    assertThatThrownBy(database::connect).isInstanceOf(SQLException.class);
    servers.startPostgres();

    try (var connection = database.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select word, current_setting('fsync') from kept")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(1)).isEqualTo("still here");
      assertThat(rows.getString(2)).as("fsync").isEqualTo("on");
    }
  }
}
