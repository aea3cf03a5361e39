// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.infrastructure;

/** Gives the stories their PostgreSQL and their Kafka. */
public interface Infrastructure {

  /** Where servers come from. */
  enum Kind {
    /** Started in this JVM and as its children. */
    EMBEDDED,
    /** Started by Testcontainers. */
    CONTAINERS,
    /** Somebody else's, at given addresses. */
    EXTERNAL
  }

  Kind kind();

  /** Those that everything in this JVM shares; nobody stops them before it ends. */
  Servers shared();

  /**
   * Those of one story, which may stop and start them, and closes them.
   *
   * @param name of the story, for directories and containers
   * @throws org.opentest4j.TestAbortedException where there are none to be had
   */
  Servers own(String name);

  /** The one of this run. */
  static Infrastructure chosen() {
    return Chosen.INFRASTRUCTURE;
  }
}
