// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.impl.SocketConnectionBase;
import io.vertx.sqlclient.internal.SqlConnectionInternal;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;

/**
 * Ends connections on which nothing has come or gone for so long that they are idle, or dead
 * without knowing it, as when a firewall has forgotten them: the server answers every statement
 * within 5 seconds of its sending. The driver's own ways to close wait for the other end, for ever
 * where there is none; so the channel is closed beneath the driver, which then fails what has
 * waited and lets the pool replace the connection.
 */
final class Silence {
  static final Duration LIMIT = Duration.ofSeconds(10);

  private static final int KEEPALIVE_IDLE_SECONDS = 10;
  private static final int KEEPALIVE_INTERVAL_SECONDS = 2;
  private static final int KEEPALIVE_COUNT = 3;

  private Silence() {}

  /** From now on, for this connection. */
  static void ends(SqlConnection connection, Duration limit) {
    channel(connection).ifPresent(context -> context.pipeline().addFirst(new Closing(limit)));
  }

  /**
   * For statements that take as long as they need: the network asks whether the server is there.
   */
  static void isAllowed(SqlConnection connection) {
    channel(connection)
        .map(context -> context.channel().config())
        .ifPresent(config -> {
          config.setOption(ChannelOption.SO_KEEPALIVE, true);
          config.setOption(
              NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), KEEPALIVE_IDLE_SECONDS);
          config.setOption(
              NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL),
              KEEPALIVE_INTERVAL_SECONDS);
          config.setOption(
              NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), KEEPALIVE_COUNT);
        });
  }

  private static Optional<ChannelHandlerContext> channel(SqlConnection connection) {
    return connection instanceof SqlConnectionInternal internal
            && internal.unwrap().unwrap() instanceof SocketConnectionBase opened
        ? Optional.of(opened.socket().channelHandlerContext())
        : Optional.empty();
  }

  /** The first in the pipeline, so that what it closes passes nobody else. */
  private static final class Closing extends IdleStateHandler {
    Closing(Duration limit) {
      super(0, 0, limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    protected void channelIdle(ChannelHandlerContext context, IdleStateEvent idle) {
      var unused = context.close();
    }
  }
}
