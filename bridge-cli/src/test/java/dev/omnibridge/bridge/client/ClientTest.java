// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.omnibridge.api.workflow.v1.ListWorkflowsRequest;
import dev.omnibridge.api.workflow.v1.WorkflowServiceGrpc;
import dev.omnibridge.embedded.FreePorts;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.Peer;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClientTest {
  @Test
  void shouldGiveUpOnAnAddressWhereNothingAnswersAndSayWhatToDo() {
    String nowhere = "127.0.0.1:" + FreePorts.next();
    try (var client = Client.open(Addresses.all(nowhere), Duration.ofMillis(200))) {
      Fault fault =
          catchThrowableOfType(
              Fault.class,
              () ->
                  client.call(
                      Peer.ORCHESTRATOR,
                      WorkflowServiceGrpc.getListWorkflowsMethod(),
                      ListWorkflowsRequest.getDefaultInstance()));

      assertThat(fault.kind()).isEqualTo(Kind.UNAVAILABLE);
      assertThat(fault.sentence())
          .isEqualTo(
              "Nothing answers at %s; start the suite with ./bridge up, or name another address with --address."
                  .formatted(nowhere));
    }
  }

  @Test
  void shouldKeepTheOrderOfManyThingsDoneAtOnce() {
    List<Integer> numbers = IntStream.range(0, 100).boxed().toList();

    assertThat(Crew.map(numbers, 7, number -> number * 2))
        .isEqualTo(numbers.stream().map(number -> number * 2).toList());
  }

  @Test
  void shouldEndManyThingsWithTheFirstFailure() {
    Fault fault =
        catchThrowableOfType(
            Fault.class,
            () ->
                Crew.map(
                    List.of(1, 2, 3),
                    2,
                    number -> {
                      throw Fault.invalid("BAD", "Number " + number + " is bad.");
                    }));

    assertThat(fault.reason()).isEqualTo("BAD");
  }
}
