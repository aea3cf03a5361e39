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
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/** Servers of somebody else, from which a run takes away again what it made there. */
final class ExternalInfrastructure implements Infrastructure {
  private static final long LIMIT_SECONDS = 60;

  private final Settings settings;
  private @Nullable Servers shared;

  ExternalInfrastructure(Settings settings) {
    this.settings = settings;
  }

  @Override
  public Kind kind() {
    return Kind.EXTERNAL;
  }

  @Override
  public synchronized Servers shared() {
    if (shared == null) {
      var servers = new Theirs(settings.postgres(), settings.kafka());
      Serving.awaitPostgres(servers.maintenance, settings.startLimit());
      Serving.awaitKafka(servers.kafka, settings.startLimit());
      Runtime.getRuntime().addShutdownHook(new Thread(servers::clear, "clear-servers"));
      shared = servers;
    }
    return shared;
  }

  @Override
  public Servers own(String name) {
    throw new TestAbortedException(
        "%s stops its servers, and those of others are not stopped".formatted(name));
  }

  private static final class Theirs implements SharedServers {
    private final Database maintenance;
    private final String kafka;
    private final List<Database> databases = new ArrayList<>();
    private final List<String> prefixes = new ArrayList<>();

    Theirs(Database maintenance, String kafka) {
      this.maintenance = maintenance;
      this.kafka = kafka;
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

    @Override
    public void close() {}

    /** Everything that can be; what stays is told. */
    synchronized void clear() {
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
}
