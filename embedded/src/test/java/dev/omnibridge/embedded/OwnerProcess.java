// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A JVM of its own that starts a server on a directory and then waits to be killed or closed. */
record OwnerProcess(Process process, long answer) implements AutoCloseable {
  private static final String READY = "READY ";

  public static void main(String[] args) throws Exception {
    var directory = Path.of(args[1]);
    switch (args[0]) {
      case "postgres" -> servePostgres(directory);
      case "kafka" -> serveKafka(directory, args[2]);
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static void servePostgres(Path directory) throws IOException {
    try (var server = EmbeddedPostgres.start(EmbeddedPostgres.Options.in(directory))) {
      System.out.println(READY + server.pid());
      System.in.transferTo(OutputStream.nullOutputStream());
    }
  }

  private static void serveKafka(Path directory, String topic) throws Exception {
    try (var kafka = EmbeddedKafka.start(EmbeddedKafka.Options.in(directory))) {
      EmbeddedKafkaIT.createTopic(kafka, topic);
      EmbeddedKafkaIT.send(kafka, topic, "acknowledged");
      System.out.println(READY + kafka.port());
      System.in.transferTo(OutputStream.nullOutputStream());
    }
  }

  /** Answers with the pid of its PostgreSQL server. */
  static OwnerProcess ofPostgres(Path directory) throws IOException {
    return start("postgres", directory.toString());
  }

  /** Answers with the port of its broker once one record of the topic is acknowledged. */
  static OwnerProcess ofKafka(Path directory, String topic) throws IOException {
    return start("kafka", directory.toString(), topic);
  }

  private static OwnerProcess start(String... arguments) throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var classPath = System.getProperty("java.class.path");
    // It lives for seconds, in which the better compiler would be busy for nothing.
    var builder = new ProcessBuilder(java, "-XX:TieredStopAtLevel=1", "-cp", classPath);
    builder.command().add(OwnerProcess.class.getName());
    builder.command().addAll(List.of(arguments));
    var process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    var output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (var line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith(READY)) {
        return new OwnerProcess(process, Long.parseLong(line.substring(READY.length())));
      }
    }
    throw new IOException("The owner process ended before it was ready");
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Lets it end by itself if it was not killed. */
  @Override
  public void close() {
    if (!process.isAlive()) {
      return;
    }
    try {
      process.getOutputStream().close();
      if (!process.waitFor(Duration.ofSeconds(30))) {
        kill();
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }
}
