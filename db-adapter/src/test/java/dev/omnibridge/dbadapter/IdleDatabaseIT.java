// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.testkit.FaultProxy;
import dev.omnibridge.testkit.TestPostgres;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The database goes while nobody appends: health tells, before the next caller finds out. */
@Execution(ExecutionMode.CONCURRENT)
class IdleDatabaseIT {
  private final TestPostgres.Database database = MigratedDatabase.fresh();

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldTellThatAnUnusedDatabaseIsGoneAndThatItIsBack(boolean silent) throws Exception {
    try (var proxy = FaultProxy.to(database.port());
        var adapter = Settings.of(database).through(proxy).start(database)) {
      becomes(adapter, ServingStatus.SERVING);
      long began = System.nanoTime();
      if (silent) {
        proxy.swallow();
      } else {
        proxy.refuse();
      }
      becomes(adapter, ServingStatus.NOT_SERVING);
      long gone = System.nanoTime();
      proxy.pass();
      becomes(adapter, ServingStatus.SERVING);
      System.out.printf(
          "idle, the database %s: health tells after %d ms, and its return after %d ms%n",
          silent ? "is silent" : "refuses",
          TimeUnit.NANOSECONDS.toMillis(gone - began),
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - gone));
      var request = Given.append(Given.first(Given.run(), 1)).build();
      assertThat(LogServiceGrpc.newBlockingStub(adapter.channel()).append(request)).isNotNull();
    }
  }

  private static void becomes(RunningDbAdapter adapter, ServingStatus status) {
    var health = HealthGrpc.newBlockingStub(adapter.channel());
    var request = HealthCheckRequest.newBuilder().setService(LogServiceGrpc.SERVICE_NAME).build();
    await()
        .atMost(Duration.ofSeconds(12))
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(() -> assertThat(health.check(request).getStatus()).isEqualTo(status));
  }
}
