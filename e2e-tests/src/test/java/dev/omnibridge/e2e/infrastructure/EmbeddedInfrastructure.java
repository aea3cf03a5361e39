// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.infrastructure;

import dev.omnibridge.testkit.TestKafka;
import dev.omnibridge.testkit.TestPostgres;
import dev.omnibridge.testkit.TestPostgres.Database;

/** Real servers without Docker: the broker in this JVM, the database as its child. */
final class EmbeddedInfrastructure implements Infrastructure {
  @Override
  public Kind kind() {
    return Kind.EMBEDDED;
  }

  @Override
  public Servers shared() {
    return new OfThisJvm();
  }

  @Override
  public Servers own(String name) {
    return EmbeddedServers.start(name);
  }

  /** The testkit's, which start when first used and stop with the JVM. */
  private record OfThisJvm() implements SharedServers {
    @Override
    public Database freshDatabase() {
      return TestPostgres.freshDatabase();
    }

    @Override
    public String kafka() {
      return TestKafka.bootstrapServers();
    }

    @Override
    public String freshTopicPrefix() {
      return TestKafka.uniquePrefix();
    }

    @Override
    public void close() {}
  }
}
