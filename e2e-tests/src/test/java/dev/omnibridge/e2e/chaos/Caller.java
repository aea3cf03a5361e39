// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls as a client does that knows several addresses: one after the other, the same request again,
 * until it is answered, refused for good, or not worth more time.
 */
final class Caller implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long PAUSE_MILLIS = 100;

  private final List<ManagedChannel> channels;
  private final CountDownLatch over;
  private final AtomicLong repeats = new AtomicLong();
  private int next;

  /** Gives up at once when that is over. */
  Caller(List<String> addresses, CountDownLatch over) {
    this.channels =
        addresses.stream()
            .map(address -> NettyChannelBuilder.forTarget(address).usePlaintext().build())
            .map(ManagedChannel.class::cast)
            .toList();
    this.over = over;
  }

  /** What came of a call: an answer, a refusal, or neither, when nobody knows. */
  record Answer<T>(@Nullable T value, @Nullable String refusal) {}

  <T> Answer<T> call(Function<Channel, T> call) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    do {
      ManagedChannel channel = channels.get(next % channels.size());
      try {
        return new Answer<>(call.apply(channel), null);
      } catch (StatusRuntimeException failure) {
        channel.resetConnectBackoff();
        Fault fault = Statuses.faultOf(failure);
        if (!passes(fault)) {
          return new Answer<>(null, fault.reason() + ": " + fault.sentence());
        }
      }
      next++;
      repeats.incrementAndGet();
    } while (System.nanoTime() - deadline < 0 && !over.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS));
    return new Answer<>(null, null);
  }

  /** What the transport itself says is always worth another try; a connection was cut. */
  private static boolean passes(Fault fault) {
    return fault.reason().startsWith("GRPC_")
        || switch (fault.kind()) {
          case UNAVAILABLE, TIMEOUT, EXHAUSTED, CONFLICT, CANCELLED -> true;
          default -> false;
        };
  }

  /** Goes on with another address, as the next client would. */
  void elsewhere() {
    next++;
  }

  long repeats() {
    return repeats.get();
  }

  @Override
  public void close() throws InterruptedException {
    channels.forEach(ManagedChannel::shutdownNow);
    for (ManagedChannel channel : channels) {
      boolean unused = channel.awaitTermination(5, TimeUnit.SECONDS);
    }
  }
}
