// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.testgen;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.NewEvent;
import dev.omnibridge.api.log.v1.StreamAppend;
import dev.omnibridge.intelligence.testgen.TestGenerationEvent.Completed;
import dev.omnibridge.intelligence.testgen.TestGenerationEvent.Failed;
import dev.omnibridge.intelligence.testgen.TestGenerationEvent.Started;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Ids;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.event.Envelope;
import dev.omnibridge.runtime.event.EnvelopeDetails;
import dev.omnibridge.runtime.metrics.Metrics;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.Channel;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Lets a generator of tests run and publishes how it goes: started first, then completed or failed,
 * as one stream by the correlation id. The generator's result or error is the caller's, unchanged;
 * an event that cannot be published is counted, and changes neither. For any thread.
 */
public final class TestGenerationPublisher {
  private static final String STREAM_KIND = "test-generation";
  private static final String SERVICE = "intelligence-service";
  private static final double NANOS_PER_SECOND = 1e9;

  private final Catalogue catalogue = Catalogue.load();
  private final AtomicLong failed = new AtomicLong();
  private final Context context;
  private final EventQueue events;
  private final Clock clock;
  private final LongSupplier nanos;
  private final RandomGenerator random;

  /**
   * A publisher.
   *
   * @param nanos measures durations, like {@link System#nanoTime}
   */
  public TestGenerationPublisher(
      Context context, Channel dbAdapter, Clock clock, LongSupplier nanos, RandomGenerator random) {
    this.context = context;
    this.clock = clock;
    this.nanos = nanos;
    this.random = random;
    this.events = new EventQueue(context, dbAdapter, random);
  }

  /** Runs a generator and publishes how it goes. */
  public Future<GeneratedTests> publish(
      TestGeneration generation, Supplier<Future<GeneratedTests>> generator) {
    var started =
        new Started(
            generation.correlationId(),
            generation.workflowId(),
            now(),
            generation.testContractName(),
            generation.testTypes(),
            generation.nodeName(),
            generation.outputDirectory());
    UUID first = Ids.uuid7(started.timestamp(), random);
    send(generation, started, first, null);
    long begun = nanos.getAsLong();
    return run(generator)
        .onComplete((tests, failure) -> {
          if (failure == null) {
            double seconds = (nanos.getAsLong() - begun) / NANOS_PER_SECOND;
            end(generation, completed(generation, tests, seconds), first);
          } else {
            failed.incrementAndGet();
            end(generation, failed(generation, failure), first);
          }
        });
  }

  /** Tells the numbers of this publisher; the failures are what an alert watches. */
  public void tell(Metrics metrics) {
    metrics.count(
        "omnibridge_test_generation_failed_total", "Generations of tests that failed.", failed);
    metrics.count(
        "omnibridge_test_generation_events_lost_total",
        "Events of test generations that could not be published.",
        lost());
  }

  /** Generations that failed since the start. */
  public AtomicLong failed() {
    return failed;
  }

  /** Events that could not be published since the start. */
  public AtomicLong lost() {
    return events.lost();
  }

  /** Publishes what waits, for a moment, and then gives up. On its context. */
  public Future<Void> stop() {
    return events.stop();
  }

  private static Future<GeneratedTests> run(Supplier<Future<GeneratedTests>> generator) {
    Future<GeneratedTests> running;
    try {
      running = generator.get();
    } catch (Throwable failure) {
      return Future.failedFuture(failure);
    }
    return running == null
        ? nothing()
        : running.compose(tests -> tests == null ? nothing() : Future.succeededFuture(tests));
  }

  /** A generator can break its promise; then there must be an end all the same. */
  private static Future<GeneratedTests> nothing() {
    return Future.failedFuture(
        new GenerationFailure("NO_RESULT", "The generator gave no result.", null));
  }

  private Completed completed(TestGeneration generation, GeneratedTests tests, double seconds) {
    return new Completed(
        generation.correlationId(),
        generation.workflowId(),
        now(),
        tests.files(),
        seconds,
        tests.qualityScore(),
        tests.coverageEstimate(),
        tests.metadata());
  }

  private Failed failed(TestGeneration generation, Throwable failure) {
    var known = failure instanceof GenerationFailure told ? told : null;
    return new Failed(
        generation.correlationId(),
        generation.workflowId(),
        now(),
        Bounded.name(code(failure)),
        failure.getMessage() == null ? "" : Bounded.text(failure.getMessage()),
        Bounded.text(trace(failure)),
        known == null || known.failedTestType() == null
            ? null
            : Bounded.name(known.failedTestType()),
        known == null ? List.of() : Bounded.texts(known.partialFiles()),
        known == null ? JsonNodeFactory.instance.objectNode() : Bounded.object(known.metadata()));
  }

  private static String code(Throwable failure) {
    return switch (failure) {
      case GenerationFailure told -> told.code();
      case Fault fault -> fault.reason();
      default -> failure.getClass().getSimpleName();
    };
  }

  private static String trace(Throwable failure) {
    var text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  private void end(TestGeneration generation, TestGenerationEvent event, UUID first) {
    send(generation, event, Ids.uuid7(event.timestamp(), random), first);
  }

  /** A producer is strict: what is not as the catalogue says is not published. */
  private void send(
      TestGeneration generation, TestGenerationEvent event, UUID id, @Nullable UUID cause) {
    context.runOnContext(_ -> {
      try {
        if (catalogue.problems(event.type(), event.payload()).isEmpty()) {
          events.add(request(generation, event, id, cause));
        } else {
          events.lose("EVENT_NOT_AS_THE_CATALOGUE_SAYS");
        }
      } catch (RuntimeException failure) {
        events.lose(Statuses.faultOf(failure).reason());
      }
    });
  }

  private static AppendRequest request(
      TestGeneration generation, TestGenerationEvent event, UUID id, @Nullable UUID cause) {
    String correlation = event.correlationId().toString();
    Instant at = event.timestamp();
    var envelope =
        new Envelope(
            id,
            event.type(),
            at,
            SERVICE,
            generation.namespace(),
            event.correlationId(),
            cause,
            null,
            correlation,
            event.payload(),
            EnvelopeDetails.traced(generation.traceparent()));
    var message =
        NewEvent.newBuilder()
            .setEventId(id.toString())
            .setType(event.type())
            .setOccurredAt(
                Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()))
            .setCorrelationId(correlation)
            .setCausationId(cause == null ? "" : cause.toString())
            .setBody(ByteString.copyFrom(envelope.toJson()));
    return AppendRequest.newBuilder()
        .setAppendId(UUID.randomUUID().toString())
        .addAppends(
            StreamAppend.newBuilder()
                .setStream(
                    StreamName.newBuilder()
                        .setKind(STREAM_KIND)
                        .setNamespace(generation.namespace())
                        .setId(correlation))
                .setExpectAny(true)
                .addEvents(message))
        .build();
  }
}
