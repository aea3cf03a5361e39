// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import dev.omnibridge.runtime.Env;
import dev.omnibridge.testkit.FaultProxy;
import dev.omnibridge.testkit.TestPostgres;
import java.util.HashMap;
import java.util.Map;

/** The environment of a db-adapter in a test of failures; without Kafka unless it is named. */
final class Settings {
  private final Map<String, String> variables = new HashMap<>();

  private Settings(TestPostgres.Database database) {
    with("PGHOST", database.host());
    with("PGPORT", Integer.toString(database.port()));
    with("PGUSER", database.user());
    with("PGPASSWORD", database.password());
    with("PGDATABASE", database.name());
    with("OMNIBRIDGE_ENVIRONMENT", "test");
    with("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1");
    with("DB_ADAPTER_INBOX", "false");
  }

  static Settings of(TestPostgres.Database database) {
    return new Settings(database);
  }

  Settings with(String name, String value) {
    variables.put(name, value);
    return this;
  }

  /** The same database, by way of the proxy. */
  Settings through(FaultProxy proxy) {
    return with("PGHOST", "127.0.0.1").with("PGPORT", Integer.toString(proxy.port()));
  }

  Map<String, String> variables() {
    return Map.copyOf(variables);
  }

  DbAdapterConfig config() {
    return DbAdapterConfig.from(Env.of(variables()));
  }

  RunningDbAdapter start(TestPostgres.Database database) {
    return RunningDbAdapter.start(database, _ -> config());
  }
}
