// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the failure of one stream end that stream alone.
 *
 * <p>Vert.x 5.0.12 closes a connection, with all its calls and without a GOAWAY, for any exception
 * in its pipeline ({@code VertxHttp2ConnectionHandler.exceptionCaught}). One comes when a call is
 * cancelled in the same read in which it was answered: its trailers cannot be written any more, and
 * nobody else hears of that. Netty has ended the stream by then.
 */
final class StreamFailures extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(StreamFailures.class);

  private StreamFailures() {}

  static void endStreamsOnly(HttpConnection connection) {
    ((ConnectionBase) connection).channel().pipeline().addFirst(new StreamFailures());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (Http2Exception.isStreamError(Http2CodecUtil.getEmbeddedHttp2Exception(cause))) {
      LOG.debug("a stream could not be written to its end", cause);
    } else {
      context.fireExceptionCaught(cause);
    }
  }
}
