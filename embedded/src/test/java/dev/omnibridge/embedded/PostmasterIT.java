// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.embedded.PostgresBinaries.RunAs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** How a server is stopped; it and the program that asks it are the test's. */
@EnabledOnOs(OS.LINUX)
class PostmasterIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path directory;
  private Path asked;
  private Process server;
  private PostgresBinaries binaries;

  /** The server ends when its input does; pg_ctl tells how it was called, and ends at once. */
  @BeforeEach
  void start() throws IOException {
    asked = Files.createFile(directory.resolve("asked"));
    Path control =
        Files.writeString(
            directory.resolve("pg_ctl"),
            "#!/bin/sh\necho \"$@\" >> '%s'\nkill -INT $$\n".formatted(asked));
    Files.setPosixFilePermissions(control, PosixFilePermissions.fromString("rwx------"));
    binaries = new PostgresBinaries(directory, RunAs.OURSELVES, 18);
    server =
        new ProcessBuilder("bash", "-c", "exec -a postgres cat")
            .directory(directory.toFile())
            .start();
  }

  @AfterEach
  void end() {
    server.destroyForcibly();
  }

  @Test
  void shouldLetTheServerEndInOrderWhenTheOneThatAskedItIsInterrupted() throws Exception {
    var postmaster = new Postmaster(server.pid(), directory);
    await().atMost(LIMIT).until(postmaster::isRunning);

    var stopped = CompletableFuture.supplyAsync(() -> postmaster.stop(binaries, LIMIT));
    await().atMost(LIMIT).until(() -> Files.size(asked) > 0);
    server.getOutputStream().close();

    assertThat(stopped).succeedsWithin(LIMIT).isEqualTo(true);
    assertThat(asked).content().contains("-m fast").doesNotContain("immediate");
  }
}
