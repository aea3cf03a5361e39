// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.infrastructure;

import com.github.dockerjava.api.exception.NotFoundException;
import dev.omnibridge.testkit.TestPostgres.Database;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;

/** The public images of PostgreSQL and Kafka on the engine of this machine. */
final class ContainerInfrastructure implements Infrastructure {
  private final Settings settings;
  private @Nullable Servers shared;

  ContainerInfrastructure(Settings settings) {
    this.settings = settings;
    removeLeftOvers();
  }

  private static void removeLeftOvers() {
    var client = DockerClientFactory.lazyClient();
    var marked = Map.of(OwnerMark.PLACE, OwnerMark.own().place());
    for (var found : client.listContainersCmd().withShowAll(true).withLabelFilter(marked).exec()) {
      var made = Instant.ofEpochSecond(found.getCreated());
      if (OwnerMark.isLeftOver(found.getLabels(), made, OwnerMark::startOf)) {
        try {
          client.removeContainerCmd(found.getId()).withForce(true).withRemoveVolumes(true).exec();
          System.out.printf("removed container %s of a run that was killed%n", found.getId());
        } catch (NotFoundException removed) {
          System.out.printf("container %s is gone already%n", found.getId());
        }
      }
    }
  }

  @Override
  public Kind kind() {
    return Kind.CONTAINERS;
  }

  @Override
  public synchronized Servers shared() {
    if (shared == null) {
      var servers = ContainerServers.start(settings.startLimit());
      Runtime.getRuntime().addShutdownHook(new Thread(servers::close, "stop-containers"));
      shared = new OfThisJvm(servers);
    }
    return shared;
  }

  @Override
  public Servers own(String name) {
    return ContainerServers.start(settings.startLimit());
  }

  /** Stopped with the JVM. */
  private record OfThisJvm(ContainerServers servers) implements SharedServers {
    @Override
    public Database freshDatabase() {
      return servers.freshDatabase();
    }

    @Override
    public String kafka() {
      return servers.kafka();
    }

    @Override
    public String freshTopicPrefix() {
      return servers.freshTopicPrefix();
    }

    @Override
    public void close() {}
  }
}
