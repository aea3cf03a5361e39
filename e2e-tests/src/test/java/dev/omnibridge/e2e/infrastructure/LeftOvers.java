// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.infrastructure;

import com.github.dockerjava.api.exception.NotFoundException;
import java.time.Instant;
import java.util.Map;
import org.testcontainers.DockerClientFactory;

/** Containers of runs on this machine that were killed, and so could not remove them. */
final class LeftOvers {
  private LeftOvers() {}

  static void remove() {
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
}
