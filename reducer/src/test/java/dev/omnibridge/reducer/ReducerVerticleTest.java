// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.runtime.Env;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReducerVerticleTest {
  private final Vertx vertx = Vertx.vertx();
  private final Edge edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void close() throws Exception {
    http.close();
    edge.close().await(30, SECONDS);
    vertx.close().await(30, SECONDS);
  }

  private String page(int port, String path) throws Exception {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
    return http.send(request, BodyHandlers.ofString()).body();
  }

  @Test
  void shouldBeDegradedAndTellItsNumbersWhileKafkaIsAway() throws Exception {
    var config = ReducerConfig.from(Env.of(Map.of("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")));
    String deployed = vertx.deployVerticle(new ReducerVerticle(config, edge)).await(30, SECONDS);
    int port = edge.listen().await(30, SECONDS);

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() ->
            assertThat(page(port, "/health"))
                .contains("\"status\":\"DEGRADED\"")
                .contains("\"projection\":\"there is no connection to Kafka\""));
    assertThat(page(port, "/metrics"))
        .contains("omnibridge_reducer_lag 0.0")
        .contains("omnibridge_reducer_stuck 0.0");

    vertx.undeploy(deployed).await(30, SECONDS);
    assertThat(page(port, "/health")).contains("\"status\":\"UP\"");
    assertThat(page(port, "/metrics")).doesNotContain("omnibridge_reducer");
  }
}
