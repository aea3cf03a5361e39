// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.NewEvent;
import dev.omnibridge.api.log.v1.StreamAppend;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Ids;
import dev.omnibridge.runtime.LogKeys;
import dev.omnibridge.runtime.Timeouts;
import dev.omnibridge.runtime.event.Envelope;
import dev.omnibridge.runtime.metrics.Metrics;
import dev.omnibridge.runtime.rpc.Calls;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.Channel;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the events of analyses into the log, after their answers, many in one append. They wait in
 * a bounded queue and each batch has a budget of attempts; what is over either is counted and let
 * go, and told in the log once per outage. No analysis ever waits or fails for them. Used on one
 * context only.
 */
public final class AnalysisEvents {
  private static final Logger log = LoggerFactory.getLogger(AnalysisEvents.class);
  private static final String STREAM_KIND = "analysis";

  /** One lane for all, so that a batch of many streams holds no other lane up. */
  private static final String PLACEMENT = "intelligence-events";

  private static final int AT_ONCE = 100;
  private static final int ATTEMPTS = 8;
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final Duration APPEND_LIMIT = Duration.ofSeconds(5);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(2);

  private final Context context;
  private final Channel dbAdapter;
  private final RandomGenerator random;
  private final int bound;
  private final Queue<AnalysisRecord> waiting = new ArrayDeque<>();
  private final Promise<Void> emptied = Promise.promise();
  private boolean writing;
  private boolean stopping;
  private boolean troubled;
  private final AtomicLong lost = new AtomicLong();

  public AnalysisEvents(Context context, Channel dbAdapter, int bound, RandomGenerator random) {
    this.context = context;
    this.dbAdapter = dbAdapter;
    this.bound = bound;
    this.random = random;
  }

  /** Takes the events of one analysis; returns at once, whatever becomes of them. */
  public void record(AnalysisRecord record) {
    if (waiting.size() >= bound) {
      lose(1, "EVENTS_QUEUE_FULL");
      return;
    }
    waiting.add(record);
    if (!writing && waiting.size() == 1) {
      // Only afterwards, so that the answer does not wait for the writing.
      context.runOnContext(_ -> write());
    }
  }

  /** Analyses whose events were let go since the start. */
  public AtomicLong lost() {
    return lost;
  }

  /** Tells the numbers of what is written here. */
  public void tell(Metrics metrics) {
    metrics.count(
        "omnibridge_analysis_events_lost_total", "Analyses whose events were let go.", lost);
  }

  /** Writes what waits, for a moment, and then gives up. */
  public Future<Void> stop() {
    stopping = true;
    if (!writing && waiting.isEmpty()) {
      return Future.succeededFuture();
    }
    return Timeouts.within(STOP_LIMIT, emptied.future()).otherwiseEmpty();
  }

  private void write() {
    if (writing || waiting.isEmpty()) {
      return;
    }
    writing = true;
    List<AnalysisRecord> batch = new ArrayList<>();
    while (batch.size() < AT_ONCE && !waiting.isEmpty()) {
      batch.add(waiting.remove());
    }
    attempt(request(batch), batch.size(), 1);
  }

  private void attempt(AppendRequest request, int count, int number) {
    Calls.unary(dbAdapter, LogServiceGrpc.getAppendMethod(), request, APPEND_LIMIT)
        .onComplete(
            (_, failure) -> context.runOnContext(_ -> attempted(request, count, number, failure)));
  }

  private void attempted(
      AppendRequest request, int count, int number, @Nullable Throwable failure) {
    if (failure == null) {
      troubled = false;
      next();
      return;
    }
    Fault fault = Statuses.faultOf(failure);
    if (fault.kind().worthRetrying() && number < ATTEMPTS && !stopping) {
      long pause = (FIRST_PAUSE_MILLIS << number) + random.nextInt((int) FIRST_PAUSE_MILLIS);
      long unused = context.owner().setTimer(pause, _ -> attempt(request, count, number + 1));
    } else {
      lose(count, fault.reason());
      next();
    }
  }

  private void next() {
    writing = false;
    write();
    if (!writing && stopping) {
      emptied.tryComplete();
    }
  }

  private void lose(int count, String reason) {
    lost.addAndGet(count);
    if (!troubled) {
      log.atWarn()
          .addKeyValue(LogKeys.COUNT, count)
          .addKeyValue(LogKeys.REASON, reason)
          .log("events of analyses are let go until they can be written again");
    }
    troubled = true;
  }

  private AppendRequest request(List<AnalysisRecord> batch) {
    var request = AppendRequest.newBuilder().setAppendId(UUID.randomUUID().toString());
    for (AnalysisRecord record : batch) {
      UUID id = Ids.uuid7(record.requestedAt(), random);
      var stream =
          StreamName.newBuilder()
              .setKind(STREAM_KIND)
              .setNamespace(record.namespace())
              .setId(id.toString());
      var append =
          StreamAppend.newBuilder()
              .setStream(stream)
              .setExpectNone(true)
              .setPlacementKey(PLACEMENT);
      UUID requested = Ids.uuid7(record.requestedAt(), random);
      append.addEvents(event(record, record.requested(requested, null, id)));
      UUID outcome = Ids.uuid7(record.answeredAt(), random);
      append.addEvents(event(record, record.outcome(outcome, requested, id)));
      request.addAppends(append);
    }
    return request.build();
  }

  private static NewEvent event(AnalysisRecord record, Envelope envelope) {
    var event =
        NewEvent.newBuilder()
            .setEventId(envelope.eventId().toString())
            .setType(envelope.eventType())
            .setOccurredAt(timestamp(envelope.eventTimestamp()))
            .setCorrelationId(record.correlationId().toString())
            .setBody(ByteString.copyFrom(envelope.toJson()));
    if (envelope.causationId() != null) {
      event.setCausationId(envelope.causationId().toString());
    }
    return event.build();
  }

  private static Timestamp timestamp(Instant at) {
    return Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()).build();
  }
}
