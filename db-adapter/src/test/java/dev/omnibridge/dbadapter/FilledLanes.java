// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Streams at version 1, two in every lane at least, and appends to them that are timed. */
final class FilledLanes {
  static final int LIMIT_SECONDS = 30;
  private static final int LANES = 4;

  private final Map<Integer, List<StreamName>> streams = new HashMap<>();

  /** An append's version, and how long it took. */
  record Answer(long version, long millis) {}

  static synchronized FilledLanes by(RunningDbAdapter adapter) {
    var lanes = new FilledLanes();
    lanes.fill(adapter);
    return lanes;
  }

  private void fill(RunningDbAdapter adapter) {
    while (streams.size() < LANES || streams.values().stream().anyMatch(some -> some.size() < 2)) {
      var stream = Given.run();
      var answer =
          LogServiceGrpc.newBlockingStub(adapter.channel())
              .append(Given.append(Given.first(stream, 1)).build());
      streams.computeIfAbsent(answer.getStreams(0).getLane(), _ -> new ArrayList<>()).add(stream);
    }
  }

  StreamName stream(int lane, int index) {
    return streams.getOrDefault(lane, List.of()).get(index);
  }

  /** The second event of one of the streams. */
  AppendRequest second(int lane, int index) {
    return Given.append(Given.at(stream(lane, index), 1, 1)).build();
  }

  static Answer append(RunningDbAdapter adapter, AppendRequest request) {
    long began = System.nanoTime();
    var answer =
        LogServiceGrpc.newBlockingStub(adapter.channel())
            .withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS)
            .append(request);
    return new Answer(
        answer.getStreams(0).getVersion(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
  }

  static CompletableFuture<Answer> appending(RunningDbAdapter adapter, AppendRequest request) {
    return CompletableFuture.supplyAsync(
        () -> append(adapter, request), task -> Thread.ofVirtual().start(task));
  }

  static Answer of(CompletableFuture<Answer> answer) throws Exception {
    return answer.get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }
}
