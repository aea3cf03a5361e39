// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.suite;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.NewEvent;
import dev.omnibridge.api.log.v1.ReadStreamRequest;
import dev.omnibridge.api.log.v1.StreamAppend;
import dev.omnibridge.api.log.v1.StreamPosition;
import dev.omnibridge.runtime.Ids;
import dev.omnibridge.runtime.event.Envelope;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Appends to streams of its own, one caller per stream and event after event, and remembers what
 * was acknowledged. What is not acknowledged is repeated as it was, until the load is stopped.
 */
final class AppendLoad implements AutoCloseable {
  private static final String TYPE = "dev.omnibridge.workflow.step-completed.v1";

  private static final Duration PAUSE = Duration.ofMillis(100);

  /** The acknowledged events of each stream. */
  private final Map<StreamName, Queue<String>> acknowledged;

  private final ManagedChannel channel;
  private final List<Thread> callers = new ArrayList<>();
  private volatile boolean running;
  private volatile @Nullable StatusRuntimeException lastFailure;

  AppendLoad(String address) {
    this(address, new ConcurrentHashMap<>());
  }

  private AppendLoad(String address, Map<StreamName, Queue<String>> acknowledged) {
    this.acknowledged = acknowledged;
    this.channel = NettyChannelBuilder.forTarget(address).usePlaintext().build();
  }

  /** The same, against the suite that has come back. */
  AppendLoad goOnAt(String address) {
    return new AppendLoad(address, acknowledged);
  }

  void begin(int streams) {
    running = true;
    for (int i = 0; i < streams; i++) {
      var stream =
          StreamName.newBuilder()
              .setKind("workflow")
              .setNamespace("load")
              .setId(Ids.uuid7(Instant.now(), RandomGenerator.getDefault()).toString())
              .build();
      callers.add(Thread.ofVirtual().start(() -> call(stream)));
    }
  }

  private void call(StreamName stream) {
    AppendRequest next = append(stream);
    while (running) {
      try {
        StreamPosition unused = send(next);
        next = append(stream);
      } catch (StatusRuntimeException failure) {
        lastFailure = failure;
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  private static AppendRequest append(StreamName stream) {
    return AppendRequest.newBuilder()
        .setAppendId(Ids.uuid7(Instant.now(), RandomGenerator.getDefault()).toString())
        .addAppends(
            StreamAppend.newBuilder().setStream(stream).setExpectAny(true).addEvents(event(stream)))
        .build();
  }

  private StreamPosition send(AppendRequest append) {
    var answer =
        LogServiceGrpc.newBlockingStub(channel).withDeadlineAfter(10, SECONDS).append(append);
    StreamAppend sent = append.getAppends(0);
    acknowledged
        .computeIfAbsent(sent.getStream(), _ -> new ConcurrentLinkedQueue<>())
        .add(sent.getEvents(0).getEventId());
    return answer.getStreams(0);
  }

  StreamPosition appendOne() {
    return send(append(acknowledged.keySet().iterator().next()));
  }

  private static NewEvent event(StreamName stream) {
    var id = Ids.uuid7(Instant.now(), RandomGenerator.getDefault());
    Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    var payload =
        JsonNodeFactory.instance
            .objectNode()
            .put("workflow_id", "load")
            .put("run_id", stream.getId())
            .put("step_id", "/do/0/load")
            .put("step_type", "call")
            .put("status", "completed")
            .put("timestamp", now.toString());
    var envelope =
        new Envelope(
            id,
            TYPE,
            now,
            "test",
            "load",
            null,
            null,
            null,
            "workflow/load/" + stream.getId(),
            payload);
    return NewEvent.newBuilder()
        .setEventId(id.toString())
        .setType(TYPE)
        .setOccurredAt(
            Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
        .setBody(ByteString.copyFrom(envelope.toJson()))
        .build();
  }

  long acknowledged() {
    return acknowledged.values().stream().mapToLong(Queue::size).sum();
  }

  void awaitMore(long count) {
    long goal = acknowledged() + count;
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() ->
            assertThat(acknowledged())
                .as("acknowledged; the last failure: %s", lastFailure)
                .isGreaterThanOrEqualTo(goal));
  }

  void stop() {
    running = false;
    if (!ended(Duration.ofSeconds(30))) {
      throw new IllegalStateException("a caller does not end");
    }
  }

  /**
   * The same for a log that is gone: an answer that is still due counts when it comes within a few
   * seconds, so that what is acknowledged and lost is noticed; the others are not waited for.
   */
  void abandon() {
    running = false;
    if (!ended(Duration.ofSeconds(4))) {
      channel.shutdownNow();
    }
    stop();
  }

  /** Whether all callers have ended by then. */
  private boolean ended(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    try {
      for (Thread caller : callers) {
        if (!caller.join(Duration.ofNanos(end - System.nanoTime()))) {
          return false;
        }
      }
      return true;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  /** The acknowledged events that the log does not hold. */
  List<String> missing() {
    var missing = new ArrayList<String>();
    acknowledged.forEach((stream, events) -> {
      var held = new java.util.HashSet<>(read(stream));
      events.stream().filter(event -> !held.contains(event)).forEach(missing::add);
    });
    return missing;
  }

  /** How many events the log holds of its streams. */
  long held() {
    return acknowledged.keySet().stream().mapToLong(stream -> read(stream).size()).sum();
  }

  private List<String> read(StreamName stream) {
    var held = new ArrayList<String>();
    long version = 0;
    try {
      while (true) {
        var page =
            LogServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(10, SECONDS)
                .readStream(
                    ReadStreamRequest.newBuilder()
                        .setStream(stream)
                        .setAfterVersion(version)
                        .setPageSize(5_000)
                        .build());
        page.getEventsList().stream().map(RecordedEvent::getEventId).forEach(held::add);
        version =
            page.getEventsCount() == 0
                ? version
                : page.getEvents(page.getEventsCount() - 1).getVersion();
        if (page.getEventsCount() == 0 || version >= page.getHeadVersion()) {
          return held;
        }
      }
    } catch (StatusRuntimeException failure) {
      if (failure.getStatus().getCode() == io.grpc.Status.Code.NOT_FOUND) {
        return held;
      }
      throw failure;
    }
  }

  /** How many events wait for Kafka. */
  long backlog(Suite suite) {
    var at = suite.endpoints();
    try (var connection =
            DriverManager.getConnection(at.jdbcUrl(), at.databaseUser(), at.databasePassword());
        var rows =
            connection
                .createStatement()
                .executeQuery(
                    "select sum(l.next_position - 1 - o.relayed_position)"
                        + " from lanes l join outbox_lanes o on o.lane = l.lane")) {
      return rows.next() ? rows.getLong(1) : 0;
    } catch (SQLException failure) {
      throw new IllegalStateException(failure);
    }
  }

  @Override
  public void close() {
    running = false;
    channel.shutdownNow();
  }
}
