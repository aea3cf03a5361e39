// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.CreateStampResponse;
import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * Stamps texts directly; some of them a second time, and some with other line ends, which are a
 * revision of the same stamp.
 */
final class StampingClient extends Client {
  static final String NAMESPACE = "chaos-stamps";
  private static final Duration DEADLINE = Duration.ofSeconds(4);
  private static final int ONE_IN = 4;

  private final Caller caller;
  private final Random random;
  private final Queue<Claims.Stamping> claims = new ConcurrentLinkedQueue<>();

  StampingClient(List<String> addresses, long pauseMillis, long seed) {
    super("stamps", pauseMillis);
    this.caller = new Caller(addresses, over);
    this.random = new Random(seed * 31 + 1_000);
  }

  @Override
  void once() throws InterruptedException {
    String id = new UUID(random.nextLong(), random.nextLong()).toString();
    boolean known = stamp("A text of %s\nof two lines\n".formatted(id), id);
    if (known && random.nextInt(ONE_IN) == 0) {
      boolean unused = stamp("A text of %s\r\nof two lines\r\n".formatted(id), id);
    }
  }

  /** Whether it is known to be stamped. */
  private boolean stamp(String text, String path) throws InterruptedException {
    String operation = new UUID(random.nextLong(), random.nextLong()).toString();
    var request =
        CreateStampRequest.newBuilder()
            .setContent(ByteString.copyFromUtf8(text))
            .setOptions(
                StampOptions.newBuilder()
                    .setNamespace(NAMESPACE)
                    .setFilePath(path + ".txt")
                    .setOpId(operation))
            .build();
    var stamps = new ArrayList<String>();
    String refusal = null;
    int times = random.nextInt(ONE_IN) == 0 ? 2 : 1;
    for (int i = 0; i < times && refusal == null; i++) {
      Caller.Answer<CreateStampResponse> answer =
          caller.call(channel ->
              StampingServiceGrpc.newBlockingStub(channel)
                  .withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                  .createStamp(request));
      refusal = answer.refusal();
      if (answer.value() != null) {
        stamps.add(answer.value().getStamp().getStampId());
        acknowledged();
      }
    }
    claims.add(
        new Claims.Stamping(NAMESPACE, Orders.hash(text), operation, List.copyOf(stamps), refusal));
    return stamps.size() == times;
  }

  List<Claims.Stamping> claims() {
    return List.copyOf(claims);
  }

  long repeats() {
    return caller.repeats();
  }

  @Override
  public void close() throws InterruptedException {
    caller.close();
  }
}
