// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

/** A running suite, whichever way it runs. Blocks, so it is for the threads of tests. */
interface Deployment extends AutoCloseable {

  /**
   * The one that the stories of this JVM share. A story may stop its servers and kill its
   * processes; when it ends, everything is as it was before.
   */
  static Deployment shared(Way way) {
    return SharedDeployments.get(way);
  }

  /** The same, after it has done the work of some minutes; for those who hold times. */
  static Deployment warm(Way way) throws Exception {
    return SharedDeployments.warm(way);
  }

  /** A client of it, which is closed with it. */
  Stack stack();

  /**
   * Its processes, to be killed and paused.
   *
   * @throws UnsupportedOperationException when it has none
   */
  Processes processes();

  /** An outage: records stay. */
  void stopKafka();

  /** Returns when the broker serves again, at its old address. */
  void startKafka();

  /** An outage as by a crash: what was committed stays. */
  void stopPostgres();

  /** Returns when the database accepts connections again, at its old address. */
  void startPostgres();

  @Override
  void close() throws Exception;
}
