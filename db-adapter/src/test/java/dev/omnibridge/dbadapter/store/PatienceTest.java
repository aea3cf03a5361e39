// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PatienceTest {
  private static final int MANY = 2000;
  private static final Duration QUICK = Duration.ofMillis(1);
  private static final ConnectException NOBODY = new ConnectException("nobody listens");

  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger attempts = new AtomicInteger();
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private static int depth() {
    return StackWalker.getInstance().<Long>walk(Stream::count).intValue();
  }

  @Test
  void shouldEndAsFlatAfterThousandsOfTriesAsAfterOne() throws Exception {
    var patience = new Patience(vertx, QUICK, now::get);
    int depth =
        patience
            .wait(
                () ->
                    attempts.incrementAndGet() < MANY
                        ? vertx.executeBlocking(() -> {
                          throw NOBODY;
                        })
                        : Future.succeededFuture(true),
                Duration.ZERO,
                "db")
            .map(_ -> depth())
            .await(60, TimeUnit.SECONDS);
    assertThat(attempts).hasValue(MANY);
    assertThat(depth).isLessThan(150);
  }

  @Test
  void shouldGiveUpByTheClockAndNotByItsPauses() {
    var patience = new Patience(vertx, QUICK, () -> now.getAndAdd(10_000_000_000L));
    Future<Object> answer =
        patience.wait(
            () -> {
              attempts.incrementAndGet();
              return Future.failedFuture(NOBODY);
            },
            Duration.ofMinutes(1),
            "db");
    assertThat(failureOf(answer)).isSameAs(NOBODY);
    assertThat(attempts).hasValue(6);
  }

  private static Throwable failureOf(Future<?> answer) {
    Object failure =
        answer
            .map(_ -> new Object())
            .recover(it -> Future.succeededFuture(it))
            .timeout(10, TimeUnit.SECONDS)
            .await();
    return (Throwable) failure;
  }

  @Test
  void shouldNotWaitForAFailureOfItsOwn() {
    var broken = new IllegalStateException("broken");
    Future<Object> answer =
        new Patience(vertx, QUICK, now::get)
            .wait(
                () -> {
                  throw broken;
                },
                Duration.ZERO,
                "db");
    assertThat(failureOf(answer)).isSameAs(broken);
  }

  @ParameterizedTest
  @ValueSource(strings = {"08001", "08006", "57P01", "57P03", "53300"})
  void shouldWaitForADatabaseThatSaysItIsNotReady(String state) {
    assertThat(Patience.isNotThere(new SQLException("no", state))).isTrue();
    assertThat(Patience.isNotThere(new RuntimeException(new SQLException("no", state)))).isTrue();
    assertThat(Patience.isNotThere(new PgException("no", "FATAL", state, ""))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"08004", "28P01", "3D000", "42P01", "57014"})
  void shouldNotWaitForADatabaseThatRefuses(String state) {
    assertThat(Patience.isNotThere(new SQLException("no", state))).isFalse();
    assertThat(Patience.isNotThere(new PgException("no", "FATAL", state, ""))).isFalse();
  }

  @Test
  void shouldWaitWhereNoConnectionIsMade() {
    assertThat(Patience.isNotThere(NOBODY)).isTrue();
    assertThat(Patience.isNotThere(new ConnectTimeoutException("late"))).isTrue();
    assertThat(Patience.isNotThere(new UnknownHostException("db"))).isTrue();
    assertThat(Patience.isNotThere(new TimeoutException("late"))).isTrue();
    assertThat(Patience.isNotThere(ClosedConnectionException.INSTANCE)).isTrue();
    assertThat(Patience.isNotThere(new VertxException("Timeout waiting for connection", true)))
        .isTrue();
    assertThat(Patience.isNotThere(new VertxException("a type does not fit", true))).isFalse();
  }

  /** A db-adapter whose database was killed in the middle of its logging in ended by itself. */
  @Test
  void shouldWaitWhereAConnectionIsLostWhileItIsMade() {
    assertThat(Patience.isNotThere(new IOException("Connection reset by peer"))).isTrue();
    assertThat(Patience.isNotThere(new IOException("Broken pipe"))).isTrue();
    assertThat(
            Patience.isNotThere(
                new VertxException("Connection is not active now, current status: CLOSED", true)))
        .isTrue();
    assertThat(Patience.isNotThere(new SSLException("not trusted"))).isFalse();
    assertThat(Patience.isNotThere(new NoSuchFileException("V1__log.sql"))).isFalse();
  }
}
