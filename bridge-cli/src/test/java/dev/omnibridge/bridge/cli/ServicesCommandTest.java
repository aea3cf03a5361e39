// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.bridge.FakeDirectory;
import dev.omnibridge.bridge.FakeOrchestrator;
import dev.omnibridge.bridge.TestSetting;
import dev.omnibridge.embedded.FreePorts;
import dev.omnibridge.runtime.rpc.Peer;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServicesCommandTest {
  private static final String REDUCER = "omnibridge.state.v1.StateService";

  @TempDir private Path home = Path.of("");

  private final FakeDirectory directory = new FakeDirectory();
  private final HealthStatusManager health = new HealthStatusManager();
  private final FakeOrchestrator suite;

  ServicesCommandTest() throws IOException {
    suite = new FakeOrchestrator(directory, health.getHealthService());
  }

  @BeforeEach
  void serveEverything() {
    directory.knows(Peer.ORCHESTRATOR, "elsewhere:1", true, 256);
    for (Peer peer : Peer.values()) {
      if (peer != Peer.ORCHESTRATOR) {
        directory.knows(peer, suite.address());
      }
    }
    for (String service :
        new String[] {
          REDUCER,
          "omnibridge.workflow.v1.WorkflowService",
          "omnibridge.log.v1.LogService",
          "omnibridge.stamping.v1.StampingService",
          "omnibridge.intelligence.v1.IntelligenceService"
        }) {
      health.setStatus(service, ServingStatus.SERVING);
    }
  }

  @AfterEach
  void stop() {
    suite.close();
  }

  private TestSetting command() {
    return new TestSetting(home).with("OMNIBRIDGE_ADDRESS", suite.address());
  }

  @Test
  void shouldShowEveryInstanceAndItsHealth() {
    var command = command();

    assertThat(command.run("services")).as(command.err()).isZero();
    assertThat(command.out().lines().map(line -> line.replaceAll(" +", " ").strip()))
        .containsExactly(
            "SERVICE ADDRESS KNOWN BY SHARDS HEALTH",
            "orchestrator %s itself 256 serving".formatted(suite.address()),
            "db-adapter %s cluster serving".formatted(suite.address()),
            "reducer %s cluster serving".formatted(suite.address()),
            "stamping-service %s cluster serving".formatted(suite.address()),
            "intelligence-service %s cluster serving".formatted(suite.address()));
    assertThat(command.err())
        .contains("As " + suite.address() + " knows it, a member of a cluster");
  }

  @Test
  void shouldEndWithFourWhenAServiceHasNoInstanceThatServes() throws IOException {
    health.setStatus(REDUCER, ServingStatus.NOT_SERVING);
    var command = command();

    assertThat(command.run("services", "-o", "json")).isEqualTo(4);
    JsonNode document = new ObjectMapper().readTree(command.out());
    assertThat(document.get("notServing")).hasSize(1);
    assertThat(document.at("/notServing/0").asText()).isEqualTo("reducer");
    assertThat(document.at("/instances/2/health").asText()).isEqualTo("NOT_SERVING");
    assertThat(document.get("clustered").asBoolean()).isTrue();
  }

  @Test
  void shouldServeWithOneOfTwoInstances() {
    directory.knows(Peer.REDUCER, "127.0.0.1:" + FreePorts.next());
    var command = command();

    assertThat(command.run("services")).isZero();
    assertThat(command.out()).contains("unreachable");
  }

  @Test
  void shouldShowAServiceOfWhichNothingIsKnownAsMissing() {
    directory.instances.removeIf(one -> one.getService().equals("stamping-service"));
    var command = command();

    assertThat(command.run("services")).isEqualTo(4);
    assertThat(command.out()).containsPattern("stamping-service +- +- +missing");
    assertThat(command.err()).contains("No instance serves: stamping-service.");
  }

  @Test
  void shouldAskWhatAVariableNamesInsteadOfWhatTheDirectoryKnows() {
    String nowhere = "127.0.0.1:" + FreePorts.next();
    var command = command().with("REDUCER_ADDRESS", nowhere);

    assertThat(command.run("services")).isEqualTo(4);
    assertThat(command.out())
        .containsPattern("reducer +" + nowhere + " +configuration +unreachable");
  }

  @Test
  void shouldEndWithFourWhenNobodyCanBeAsked() {
    var command = new TestSetting(home).with("OMNIBRIDGE_ADDRESS", "127.0.0.1:" + FreePorts.next());

    assertThat(command.run("services")).isEqualTo(4);
    assertThat(command.err()).contains("Nothing answers at");
  }
}
