// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.omnibridge.reducer.fold.Fact;
import dev.omnibridge.reducer.fold.Fact.Ended;
import dev.omnibridge.reducer.fold.Fact.Moved;
import dev.omnibridge.reducer.fold.Fact.Started;
import dev.omnibridge.reducer.fold.Fact.StepEnded;
import dev.omnibridge.reducer.fold.Heard;
import dev.omnibridge.reducer.fold.Phase;
import dev.omnibridge.reducer.fold.StreamKey;
import dev.omnibridge.reducer.stream.Records;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.testkit.TestKafka;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How fast a backlog is folded, and how long an append takes to be reduced state, with fsync.
 * {@code bin/bench ReducerBenchmark} runs it.
 */
@Tag("benchmark")
class ReducerBenchmark {
  static {
    System.setProperty("testkit.fsync", "true");
  }

  /** The made-up records of the backlog are not from the log, and would be taken into it. */
  private static final Map<String, String> WITHOUT_INBOX = Map.of("DB_ADAPTER_INBOX", "false");

  private static final int RUNS = Integer.getInteger("bench.runs", 20_000);
  private static final int SUBMISSIONS = Integer.getInteger("bench.submissions", 1_000);

  @Test
  void timeToFoldABacklog() throws Exception {
    var running = new RunningReducer(WITHOUT_INBOX);
    try {
      String topic = running.topic("workflow.events.v1");
      long events = produce(topic);
      long began = System.nanoTime();
      running.start();
      Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .pollInterval(Duration.ofMillis(50))
          .ignoreExceptionsInstanceOf(Fault.class)
          .until(() -> running.bridge("default").getEventsFolded() == events);
      double seconds = (System.nanoTime() - began) / 1e9;
      System.out.printf(
          "backlog: %d events in %.1f s with the start, %.0f/s, %d commits%n",
          events, seconds, events / seconds, running.bridge("default").getVersion());
    } finally {
      running.close();
    }
  }

  @Test
  void timeFromAppendToReducedState() throws Exception {
    var running = new RunningReducer(WITHOUT_INBOX);
    try {
      running.start();
      var first = run();
      running.append(first);
      running.workflow(first.getFirst().stream(), first.size());
      try (var arrivals = new Arrivals(running.topic("workflow.events.v1"))) {
        for (int round = 0; round <= 3; round++) {
          measure(running, arrivals, SUBMISSIONS);
        }
      }
    } finally {
      running.close();
    }
  }

  /** One client: when the append was answered, the record seen on Kafka, the state answered. */
  private static void measure(RunningReducer running, Arrivals arrivals, int count)
      throws Exception {
    var appended = new long[count];
    var onKafka = new long[count];
    var reduced = new long[count];
    for (int i = 0; i < count; i++) {
      var events = run();
      var stream = events.getFirst().stream();
      long began = System.nanoTime();
      running.append(events);
      appended[i] = System.nanoTime() - began;
      running.workflow(stream, events.size());
      reduced[i] = System.nanoTime() - began;
      onKafka[i] = arrivals.of("workflow/default/" + stream.id()) - began;
    }
    System.out.printf(
        "append to reduced state, one client: appended %s, on Kafka %s, reduced %s%n",
        text(appended), text(onKafka), text(reduced));
  }

  private static String text(long[] nanos) {
    Arrays.sort(nanos);
    return "p50 %.2f ms p99 %.2f ms"
        .formatted(nanos[nanos.length / 2] / 1e6, nanos[nanos.length * 99 / 100] / 1e6);
  }

  /** When an independent consumer saw the first record of a stream. */
  private static final class Arrivals implements AutoCloseable {
    private final Map<String, CompletableFuture<Long>> times = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile boolean reading = true;

    Arrivals(String topic) {
      thread = Thread.ofPlatform().start(() -> read(topic));
    }

    private void read(String topic) {
      Map<String, Object> settings = Map.of("bootstrap.servers", TestKafka.bootstrapServers());
      try (var consumer =
          new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
        var partitions =
            consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        while (reading) {
          for (var record : consumer.poll(Duration.ofMillis(100))) {
            time(new String(record.key(), StandardCharsets.UTF_8)).complete(System.nanoTime());
          }
        }
      }
    }

    private CompletableFuture<Long> time(String stream) {
      return times.computeIfAbsent(stream, _ -> new CompletableFuture<>());
    }

    long of(String stream) throws Exception {
      return time(stream).get(10, SECONDS);
    }

    @Override
    public void close() {
      reading = false;
      try {
        thread.join();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static long produce(String topic) throws Exception {
    long events = 0;
    Map<String, Object> settings =
        Map.of("bootstrap.servers", TestKafka.bootstrapServers(), "linger.ms", 5);
    try (var producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.partitionsFor(topic);
      for (int i = 0; i < RUNS; i++) {
        for (Heard event : run()) {
          var record = Records.record(topic, i % 6, 0, event);
          var sent =
              new ProducerRecord<>(topic, i % 6, record.key(), record.value(), record.headers());
          if (events++ % 10_000 == 0) {
            producer.send(sent).get(30, SECONDS);
          } else {
            var unused = producer.send(sent);
          }
        }
      }
      producer.flush();
    }
    return events;
  }

  private static List<Heard> run() {
    var run = new StreamKey("workflow", "default", UUID.randomUUID().toString());
    List<Fact> facts =
        List.of(
            new Started(),
            new Moved("PENDING", "RUNNING"),
            new StepEnded(false),
            new StepEnded(false),
            new StepEnded(true),
            new Moved("RUNNING", "COMPLETED"),
            new Ended(Phase.COMPLETED));
    var events = new ArrayList<Heard>();
    for (Fact fact : facts) {
      events.add(new Heard(run, events.size() + 1, Instant.now(), fact));
    }
    return events;
  }
}
