// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.NewEvent;
import dev.omnibridge.api.log.v1.StreamAppend;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Statuses;
import dev.omnibridge.testkit.TestPostgres;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Callers that append without a pause, each to a stream of its own, and repeat an append with its
 * id until it is answered. Being alone on their streams they may never see a conflict.
 */
final class Load implements AutoCloseable {
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(90);
  private static final int CALL_SECONDS = 10;
  private static final int PER_APPEND = 2;

  private final Supplier<Channel> channel;
  private final ByteString body;
  private final List<Caller> callers = new ArrayList<>();
  private final AtomicLong submitted = new AtomicLong();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong lastAnswer = new AtomicLong(System.nanoTime());
  private final AtomicLong longestGap = new AtomicLong();
  private final Map<String, Long> refusals = new ConcurrentHashMap<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private volatile boolean stopping;

  private Load(Supplier<Channel> channel, ByteString body) {
    this.channel = channel;
    this.body = body;
  }

  /** Begins at once; the channel is asked for at every call. */
  static Load start(int callers, Supplier<Channel> channel) {
    return start(callers, channel, ByteString.EMPTY);
  }

  /** With bodies of one's own. */
  static Load start(int callers, Supplier<Channel> channel, ByteString body) {
    var load = new Load(channel, body);
    for (int i = 0; i < callers; i++) {
      var caller = load.new Caller();
      load.callers.add(caller);
      caller.thread.start();
    }
    return load;
  }

  /** One stream and everything that was sent to it, in order. */
  private final class Caller {
    private final StreamName stream = Given.run();
    private final List<AppendRequest> sent = new ArrayList<>();
    private final Thread thread = Thread.ofVirtual().unstarted(this::work);
    private int answered;

    private void work() {
      try {
        while (!stopping && failures.isEmpty()) {
          var request = request(sent.size() * (long) PER_APPEND);
          sent.add(request);
          submitted.incrementAndGet();
          call(request);
          answered++;
        }
      } catch (RuntimeException | AssertionError failure) {
        failures.add(failure);
      }
    }

    private AppendRequest request(long version) {
      StreamAppend append =
          version == 0 ? Given.first(stream, PER_APPEND) : Given.at(stream, version, PER_APPEND);
      if (!body.isEmpty()) {
        var padded = append.toBuilder();
        padded.getEventsBuilderList().forEach(event -> event.setBody(body));
        append = padded.build();
      }
      return Given.append(append).build();
    }

    private void call(AppendRequest request) {
      long limit = System.nanoTime() + ANSWER_LIMIT.toNanos();
      while (true) {
        try {
          calls.incrementAndGet();
          var answer =
              LogServiceGrpc.newBlockingStub(channel.get())
                  .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                  .append(request);
          assertThat(answer.getStreams(0).getVersion()).isEqualTo(sent.size() * (long) PER_APPEND);
          answered();
          return;
        } catch (StatusRuntimeException refused) {
          Fault fault = Statuses.faultOf(refused);
          refusals.merge(fault.reason(), 1L, Long::sum);
          if (fault.kind() == Fault.Kind.CONFLICT
              || !fault.kind().worthRetrying()
              || System.nanoTime() - limit > 0) {
            throw refused;
          }
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
      }
    }
  }

  private void answered() {
    long now = System.nanoTime();
    long gap = now - lastAnswer.getAndSet(now);
    longestGap.accumulateAndGet(gap, Math::max);
    acknowledged.incrementAndGet();
  }

  long acknowledged() {
    return acknowledged.get();
  }

  /** What was answered other than with success, by reason. */
  Map<String, Long> refusals() {
    return Map.copyOf(refusals);
  }

  Duration longestGap() {
    return Duration.ofNanos(longestGap.get());
  }

  boolean failed() {
    return !failures.isEmpty();
  }

  /** Every caller finishes what it has begun. */
  @Override
  public void close() throws InterruptedException {
    stopping = true;
    for (Caller caller : callers) {
      caller.thread.join();
    }
  }

  /** After the end: everything that was acknowledged is there once, in its order, and no more. */
  long check(String what, TestPostgres.Database database) throws SQLException {
    assertThat(failures).as(what).isEmpty();
    var log = LogRows.read(database);
    var expected = new ArrayList<String>();
    for (Caller caller : callers) {
      assertThat(caller.answered).isEqualTo(caller.sent.size());
      for (AppendRequest request : caller.sent) {
        for (NewEvent event : request.getAppends(0).getEventsList()) {
          expected.add(caller.stream.getId() + " " + event.getEventId());
        }
      }
    }
    long found = expected.stream().filter(log::contains).count();
    System.out.printf(
        "%s: submitted %d, acknowledged %d (in %d calls), events expected %d, found %d, lost %d,"
            + " doubled %d; longest time without an answer %d ms; other answers %s%n",
        what,
        submitted.get(),
        acknowledged.get(),
        calls.get(),
        expected.size(),
        found,
        expected.size() - found,
        log.doubled(),
        longestGap().toMillis(),
        refusals);
    log.assertSound();
    for (Caller caller : callers) {
      assertThat(log.eventsOf(caller.stream.getId()))
          .as("%s: order of the stream", what)
          .containsExactlyElementsOf(
              caller.sent.stream()
                  .flatMap(request -> request.getAppends(0).getEventsList().stream())
                  .map(NewEvent::getEventId)
                  .toList());
    }
    assertThat(log.size()).as(what).isEqualTo(expected.size());
    return expected.size();
  }
}
