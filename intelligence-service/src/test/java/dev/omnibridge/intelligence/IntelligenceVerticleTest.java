// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IntelligenceVerticleTest {
  private final Vertx vertx = Vertx.vertx();
  private final Edge edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));

  @AfterEach
  void stop() throws Exception {
    edge.close().await(30, SECONDS);
    vertx.close().await(30, SECONDS);
  }

  private String deploy(Path index, int workers) throws Exception {
    var similar =
        new IntelligenceConfig.Similar(false, index.toString(), 100, false, "127.0.0.1:1", "test");
    var config = new IntelligenceConfig(4096, workers, 8, Duration.ofSeconds(30), 100, similar);
    return vertx.deployVerticle(new IntelligenceVerticle(config, edge)).await(30, SECONDS);
  }

  @Test
  void shouldLeaveItsIndexToTheNextWhenItCannotStart(@TempDir Path index) throws Exception {
    assertThatThrownBy(() -> deploy(index, 0)).hasMessageContaining("poolSize");

    assertThat(deploy(index, 2)).isNotEmpty();
  }
}
