// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.Given.append;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.NewEvent;
import dev.omnibridge.api.log.v1.StreamAppend;
import dev.omnibridge.dbadapter.bench.Report;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How fast a backlog follows when Kafka is back, and how late a record is at an even rate; broker,
 * database (with fsync) and db-adapter on this machine, the broker in this JVM: {@code bin/bench
 * RelayBenchmark}.
 */
@Tag("benchmark")
class RelayBenchmark {
  static {
    System.setProperty("testkit.fsync", System.getProperty("testkit.fsync", "true"));
  }

  private static final int EVENTS = Integer.getInteger("bench.events", 100_000);
  private static final int ROUNDS = Integer.getInteger("bench.rounds", 3);
  private static final int BODY_BYTES = 500;
  private static final int STREAMS = 100;
  private static final int EACH = 10;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @Test
  void backlogOfAHundredThousandEvents() throws IOException {
    var report = new Report("relay-backlog");
    report.put("event_bytes", BODY_BYTES);
    try (var rig = new OutboxRig(directory)) {
      var adapter = rig.adapter();
      for (int round = 1; round <= ROUNDS; round++) {
        rig.kafka().stop();
        fill(adapter);
        int before = round == 1 ? 0 : EVENTS * (round - 1);
        rig.kafka().restart();
        long began = System.nanoTime();
        OutboxRig.drained(adapter);
        double seconds = (System.nanoTime() - began) / 1e9;
        long[] times = Arrays.stream(timestamps(rig)).sorted().skip(before).toArray();
        double sending = (times[times.length - 1] - times[0]) / 1e3;
        report.put("round_%d_events".formatted(round), times.length);
        report.put("round_%d_seconds_after_kafka_answered".formatted(round), rounded(seconds));
        report.put("round_%d_seconds_first_to_last".formatted(round), rounded(sending));
        report.put("round_%d_per_second".formatted(round), Math.round(times.length / sending));
      }
      report.write();
    }
  }

  private static double rounded(double seconds) {
    return Math.round(seconds * 100) / 100.0;
  }

  /** Of all records; the records themselves would fill the memory. */
  private static long[] timestamps(OutboxRig rig) {
    var times = LongStream.builder();
    Map<String, Object> settings = Map.of("bootstrap.servers", rig.bootstrapServers());
    try (var consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      var partitions =
          consumer.partitionsFor(rig.topic()).stream()
              .map(one -> new TopicPartition(one.topic(), one.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        consumer.poll(Duration.ofMillis(50)).forEach(found -> times.add(found.timestamp()));
      }
    }
    return times.build().toArray();
  }

  private static void fill(RunningDbAdapter adapter) {
    var log = LogServiceGrpc.newBlockingStub(adapter.channel());
    for (int left = EVENTS; left > 0; left -= STREAMS * EACH) {
      var request = append();
      OutboxRig.runs(STREAMS).forEach(run -> request.addAppends(events(run)));
      AppendRequest built = request.build();
      var unused = log.append(built);
    }
  }

  private static StreamAppend events(StreamName run) {
    var append = StreamAppend.newBuilder().setStream(run).setExpectNone(true);
    Timestamp now = Given.now();
    for (int i = 0; i < EACH; i++) {
      append.addEvents(
          NewEvent.newBuilder()
              .setEventId(Given.id().toString())
              .setType(Given.STEP_COMPLETED)
              .setOccurredAt(now)
              .setCorrelationId(Given.id().toString())
              .setBody(body()));
    }
    return append.build();
  }

  private static ByteString body() {
    String text = "{\"payload\":{\"note\":\"";
    String filled = text + "x".repeat(BODY_BYTES - text.length() - 3) + "\"}}";
    return ByteString.copyFrom(filled, StandardCharsets.UTF_8);
  }

  @Test
  void latenessAtAnEvenRate() throws Exception {
    try (var rig = new OutboxRig(directory)) {
      var adapter = rig.adapter();
      try (var load = new AppendLoad(adapter.channel(), 500)) {
        org.awaitility.Awaitility.await()
            .atMost(OutboxRig.LIMIT)
            .until(() -> load.acknowledged().size() > 5_000);
        load.close();
        OutboxRig.drained(adapter);
        var late = new Histogram(3);
        rig.records().stream()
            .skip(1_000)
            .forEach(found -> late.recordValue(nanos(found.timestamp() - occurred(found))));
        var report = new Report("relay-lateness");
        report.put("per_second", 500);
        report.put("from_event_to_record_ms", late);
        report.write();
      }
    }
  }

  private static long nanos(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(Math.max(0, millis));
  }

  private static long occurred(ConsumerRecord<String, byte[]> found) {
    return java.time.Instant.parse(
            OutboxRig.header(found, dev.omnibridge.runtime.event.EventHeaders.TIME))
        .toEpochMilli();
  }
}
