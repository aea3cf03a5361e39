// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import dev.omnibridge.embedded.FreePorts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A db-adapter in a process of its own, which can be killed and paused. */
final class AdapterProcess implements AutoCloseable {
  private final Process process;

  private AdapterProcess(Process process) {
    this.process = process;
  }

  static AdapterProcess start(OutboxRig rig) throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var builder =
        new ProcessBuilder(
            List.of(
                java,
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.omnibridge.dbadapter.DbAdapter"));
    var database = rig.database;
    builder.environment().put("PGHOST", database.host());
    builder.environment().put("PGPORT", Integer.toString(database.port()));
    builder.environment().put("PGUSER", database.user());
    builder.environment().put("PGPASSWORD", database.password());
    builder.environment().put("PGDATABASE", database.name());
    builder.environment().put("KAFKA_BOOTSTRAP_SERVERS", rig.bootstrapServers());
    builder.environment().put("OMNIBRIDGE_ENVIRONMENT", rig.environment);
    builder.environment().put("DB_ADAPTER_PORT", Integer.toString(FreePorts.next()));
    builder.environment().put("DB_ADAPTER_INBOX", "false");
    builder.environment().put("CLUSTER", "false");
    builder.environment().put("LOG_LEVEL", "WARN");
    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.INHERIT);
    return new AdapterProcess(builder.start());
  }

  /** As -9 does: nothing is given back. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      throw new AssertionError("it does not end");
    }
  }

  /** As a stalled machine does. */
  void pause() throws Exception {
    signal("STOP");
  }

  void resume() throws Exception {
    signal("CONT");
  }

  /** To be stopped as an operator does. */
  void stop() throws Exception {
    signal("TERM");
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      throw new AssertionError("it does not end");
    }
  }

  private void signal(String name) throws Exception {
    int code =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    if (code != 0) {
      throw new AssertionError("no signal " + name);
    }
  }

  @Override
  public void close() throws Exception {
    kill();
  }
}
