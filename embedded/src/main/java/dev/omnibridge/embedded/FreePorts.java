// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * Loopback ports that nobody listens on at the moment of asking.
 *
 * <p>They lie below the range from which systems take the ports of outgoing connections. A client
 * that knocks again and again at a stopped server of that range may be given the very same port as
 * its own end, connect to itself, and keep the server from coming back.
 */
public final class FreePorts {
  private static final int FIRST = 20_000;
  private static final int LAST = 32_000;
  private static final int FIRST_OF_RUNS = 12_000;
  private static final int ATTEMPTS = 1_000;

  private FreePorts() {}

  /** A port that was free a moment ago; the caller binds it soon and tries again if it is gone. */
  public static int next() {
    return nextExcept(Set.of());
  }

  /**
   * The first of so many free ports in a row, from a range of which {@link #next} gives none: for
   * those who look for each other on all of them and are confused by whom else they meet.
   */
  public static int run(int count) {
    return IntStream.generate(() ->
            FIRST_OF_RUNS
                + count * ThreadLocalRandom.current().nextInt((FIRST - FIRST_OF_RUNS) / count))
        .limit(ATTEMPTS)
        .filter(first -> IntStream.range(first, first + count).allMatch(FreePorts::isFree))
        .findFirst()
        .orElseThrow(() ->
            new IllegalStateException(
                "No %d free ports in a row between 12000 and 20000".formatted(count)));
  }

  static int nextExcept(Set<Integer> taken) {
    return IntStream.generate(() -> ThreadLocalRandom.current().nextInt(FIRST, LAST))
        .limit(ATTEMPTS)
        .filter(port -> !taken.contains(port) && isFree(port))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("No free port between 20000 and 32000"));
  }

  static boolean isFree(int port) {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException _) {
      return false;
    }
  }
}
