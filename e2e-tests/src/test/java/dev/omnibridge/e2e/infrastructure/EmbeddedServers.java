// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.infrastructure;

import dev.omnibridge.embedded.EmbeddedKafka;
import dev.omnibridge.embedded.EmbeddedPostgres;
import dev.omnibridge.testkit.TestKafka;
import dev.omnibridge.testkit.TestPostgres.Database;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** A broker and a database, below target/ and kept there for who looks for causes. */
record EmbeddedServers(EmbeddedPostgres postgres, EmbeddedKafka broker) implements Servers {

  /** Both at once. */
  static EmbeddedServers start() {
    Path directory = directory();
    var postgres =
        CompletableFuture.supplyAsync(
            () ->
                EmbeddedPostgres.start(EmbeddedPostgres.Options.in(directory.resolve("postgres"))),
            Thread::startVirtualThread);
    EmbeddedKafka broker;
    try {
      broker = EmbeddedKafka.start(EmbeddedKafka.Options.in(directory.resolve("kafka")));
    } catch (Throwable failure) {
      closeAfter(failure, () -> postgres.join().close());
      throw failure;
    }
    try {
      return new EmbeddedServers(postgres.join(), broker);
    } catch (Throwable failure) {
      closeAfter(failure, broker::close);
      throw failure;
    }
  }

  private static void closeAfter(Throwable failure, Runnable close) {
    try {
      close.run();
    } catch (Throwable another) {
      failure.addSuppressed(another);
    }
  }

  private static Path directory() {
    try {
      Path parent = Files.createDirectories(Path.of("target", "servers"));
      return Files.createTempDirectory(parent, "servers-").toAbsolutePath();
    } catch (IOException unusable) {
      throw new UncheckedIOException(unusable);
    }
  }

  @Override
  public Database freshDatabase() {
    return Databases.create(
        new Database(
            postgres.host(),
            postgres.port(),
            postgres.user(),
            postgres.password(),
            postgres.database(),
            postgres.jdbcUrl()));
  }

  @Override
  public String kafka() {
    return broker.bootstrapServers();
  }

  @Override
  public String freshTopicPrefix() {
    return TestKafka.uniquePrefix();
  }

  @Override
  public void stopKafka() {
    broker.stop();
  }

  @Override
  public void startKafka() {
    broker.restart();
  }

  @Override
  public void stopPostgres() {
    postgres.kill();
  }

  @Override
  public void startPostgres() {
    postgres.restart();
  }

  @Override
  public void close() {
    try {
      broker.close();
    } finally {
      postgres.close();
    }
  }
}
