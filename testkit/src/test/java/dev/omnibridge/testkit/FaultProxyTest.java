// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.testkit.FaultProxy.Direction;
import dev.omnibridge.testkit.FaultProxy.Moment;
import dev.omnibridge.testkit.FaultProxy.Stroke;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultProxyTest {
  private static final int SHORT_MILLIS = 100;
  private static final int LONG_MILLIS = 30_000;

  private final EchoServer echo = EchoServer.start();
  private final FaultProxy proxy = FaultProxy.to(echo.port());
  private Socket client;

  @BeforeEach
  void connectClient() throws IOException {
    client = connect();
  }

  @AfterEach
  void closeAll() throws IOException {
    client.close();
    proxy.close();
    echo.close();
  }

  @Test
  void shouldPassBytesBothWaysAndTheEndOfTheStream() throws IOException {
    assertThat(echoed(client, "hello")).isEqualTo("hello");
    client.getOutputStream().write("last".getBytes(StandardCharsets.UTF_8));
    client.shutdownOutput();
    assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("last");
    Awaitility.await().until(() -> proxy.connections() == 0);
  }

  @Test
  void shouldPassABodyThatIsLargerThanItsBuffers() throws Exception {
    var body = new byte[3 << 20];
    new Seeds(1).random("body").nextBytes(body);
    var writing =
        Thread.ofVirtual()
            .start(() -> {
              try {
                client.getOutputStream().write(body);
                client.shutdownOutput();
              } catch (IOException failure) {
                throw new IllegalStateException(failure);
              }
            });
    assertThat(client.getInputStream().readAllBytes()).isEqualTo(body);
    writing.join();
  }

  @Test
  void shouldResetOpenConnectionsWhenCutAndAcceptNewOnes() throws IOException {
    echoed(client, "established");
    proxy.cut();
    assertThatThrownBy(() -> echoed(client, "x")).isInstanceOf(IOException.class);
    try (var next = connect()) {
      assertThat(echoed(next, "again")).isEqualTo("again");
    }
  }

  @Test
  void shouldResetTheServersEndThoughTheClientHasVanishedWhileNobodyRead() throws IOException {
    echoed(client, "established");
    proxy.swallow(Direction.TO_CLIENT);
    client.getOutputStream().write("held".getBytes(StandardCharsets.UTF_8));
    Awaitility.await().until(() -> echo.received().get() == "establishedheld".length());
    proxy.swallow(Direction.TO_SERVER);
    client.getOutputStream().write(new byte[(1 << 20) + (1 << 16)]);
    client.setSoLinger(true, 0);
    client.close();
    proxy.pass();
    Awaitility.await().until(() -> proxy.connections() == 0 && echo.open().get() == 0);
    try (var next = connect()) {
      assertThat(echoed(next, "again")).isEqualTo("again");
      proxy.refuse();
      Awaitility.await().until(() -> echo.open().get() == 0);
    }
  }

  @Test
  void shouldRefuseOldAndNewConnectionsUntilItPassesAgain() throws IOException {
    echoed(client, "established");
    proxy.refuse();
    assertThatThrownBy(() -> echoed(client, "x")).isInstanceOf(IOException.class);
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> assertThatThrownBy(() -> connect().close()).isInstanceOf(SocketException.class));
    proxy.pass();
    try (var next = connect()) {
      assertThat(echoed(next, "again")).isEqualTo("again");
    }
  }

  @Test
  void shouldDeliverNothingWhileItSwallowsAndEverythingAfterwards() throws IOException {
    echoed(client, "established");
    proxy.swallow();
    client.setSoTimeout(SHORT_MILLIS);
    client.getOutputStream().write("held".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> client.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    try (var accepted = connect()) {
      accepted.setSoTimeout(SHORT_MILLIS);
      assertThatThrownBy(() -> echoed(accepted, "mute")).isInstanceOf(SocketTimeoutException.class);
      proxy.pass();
      client.setSoTimeout(LONG_MILLIS);
      assertThat(read(client, 4)).isEqualTo("held");
      accepted.setSoTimeout(LONG_MILLIS);
      assertThat(read(accepted, 4)).isEqualTo("mute");
    }
  }

  @Test
  void shouldAddTheLatencyInBothDirections() throws IOException {
    echoed(client, "warm");
    proxy.delay(Duration.ofMillis(40));
    var began = System.nanoTime();
    assertThat(echoed(client, "slow")).isEqualTo("slow");
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .isGreaterThanOrEqualTo(Duration.ofMillis(80));
  }

  @Test
  void shouldSwallowOneDirectionWhileTheOtherGoesOn() throws IOException {
    echoed(client, "established");
    proxy.swallow(Direction.TO_CLIENT);
    client.setSoTimeout(SHORT_MILLIS);
    assertThatThrownBy(() -> echoed(client, "mute")).isInstanceOf(SocketTimeoutException.class);
    Awaitility.await().until(() -> echo.received().get() == "establishedmute".length());
    proxy.pass();
    client.setSoTimeout(LONG_MILLIS);
    assertThat(read(client, 4)).isEqualTo("mute");
  }

  @Test
  void shouldStrandOpenConnectionsAndServeNewOnes() throws IOException {
    echoed(client, "established");
    proxy.strand();
    client.setSoTimeout(SHORT_MILLIS);
    assertThatThrownBy(() -> echoed(client, "dead")).isInstanceOf(SocketTimeoutException.class);
    try (var next = connect()) {
      assertThat(echoed(next, "alive")).isEqualTo("alive");
    }
  }

  @Test
  void shouldCutExactlyBehindTheByteThatIsNamed() throws Exception {
    var struck = proxy.once(new Moment.AfterBytes(Direction.TO_SERVER, 7), Stroke.CUT);
    assertThatThrownBy(() -> echoed(client, "12345678901234")).isInstanceOf(IOException.class);
    struck.await(LONG_MILLIS, TimeUnit.MILLISECONDS);
    Awaitility.await().until(() -> echo.received().get() == 7);
    try (var next = connect()) {
      assertThat(echoed(next, "12345678901234")).as("once only").isEqualTo("12345678901234");
    }
  }

  @Test
  void shouldSwallowTheAnswerToATextThatComesInPieces() throws Exception {
    echoed(client, "x");
    proxy.record();
    try (var next = connect()) {
      assertThat(echoed(next, "begin")).isEqualTo("begin");
      var struck =
          proxy.once(new Moment.AfterText(Direction.TO_SERVER, "commit"), Stroke.SWALLOW_TO_CLIENT);
      assertThat(echoed(next, "..com")).isEqualTo("..com");
      next.setSoTimeout(SHORT_MILLIS);
      assertThatThrownBy(() -> echoed(next, "mit.")).isInstanceOf(SocketTimeoutException.class);
      struck.await(LONG_MILLIS, TimeUnit.MILLISECONDS);
      Awaitility.await().until(() -> echo.received().get() == "xbegin..commit.".length());
      assertThat(proxy.recorded(Direction.TO_SERVER).getFirst())
          .asString()
          .isEqualTo("begin..commit.");
      assertThat(proxy.recorded(Direction.TO_CLIENT).getFirst())
          .asString()
          .startsWith("begin..com");
    }
  }

  @Test
  void shouldLetNoMoreThanItsBytesASecondThrough() throws IOException {
    echoed(client, "warm");
    proxy.drip(1_000);
    var began = System.nanoTime();
    var word = "x".repeat(200);
    assertThat(echoed(client, word)).isEqualTo(word);
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .isGreaterThanOrEqualTo(Duration.ofMillis(150));
    proxy.drip(0);
    assertThat(echoed(client, "x".repeat(20_000))).hasSize(20_000);
  }

  @Test
  void shouldComeThroughAStormAndBeCalmAfterwards() throws IOException {
    var seeds = Seeds.fromProperty();
    var storm =
        Storm.over(
            proxy, seeds.random("storm"), List.of(Storm.Kind.values()), Duration.ofMillis(5));
    Awaitility.await()
        .until(() -> storm.counts().values().stream().mapToInt(count -> count).sum() > 40);
    storm.close();
    try (var next = connect()) {
      assertThat(echoed(next, "calm")).as(seeds.hint()).isEqualTo("calm");
    }
  }

  @Test
  void shouldEndTheClientsConnectionWhenTheServerIsNotThere() throws IOException {
    echo.close();
    proxy.cut();
    try (var next = connect()) {
      assertThatThrownBy(() -> echoed(next, "x")).isInstanceOf(IOException.class);
    }
  }

  private Socket connect() throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    socket.setSoTimeout(LONG_MILLIS);
    return socket;
  }

  private static String echoed(Socket socket, String word) throws IOException {
    socket.getOutputStream().write(word.getBytes(StandardCharsets.UTF_8));
    return read(socket, word.length());
  }

  private static String read(Socket socket, int length) throws IOException {
    var bytes = socket.getInputStream().readNBytes(length);
    if (bytes.length < length) {
      throw new IOException("The connection ended");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Gives back what it is sent. */
  private record EchoServer(ServerSocket entrance, AtomicInteger received, AtomicInteger open)
      implements AutoCloseable {
    static EchoServer start() {
      try {
        var server =
            new EchoServer(
                new ServerSocket(0, 50, InetAddress.getLoopbackAddress()),
                new AtomicInteger(),
                new AtomicInteger());
        Thread.ofVirtual().start(server::accept);
        return server;
      } catch (IOException failure) {
        throw new IllegalStateException(failure);
      }
    }

    int port() {
      return entrance.getLocalPort();
    }

    private void accept() {
      while (!entrance.isClosed()) {
        try {
          var client = entrance.accept();
          Thread.ofVirtual().start(() -> echo(client));
        } catch (IOException _) {
          return;
        }
      }
    }

    private void echo(Socket client) {
      open.incrementAndGet();
      try (client) {
        var chunk = new byte[8192];
        for (int n = client.getInputStream().read(chunk);
            n >= 0;
            n = client.getInputStream().read(chunk)) {
          received.addAndGet(n);
          client.getOutputStream().write(chunk, 0, n);
        }
      } catch (IOException _) {
        return; // the other end is gone
      } finally {
        open.decrementAndGet();
      }
    }

    @Override
    public void close() throws IOException {
      entrance.close();
    }
  }
}
