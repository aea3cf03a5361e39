// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.omnibridge.api.workflow.v1.ListWorkflowsRequest;
import dev.omnibridge.api.workflow.v1.ListWorkflowsResponse;
import dev.omnibridge.api.workflow.v1.SubmitWorkflowRequest;
import dev.omnibridge.api.workflow.v1.WatchWorkflowRequest;
import dev.omnibridge.api.workflow.v1.WorkflowServiceGrpc;
import dev.omnibridge.bridge.FakeDirectory;
import dev.omnibridge.bridge.FakeOrchestrator;
import dev.omnibridge.bridge.TestSetting;
import dev.omnibridge.embedded.FreePorts;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.Peer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens when one of several processes is away, over real connections. */
class FailoverTest {
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(10);
  private static final Duration UNHURRIED = Duration.ofSeconds(20);

  @TempDir private Path home = Path.of("");

  private final FakeDirectory directory = new FakeDirectory();
  private final FakeOrchestrator first;
  private final FakeOrchestrator second;
  private final FakeOrchestrator informed;

  FailoverTest() throws IOException {
    first = new FakeOrchestrator();
    second = new FakeOrchestrator();
    informed = new FakeOrchestrator(directory);
  }

  @AfterEach
  void stop() {
    first.close();
    second.close();
    informed.close();
  }

  /** One that passes nobody over who is only slow: what is away refuses to be connected. */
  private static Client client(String addresses) {
    return client(addresses, UNHURRIED);
  }

  private static Client client(String addresses, Duration patience) {
    return Client.open(
        Addresses.all(addresses), patience, new Failover.Limits(UNHURRIED, UNHURRIED));
  }

  /** One that waits as little as the product does. */
  private static Client hurried(String addresses) {
    return Client.open(Addresses.all(addresses), Duration.ofSeconds(2));
  }

  private static String nowhere() {
    return "127.0.0.1:" + FreePorts.next();
  }

  private static ListWorkflowsResponse list(Client client) {
    return client.call(
        Peer.ORCHESTRATOR,
        WorkflowServiceGrpc.getListWorkflowsMethod(),
        ListWorkflowsRequest.getDefaultInstance());
  }

  @Test
  void shouldGoOnWithTheNextAddressWhenTheFirstIsDead() throws IOException {
    String definition = Files.writeString(home.resolve("hello.yaml"), "document: {}").toString();
    var command = new TestSetting(home);

    int code = command.run("submit", definition, "--address", nowhere() + ", " + second.address());

    assertThat(code).as(command.err()).isZero();
    assertThat(second.submitted).hasSize(1);
  }

  @Test
  void shouldGoOnSoonWhenTheFirstAddressAcceptsAndNeverAnswers() throws IOException {
    long began = System.nanoTime();
    try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        var client = hurried("127.0.0.1:" + silent.getLocalPort() + "," + second.address())) {
      assertThat(list(client)).isNotNull();
      assertThat(list(client)).isNotNull();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(LONG_ENOUGH);
    assertThat(second.listed).hasSize(2);
  }

  @Test
  void shouldSendTheSameRequestIdToTheNextAddress() throws IOException {
    first.faults.add(Fault.unavailable("NOT_READY", "Not ready yet.", null));
    String definition = Files.writeString(home.resolve("hello.yaml"), "document: {}").toString();
    var command =
        new TestSetting(home).with("OMNIBRIDGE_ADDRESS", first.address() + "," + second.address());

    assertThat(command.run("submit", definition)).as(command.err()).isZero();
    assertThat(first.submitted).hasSize(1);
    assertThat(second.submitted)
        .extracting(SubmitWorkflowRequest::getRequestId)
        .containsExactly(first.submitted.getFirst().getRequestId());
  }

  @Test
  void shouldGoOnWithTheNextAddressWhenAProcessDiesBetweenTwoCalls() {
    try (var client = client(first.address() + "," + second.address())) {
      assertThat(list(client)).isNotNull();
      first.close();
      assertThat(list(client)).isNotNull();
    }
    assertThat(first.listed).hasSize(1);
    assertThat(second.listed).hasSize(1);
  }

  @Test
  void shouldGoOnWithTheNextAddressWhenAProcessCancelsWhatItLeavesBehind() {
    first.faults.add(Fault.of(Kind.CANCELLED, "GRPC_CANCELLED", "The process goes down."));
    try (var client = client(first.address() + "," + second.address())) {
      assertThat(list(client)).isNotNull();
    }
    assertThat(second.listed).hasSize(1);
  }

  @Test
  void shouldFollowAWatchOnAtTheNextAddressAfterTheLastVersionSeen() {
    first.breaks.add(2L);
    var versions = new ArrayList<Long>();
    try (var client = client(first.address() + "," + second.address())) {
      new WorkflowWatch(client, Workflows.key("default", "w"), 0, LONG_ENOUGH)
          .forEach(event -> versions.add(event.getVersion()));
    }

    assertThat(versions).containsExactly(1L, 2L, 3L, 4L);
    assertThat(second.watched)
        .extracting(WatchWorkflowRequest::getAfterVersion)
        .containsExactly(2L);
  }

  @Test
  void shouldAskOneProcessWhereTheInstancesOfAServiceAre() {
    directory
        .knows(Peer.ORCHESTRATOR, nowhere())
        .knows(Peer.ORCHESTRATOR, first.address())
        .knows(Peer.REDUCER, second.address());
    try (var client = client(informed.address())) {
      assertThat(list(client)).isNotNull();
      assertThat(list(client)).isNotNull();
    }

    assertThat(first.listed).hasSize(2);
    assertThat(informed.listed).isEmpty();
    assertThat(directory.asked).hasValue(1);
  }

  /** As with containers, whose network is not that of the host which publishes their ports. */
  @Test
  void shouldReachAServiceWhereItWasNamedWhenItsOwnAddressLeadsNowhere() throws IOException {
    String unreachable = "192.0.2.1:8060";
    directory.knows(Peer.ORCHESTRATOR, unreachable).knows(Peer.REDUCER, "192.0.2.2:8062", true, 0);
    var own = new FakeDirectory().knows(Peer.ORCHESTRATOR, unreachable, true, 0);
    var published = new FakeOrchestrator(own);
    long began = System.nanoTime();
    try (var client = hurried(informed.address() + "," + nowhere() + "," + published.address())) {
      assertThat(list(client)).isNotNull();
    } finally {
      published.close();
    }

    assertThat(published.listed).hasSize(1);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(LONG_ENOUGH);
  }

  @Test
  void shouldSayWhatToDoWhenAServiceIsKnownButNotReachedFromHere() {
    String unreachable = nowhere();
    directory.knows(Peer.ORCHESTRATOR, unreachable);
    try (var client = client(informed.address(), Duration.ZERO)) {
      Fault fault = catchThrowableOfType(Fault.class, () -> list(client));

      assertThat(fault.sentence())
          .isEqualTo(
              "Nothing answers at %s; start the orchestrator, or name where it is reached from here, with --address or ORCHESTRATOR_ADDRESS."
                  .formatted(unreachable));
    }
  }

  @Test
  void shouldAskAgainWhenNoneOfTheKnownInstancesAnswers() {
    directory.knows(Peer.ORCHESTRATOR, first.address());
    try (var client = client(informed.address())) {
      assertThat(list(client)).isNotNull();
      first.close();
      directory.instances.clear();
      directory.knows(Peer.ORCHESTRATOR, second.address());
      assertThat(list(client)).isNotNull();
    }

    assertThat(second.listed).hasSize(1);
  }

  @Test
  void shouldPreferTheVariableOfAServiceToWhatTheDirectoryKnows() {
    directory.knows(Peer.ORCHESTRATOR, first.address());
    var command =
        new TestSetting(home)
            .with("OMNIBRIDGE_ADDRESS", informed.address())
            .with("ORCHESTRATOR_ADDRESS", second.address());

    assertThat(command.run("list")).as(command.err()).isZero();
    assertThat(second.listed).hasSize(1);
    assertThat(directory.asked).hasValue(0);
  }

  @Test
  void shouldNameEveryAddressThatWasTried() {
    String one = nowhere();
    String other = nowhere();
    try (var client = client(one + "," + other, Duration.ofMillis(100))) {
      Fault fault = catchThrowableOfType(Fault.class, () -> list(client));

      assertThat(fault.kind()).isEqualTo(Kind.UNAVAILABLE);
      // The order is that of the last attempt.
      assertThat(fault.sentence()).startsWith("Nothing answers at ").contains(one, " or ", other);
    }
  }

  @Test
  void shouldKeepWhatAServiceSaysWhenNoOtherIsThere() {
    first.faults.add(Fault.unavailable("LOG_AWAY", "The log is away.", null).with("since", "noon"));
    String dead = nowhere();
    try (var client = client(first.address() + "," + dead, Duration.ZERO)) {
      Fault fault = catchThrowableOfType(Fault.class, () -> list(client));

      assertThat(fault.reason()).isEqualTo("LOG_AWAY");
      assertThat(fault.sentence())
          .isEqualTo("The log is away. Tried: %s, %s.".formatted(first.address(), dead));
      assertThat(fault.facts()).containsEntry("since", "noon");
    }
  }

  @Test
  void shouldTellAFailureThatIsNoOutageAtOnce() {
    first.faults.add(Fault.invalid("BAD_REQUEST", "That is no request."));
    try (var client = client(first.address() + "," + second.address())) {
      Fault fault = catchThrowableOfType(Fault.class, () -> list(client));

      assertThat(fault.reason()).isEqualTo("BAD_REQUEST");
      assertThat(second.listed).isEmpty();
    }
  }
}
