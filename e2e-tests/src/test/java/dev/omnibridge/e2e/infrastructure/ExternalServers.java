// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.infrastructure;

import dev.omnibridge.testkit.TestPostgres.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;

/** Servers of somebody else, from which a run takes away again what it made there. */
final class ExternalServers implements Servers {
  private static final long LIMIT_SECONDS = 60;

  private final Database maintenance;
  private final String kafka;
  private final List<Database> databases = new ArrayList<>();
  private final List<String> prefixes = new ArrayList<>();

  private ExternalServers(Database maintenance, String kafka) {
    this.maintenance = maintenance;
    this.kafka = kafka;
  }

  /** Waits until both answer. */
  static ExternalServers reach(Settings settings) {
    var servers = new ExternalServers(settings.postgres(), settings.kafka());
    Serving.awaitPostgres(servers.maintenance, settings.startLimit());
    Serving.awaitKafka(servers.kafka, settings.startLimit());
    return servers;
  }

  @Override
  public synchronized Database freshDatabase() {
    var made = Databases.create(maintenance);
    databases.add(made);
    return made;
  }

  @Override
  public String kafka() {
    return kafka;
  }

  @Override
  public synchronized String freshTopicPrefix() {
    String prefix = "story-" + UUID.randomUUID();
    prefixes.add(prefix);
    return prefix;
  }

  private static UnsupportedOperationException refusal() {
    return new UnsupportedOperationException("The servers are somebody else's, and not stopped");
  }

  @Override
  public void stopKafka() {
    throw refusal();
  }

  @Override
  public void startKafka() {
    throw refusal();
  }

  @Override
  public void stopPostgres() {
    throw refusal();
  }

  @Override
  public void startPostgres() {
    throw refusal();
  }

  /** Drops everything that can be; what stays is told. */
  @Override
  public synchronized void close() {
    for (Database made : databases) {
      try {
        Databases.drop(maintenance, made);
      } catch (IllegalStateException failure) {
        System.out.printf("database %s stays: %s%n", made.name(), failure.getCause());
      }
    }
    dropTopics();
  }

  private void dropTopics() {
    try (var admin = Admin.create(Map.of("bootstrap.servers", kafka))) {
      var all = admin.listTopics().names().get(LIMIT_SECONDS, TimeUnit.SECONDS);
      var made =
          all.stream().filter(topic -> prefixes.stream().anyMatch(topic::startsWith)).toList();
      for (var deleted : admin.deleteTopics(made).topicNameValues().entrySet()) {
        await(deleted.getKey(), deleted.getValue());
      }
    } catch (ExecutionException | TimeoutException failure) {
      System.out.printf("topics that begin with %s stay: %s%n", prefixes, failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void await(String topic, KafkaFuture<Void> deleted)
      throws InterruptedException, TimeoutException {
    try {
      var unused = deleted.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException failure) {
      System.out.printf("topic %s stays: %s%n", topic, failure.getCause());
    }
  }
}
