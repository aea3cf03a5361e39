// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.infrastructure;

import dev.omnibridge.testkit.TestPostgres.Database;

/** One PostgreSQL and one Kafka, serving. Blocks, so it is for the threads of tests. */
public interface Servers extends AutoCloseable {

  /** An empty database. */
  Database freshDatabase();

  /** Bootstrap servers. */
  String kafka();

  /** What the names of topics begin with, so that deployments on one broker keep apart. */
  String freshTopicPrefix();

  /**
   * An outage: clients lose the broker, its records stay.
   *
   * @throws UnsupportedOperationException when they are somebody else's
   */
  void stopKafka();

  /** The end of the outage: returns when the broker serves at its old address. */
  void startKafka();

  /**
   * An outage as by a crash: connections break, what was committed stays.
   *
   * @throws UnsupportedOperationException when they are somebody else's
   */
  void stopPostgres();

  /** The end of the outage: returns when the server accepts connections at its old address. */
  void startPostgres();

  @Override
  void close();
}
