// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFileTest {
  private static final Endpoints ENDPOINTS =
      new Endpoints("127.0.0.1:1", "jdbc:x", "user", "secret", "127.0.0.1:2", "dev");

  @Test
  void shouldFindTheSuiteOfALivingProcess(@TempDir Path data) throws Exception {
    RunFile.ofThisProcess(ENDPOINTS).write(data);

    assertThat(RunFile.ofRunning(data))
        .get()
        .satisfies(run -> assertThat(run.endpoints()).isEqualTo(ENDPOINTS));
    assertThat(Files.getPosixFilePermissions(data.resolve("run.json")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void shouldNotBelieveTheFileOfAKilledProcessOrOfAnotherWithItsPid(@TempDir Path data)
      throws Exception {
    RunFile self = RunFile.ofThisProcess(ENDPOINTS);
    new RunFile(self.pid(), self.processStart() - 60_000, ENDPOINTS).write(data);
    assertThat(RunFile.ofRunning(data)).isEmpty();

    new RunFile(Integer.MAX_VALUE, 0, ENDPOINTS).write(data);
    assertThat(RunFile.ofRunning(data)).isEmpty();
  }

  @Test
  void shouldFindNothingWhereNothingOrNonsenseIsWritten(@TempDir Path data) throws Exception {
    assertThat(RunFile.ofRunning(data)).isEmpty();

    Path unused = Files.writeString(data.resolve("run.json"), "{\"pid\":");
    assertThat(RunFile.ofRunning(data)).isEmpty();
  }
}
