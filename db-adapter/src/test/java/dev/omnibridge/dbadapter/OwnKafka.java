// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import dev.omnibridge.embedded.EmbeddedKafka;
import dev.omnibridge.embedded.FreePorts;
import java.nio.file.Path;

/** A broker of a test's own, which can go, come back and be replaced at its address. */
final class OwnKafka implements AutoCloseable {
  private final Path directory;
  private final int port = FreePorts.next();
  private int brokers;
  private EmbeddedKafka broker;

  OwnKafka(Path directory) {
    this.directory = directory;
    this.broker = another();
  }

  private EmbeddedKafka another() {
    var place = directory.resolve("kafka-" + ++brokers);
    return EmbeddedKafka.start(EmbeddedKafka.Options.in(place).withPort(port));
  }

  String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  void stop() {
    broker.stop();
  }

  /** On its data; returns when it serves, also when it was never away. */
  void restart() {
    broker.restart();
  }

  /** By an empty one. */
  void replace() {
    broker.close();
    broker = another();
  }

  @Override
  public void close() {
    broker.close();
  }
}
