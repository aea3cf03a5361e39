// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.runtime.Fault;
import org.junit.jupiter.api.Test;

class CatalogueTest {
  private final Catalogue catalogue = Catalogue.load();

  @Test
  void shouldGiveEveryTypeAStreamAReverseDnsNameAndDescribedFields() {
    assertThat(catalogue.events()).isNotEmpty();
    assertThat(catalogue.events())
        .allSatisfy(event -> {
          assertThat(event.type()).matches("dev\\.omnibridge\\.[a-z]+\\.[a-z-]+\\.v[0-9]+");
          assertThat(catalogue.stream(event.stream()).kind()).isEqualTo(event.stream());
          assertThat(event.description()).isNotBlank();
          assertThat(event.fields()).isNotEmpty();
          assertThat(event.fields()).allSatisfy(f -> assertThat(f.description()).isNotBlank());
        });
  }

  @Test
  void shouldNameTopicsAsKafkaAllowsThem() {
    assertThat(catalogue.streams())
        .allSatisfy(stream ->
            assertThat(catalogue.topic("dev", stream.kind())).matches("[a-z0-9._-]{1,249}"));
    assertThat(catalogue.topic("dev", "workflow"))
        .isEqualTo("dev.omninode-bridge.workflow.events.v1");
  }

  @Test
  void shouldRefuseATypeItDoesNotList() {
    assertThatThrownBy(() -> catalogue.event("dev.omnibridge.none.such.v1"))
        .isInstanceOfSatisfying(
            Fault.class, fault -> assertThat(fault.reason()).isEqualTo("UNKNOWN_EVENT_TYPE"));
  }

  @Test
  void shouldNameEveryFieldThatAPayloadLacksOrHasInAnotherType() throws Exception {
    var payload =
        new ObjectMapper()
            .readTree(
                "{\"workflow_id\":\"w\",\"run_id\":7,\"from_state\":\"PENDING\",\"timestamp\":\"t\"}");
    assertThat(catalogue.problems("dev.omnibridge.workflow.state-transition.v1", payload))
        .containsExactlyInAnyOrder(
            "dev.omnibridge.workflow.state-transition.v1 needs run_id (uuid)",
            "dev.omnibridge.workflow.state-transition.v1 needs to_state (state)");
  }
}
