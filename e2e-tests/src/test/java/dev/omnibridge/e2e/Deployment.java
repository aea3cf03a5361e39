// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import dev.omnibridge.e2e.infrastructure.Infrastructure;
import java.util.Map;

/** A running suite, whichever way it runs. Blocks, so it is for the threads of tests. */
interface Deployment extends AutoCloseable {

  /** The one that the stories of this JVM share; nobody stops a part of it. */
  static Deployment shared(Way way) {
    return SharedDeployments.get(way);
  }

  /**
   * A story's own, servers included, which it may stop and start; closed by it.
   *
   * @param environment variables for all services, besides those that the deployment sets
   * @throws org.opentest4j.TestAbortedException where no servers of its own are to be had
   */
  static Deployment own(Way way, String name, Map<String, String> environment) throws Exception {
    return switch (way) {
      case ONE_PROCESS -> OneSuite.start(name, environment);
      case FIVE_PROCESSES ->
          FiveProcesses.start(name, Infrastructure.chosen().own(name), environment);
    };
  }

  /** A story's own services on servers that others use as well; closed by it. */
  static Deployment ownServices(Way way, String name, Map<String, String> environment)
      throws Exception {
    return switch (way) {
      case ONE_PROCESS -> OneSuite.start(name, environment);
      case FIVE_PROCESSES ->
          FiveProcesses.start(name, Infrastructure.chosen().shared(), environment);
    };
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
