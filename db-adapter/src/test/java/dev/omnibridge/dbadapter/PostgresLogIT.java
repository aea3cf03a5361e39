// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import io.grpc.Channel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** The real log keeps the contract. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresLogIT extends LogContract {
  @SuppressWarnings("NullAway.Init")
  private RunningDbAdapter adapter;

  @BeforeAll
  void start() {
    adapter = RunningDbAdapter.start();
  }

  @AfterAll
  void stop() {
    adapter.close();
  }

  @Override
  Channel channel() {
    return adapter.channel();
  }
}
