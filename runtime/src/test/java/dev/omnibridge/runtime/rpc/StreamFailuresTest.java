// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A caller that speaks HTTP/2 (RFC 9113) by itself, to say several things in one write. */
class StreamFailuresTest {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;

  private static final int END_STREAM = 1;
  private static final int ACK = 1;
  private static final int END_HEADERS = 4;
  private static final byte[] CANCEL = {0, 0, 0, 8};

  private final Vertx vertx = Vertx.vertx();
  private final Edge edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));
  private int port;

  @BeforeEach
  void listen() throws Exception {
    port = edge.listen().await(30, SECONDS);
  }

  @AfterEach
  void close() throws Exception {
    edge.close().await(30, SECONDS);
    vertx.close().await(30, SECONDS);
  }

  /** The connection was closed, and every other call on it was lost. */
  @Test
  void shouldKeepTheConnectionWhenACallIsCancelledInTheReadThatAnswersIt() throws Exception {
    // Its stream is reset only where the answer was waiting to be written when the cancel came.
    assertThat(answers(1)).containsSubsequence("RST_STREAM of 1", "PING");
  }

  /** The 201st cost the connection. */
  @Test
  void shouldKeepTheConnectionWhenManyCallsAreCancelledAtOnce() throws Exception {
    assertThat(answers(500)).endsWith("PING");
  }

  /**
   * What comes back until a ping is answered or the connection ends, for calls and their cancels.
   */
  private List<String> answers(int calls) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var out = new DataOutputStream(bytes);
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
    frame(out, SETTINGS, 0, 0, new byte[0]);
    for (int stream = 1; stream < 2 * calls; stream += 2) {
      frame(out, HEADERS, END_HEADERS, stream, callOf("/grpc.health.v1.Health/Check"));
      frame(out, DATA, END_STREAM, stream, new byte[5]);
      frame(out, RST_STREAM, 0, stream, CANCEL);
    }
    frame(out, PING, 0, 0, new byte[8]);
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(bytes.toByteArray());
      return heard(new DataInputStream(socket.getInputStream()));
    }
  }

  private static void frame(DataOutputStream out, int type, int flags, int stream, byte[] payload)
      throws IOException {
    out.writeByte(payload.length >> 16);
    out.writeShort(payload.length);
    out.writeByte(type);
    out.writeByte(flags);
    out.writeInt(stream);
    out.write(payload);
  }

  /** Header fields by their number in the static table of HPACK (RFC 7541, appendix A). */
  private static byte[] callOf(String path) throws IOException {
    var bytes = new ByteArrayOutputStream();
    bytes.write(new byte[] {(byte) 0x83, (byte) 0x86});
    field(bytes, path, 4);
    field(bytes, "localhost", 1);
    field(bytes, "application/grpc", 15, 31 - 15);
    return bytes.toByteArray();
  }

  private static void field(ByteArrayOutputStream bytes, String value, int... name)
      throws IOException {
    for (int part : name) {
      bytes.write(part);
    }
    bytes.write(value.length());
    bytes.write(value.getBytes(US_ASCII));
  }

  private static List<String> heard(DataInputStream in) throws IOException {
    var heard = new ArrayList<String>();
    for (int high = in.read(); high >= 0; high = in.read()) {
      int length = high << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      in.skipNBytes(length);
      if (type == RST_STREAM) {
        heard.add("RST_STREAM of " + stream);
      } else if (type == PING && flags == ACK) {
        heard.add("PING");
        break;
      }
    }
    return heard;
  }
}
