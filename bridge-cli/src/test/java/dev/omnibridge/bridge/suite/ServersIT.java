// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.bridge.TestSetting;
import dev.omnibridge.embedded.EmbeddedServerException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL and Kafka alone, as services that run apart need them. */
class ServersIT {
  @TempDir private Path data = Path.of("");

  private static void answers(String host, String port) throws IOException {
    try (var socket = new Socket(host, Integer.parseInt(port))) {
      assertThat(socket.isConnected()).isTrue();
    }
  }

  @Test
  void shouldServeOnOneDirectoryAndTellWhere() throws IOException {
    Path file = data.resolve("where.env");
    String password;
    try (var servers = Servers.start(SuiteOptions.in(data), file)) {
      var environment = servers.environment();
      password = environment.get("PGPASSWORD");
      answers(environment.get("PGHOST"), environment.get("PGPORT"));
      String[] kafka = environment.get("KAFKA_BOOTSTRAP_SERVERS").split(":");
      answers(kafka[0], kafka[1]);
      assertThat(Files.readAllLines(file))
          .hasSize(7)
          .startsWith("# process " + ProcessHandle.current().pid())
          .contains("export PGPASSWORD='%s'".formatted(password))
          .contains("export KAFKA_BOOTSTRAP_SERVERS='%s'".formatted(servers.kafkaAddress()));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");

      assertThatThrownBy(() -> Suite.start(SuiteOptions.in(data)))
          .isInstanceOf(EmbeddedServerException.class)
          .hasMessageContaining("is in use by");
    }
    assertThat(file).doesNotExist();

    try (var suite = Suite.start(SuiteOptions.in(data))) {
      assertThat(suite.endpoints().databasePassword()).isEqualTo(password);
    }
  }

  @Test
  void shouldHaveStoppedForEverybodyWhoClosesThem() {
    var servers = Servers.start(SuiteOptions.in(data), data.resolve("where.env"));
    var closing =
        Stream.of(1, 2)
            .map(_ ->
                CompletableFuture.supplyAsync(
                    () -> {
                      servers.close();
                      return servers.postgres().isRunning();
                    },
                    task -> Thread.ofVirtual().start(task)))
            .toList();

    assertThat(closing)
        .allSatisfy(one -> assertThat(one).succeedsWithin(Duration.ofSeconds(60)).isEqualTo(false));
  }

  @Test
  void shouldSayWhichPortIsTakenBeforeAnythingIsStarted() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      for (String option : new String[] {"--postgres-port", "--kafka-port"}) {
        var command = new TestSetting(data);
        String[] arguments = {
          "servers", "--data", data.toString(), "--postgres-port=0", "--kafka-port=0"
        };
        arguments[option.equals("--kafka-port") ? 4 : 3] = option + "=" + port;

        assertThat(command.run(arguments)).isEqualTo(6);
        assertThat(command.err()).contains("Port %s is in use".formatted(port), option);
      }
    }
  }
}
