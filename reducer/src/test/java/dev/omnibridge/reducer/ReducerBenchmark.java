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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How fast a backlog is folded, and how long an append takes to be reduced state, with fsync:
 * {@code mvn verify -pl reducer -am -Dtest=ReducerBenchmark -Dexcluded.test.groups=}.
 */
@Tag("benchmark")
class ReducerBenchmark {
  static {
    System.setProperty("testkit.fsync", "true");
  }

  private static final int RUNS = Integer.getInteger("bench.runs", 20_000);
  private static final int SUBMISSIONS = Integer.getInteger("bench.submissions", 1_000);

  @Test
  void timeToFoldABacklog() throws Exception {
    var running = new RunningReducer();
    try {
      String topic = running.topic("workflow.events.v1");
      TestKafka.createTopics(6, topic, running.topic("metadata.events.v1"));
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
    var running = new RunningReducer();
    try {
      running.start();
      measure(running, 300);
      long[] nanos = measure(running, SUBMISSIONS);
      System.out.printf(
          "append to reduced state, one client: p50 %.2f ms, p99 %.2f ms, max %.1f ms%n",
          nanos[nanos.length / 2] / 1e6,
          nanos[(int) (nanos.length * 0.99)] / 1e6,
          nanos[nanos.length - 1] / 1e6);
    } finally {
      running.close();
    }
  }

  private static long[] measure(RunningReducer running, int count) throws Exception {
    var nanos = new long[count];
    for (int i = 0; i < count; i++) {
      var events = run();
      long began = System.nanoTime();
      running.append(events);
      running.workflow(events.getFirst().stream(), events.size());
      nanos[i] = System.nanoTime() - began;
    }
    java.util.Arrays.sort(nanos);
    return nanos;
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
