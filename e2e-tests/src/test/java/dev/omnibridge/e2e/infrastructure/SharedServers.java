// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.infrastructure;

/** Servers that others use as well: nobody stops them. */
interface SharedServers extends Servers {

  private static UnsupportedOperationException refusal() {
    return new UnsupportedOperationException(
        "Shared servers are not stopped; ask for a deployment of your own");
  }

  @Override
  default void stopKafka() {
    throw refusal();
  }

  @Override
  default void startKafka() {
    throw refusal();
  }

  @Override
  default void stopPostgres() {
    throw refusal();
  }

  @Override
  default void startPostgres() {
    throw refusal();
  }
}
