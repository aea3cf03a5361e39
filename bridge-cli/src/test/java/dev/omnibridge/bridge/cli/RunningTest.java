// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class RunningTest {
  private final List<String> stopped = new CopyOnWriteArrayList<>();

  private Running<String> running(Duration limit) {
    return new Running<>(stopped::add, limit);
  }

  @Test
  void shouldSayThatItLeftWhatDidNotStartInTime() {
    var running = running(Duration.ofMillis(1));
    var server = new CompletableFuture<String>();
    var starting =
        CompletableFuture.supplyAsync(
            () ->
                running.start(() -> {
                  assertThat(running.stop()).as("while it starts").isFalse();
                  return server.join();
                }),
            task -> Thread.ofVirtual().start(task));
    server.complete("the server");

    assertThat(starting).succeedsWithin(Duration.ofSeconds(10));
    assertThat(stopped).isEmpty();
    assertThat(running.stop()).isTrue();
    assertThat(stopped).containsExactly("the server");
  }

  @Test
  void shouldHaveNothingToStopWhereNothingStarted() {
    var running = running(Duration.ofSeconds(10));
    assertThat(running.stop()).isTrue();

    assertThatThrownBy(() ->
            running.start(() -> {
              throw new NoClassDefFoundError("it did not");
            }))
        .hasMessage("it did not");

    assertThat(running.stop()).isTrue();
    assertThat(stopped).isEmpty();
  }
}
