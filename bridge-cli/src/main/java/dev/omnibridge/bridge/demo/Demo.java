// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.demo;

import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.state.v1.BridgeState;
import dev.omnibridge.api.state.v1.GetBridgeStateRequest;
import dev.omnibridge.api.state.v1.StateServiceGrpc;
import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.client.Client;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.bridge.view.Progress;
import dev.omnibridge.runtime.rpc.Peer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;

/**
 * The main job on real input, against a suite that runs anywhere: source files go to the content
 * store, a workflow stamps and analyses them by reference, and then everything is asked for again.
 */
public final class Demo {
  private static final Duration KAFKA_LIMIT = Duration.ofSeconds(60);
  private static final String KAFKA_HAS_ALL = "Kafka has every event";
  private static final String NAMESPACE = "default";
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Setting setting;
  private final Client client;
  private final boolean quiet;
  private final Stages stages = new Stages();

  /** Where the events can be read back. */
  public record Kafka(String bootstrapServers, String topicPrefix) {}

  /**
   * What to do.
   *
   * @param root directory of the project
   * @param definition the workflow, as text
   * @param mostFiles at most so many files
   * @param kafka where Kafka is, when that is known here
   */
  public record Job(Path root, String definition, int mostFiles, Optional<Kafka> kafka) {}

  public Demo(Setting setting, Client client, boolean quiet) {
    this.setting = setting;
    this.client = client;
    this.quiet = quiet;
  }

  /** Adds a stage that happened before. */
  public Demo after(String stage, Duration time) {
    stages.note(stage, time);
    return this;
  }

  /** Does the job to its end, and proves it. */
  public DemoResult run(Job job) throws Exception {
    UUID correlation = UUID.randomUUID();
    Material material = stages.time("content", () -> bring(job));
    var batches = Batches.of(material.files());
    var runs = runs();
    var accepted =
        stages.time(
            "submit", () -> runs.submit(job.definition(), batches, name(correlation), correlation));
    List<FinishedRun> finished = stages.time("workflow", () -> runs.watch(accepted));
    var proofs = new Proofs(client, finished);
    var proved = new ArrayList<Proof>();
    proved.add(proofs.runsCompleted());
    proved.add(proofs.everyFileWasStamped());
    stages.time("stamps", () -> proved.add(proofs.everyStampIsThere()));
    stages.time("log", () -> proved.add(proofs.logHasEveryEvent()));
    var caused = stages.time("log", () -> proofs.caused(correlation));
    proved.add(proofs.newStampsHaveEvents(caused));
    stages.time("reducer", () -> proved.add(proofs.reducerHasFolded()));
    stages.time("kafka", () -> proved.add(kafka(job, correlation, caused)));
    return new DemoResult(
        client.addresses().told(), material, finished, state(), stages.spent(), proved);
  }

  private Material bring(Job job) throws Exception {
    List<Path> files = SourceFiles.under(job.root()).stream().limit(job.mostFiles()).toList();
    if (files.isEmpty()) {
      throw new CliFailure(ExitCode.USAGE, "There are no source files in " + job.root() + ".");
    }
    var progress = Progress.of(setting, quiet, "to the content store");
    try {
      return new Intake(client, job.root(), progress).bring(files);
    } finally {
      progress.clear();
    }
  }

  private Runs runs() {
    return new Runs(client, Progress.of(setting, quiet, "workflow"));
  }

  /** A workflow id that was never used. */
  private String name(UUID correlation) {
    var now = STAMP.format(setting.clock().instant());
    return "demo-%s-%s".formatted(now, correlation.toString().substring(0, 4));
  }

  private Proof kafka(Job job, UUID correlation, List<RecordedEvent> caused) {
    if (job.kafka().isEmpty()) {
      return Proof.notAsked(
          KAFKA_HAS_ALL, "where Kafka is, is not known here; set KAFKA_BOOTSTRAP_SERVERS");
    }
    Kafka kafka = job.kafka().get();
    Set<String> ids =
        caused.stream().map(RecordedEvent::getEventId).collect(Collectors.toUnmodifiableSet());
    try {
      var records = new KafkaRecords(kafka.bootstrapServers(), kafka.topicPrefix());
      return Proofs.kafkaHas(
          KAFKA_HAS_ALL,
          caused,
          records.read(correlation.toString(), ids, firstOf(caused), KAFKA_LIMIT));
    } catch (KafkaException away) {
      return Proof.of(
          KAFKA_HAS_ALL,
          false,
          "%s cannot be read: %s".formatted(kafka.bootstrapServers(), away.getMessage()));
    }
  }

  /** By the clock of the suite; that of this machine may be another. */
  private Instant firstOf(List<RecordedEvent> caused) {
    return caused.stream()
        .map(event -> Amounts.instant(event.getRecordedAt()))
        .min(Comparator.naturalOrder())
        .orElseGet(setting.clock()::instant);
  }

  private BridgeState state() {
    var request = GetBridgeStateRequest.newBuilder().setNamespace(NAMESPACE).build();
    return client
        .call(Peer.REDUCER, StateServiceGrpc.getGetBridgeStateMethod(), request)
        .getState();
  }
}
