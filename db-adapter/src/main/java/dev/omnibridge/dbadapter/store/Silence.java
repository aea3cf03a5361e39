// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.impl.SocketConnectionBase;
import io.vertx.sqlclient.internal.SqlConnectionInternal;

/**
 * Ends connections on which nothing has come or gone for so long that they are idle, or dead
 * without knowing it, as when a firewall has forgotten them: the server answers every statement
 * within 5 seconds of its sending. The driver's own ways to close wait for the other end, for ever
 * where there is none; so the channel is closed beneath the driver, which then fails what has
 * waited and lets the pool replace the connection.
 */
final class Silence {
  private static final int LIMIT_SECONDS = 10;

  private Silence() {}

  /** From now on, for this connection. */
  static void ends(SqlConnection connection) {
    if (connection instanceof SqlConnectionInternal internal
        && internal.unwrap().unwrap() instanceof SocketConnectionBase opened) {
      opened.socket().channelHandlerContext().pipeline().addFirst(new Closing());
    }
  }

  /** The first in the pipeline, so that what it closes passes nobody else. */
  private static final class Closing extends IdleStateHandler {
    Closing() {
      super(0, 0, LIMIT_SECONDS);
    }

    @Override
    protected void channelIdle(ChannelHandlerContext context, IdleStateEvent idle) {
      var unused = context.close();
    }
  }
}
