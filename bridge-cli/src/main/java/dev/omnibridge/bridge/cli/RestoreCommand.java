// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Logs;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.suite.Backups;
import dev.omnibridge.bridge.suite.Backups.Outcome;
import dev.omnibridge.bridge.suite.RunFile;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.bridge.view.OneLine;
import dev.omnibridge.bridge.view.Progress;
import dev.omnibridge.dbadapter.log.Reconciled;
import dev.omnibridge.embedded.backup.BackupArea;
import dev.omnibridge.embedded.backup.Recovery;
import dev.omnibridge.embedded.backup.Recovery.Restored;
import dev.omnibridge.embedded.backup.SavedBackup;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Brings the database of the suite back from a backup. */
@Command(
    name = "restore",
    description = {
      "Brings the database of ./bridge up back from ./bridge backup: to the end of the archived log"
          + " or to a time, into a directory without data. Nothing may run on it.",
      "The log begins a new epoch. What only Kafka has of it is appended again; not so after a"
          + " restore to a time, which is there to take things back."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge restore --from /mnt/backups",
      "  ./bridge restore --to-time 2026-11-21T10:00 --force     the data of now is moved aside",
      "  ./bridge restore --wal /mnt/old-disk/postgres/cluster/pg_wal"
    })
final class RestoreCommand implements Callable<Integer> {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Setting setting;

  @Option(
      names = "--from",
      paramLabel = "DIR",
      description = "Where the backups are; OMNIBRIDGE_BACKUPS, else beside the data.")
  private @Nullable Path from;

  @Option(
      names = "--backup",
      paramLabel = "ID",
      description = "Which one (default: the youngest, or the youngest before --to-time).")
  private @Nullable String id;

  @Option(
      names = "--to-time",
      paramLabel = "TIME",
      description =
          "Up to this time, like 2026-11-21T10:00:00Z, 2026-11-21T10:00 or 10m for ten minutes ago"
              + " (default: the end of the archive).")
  private @Nullable Instant toTime;

  @Option(
      names = "--force",
      description = "Move data that is there aside; its unarchived log is used, too.")
  private boolean force;

  @Option(
      names = "--wal",
      paramLabel = "DIR",
      description = "The pg_wal of the lost database, if that is elsewhere.")
  private @Nullable Path wal;

  @Option(names = "--without-kafka", description = "Leave out what only Kafka has of the log.")
  private boolean withoutKafka;

  @Option(
      names = "--limit",
      paramLabel = "SPAN",
      description = "How long the log may be replayed (default: 6h).")
  private Duration limit = Duration.ofHours(6);

  @Mixin private BackupOptions options = new BackupOptions();
  @Mixin private OutputOptions output = new OutputOptions();

  RestoreCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    Path data = options.data(setting);
    refuseRunning(data);
    return new BrokenOff(setting, "./bridge restore").run(() -> restore(data));
  }

  private static void refuseRunning(Path data) {
    RunFile.ofRunning(data)
        .ifPresent(run -> {
          throw new CliFailure(
              ExitCode.REFUSED,
              "A suite runs on %s (process %d); stop it first.".formatted(data, run.pid()));
        });
  }

  private int restore(Path data) {
    long began = System.nanoTime();
    var area = new BackupArea(options.backups(setting, from));
    SavedBackup backup = area.choose(Optional.ofNullable(id), Optional.ofNullable(toTime));
    List<String> passedOver =
        id == null ? area.abandoned().stream().map(SavedBackup::id).toList() : List.of();
    Path unused = Logs.toFiles(data);
    var progress = Progress.of(setting, output.json(), "Restoring, bytes");
    Outcome outcome =
        new Backups(data)
            .restore(
                area,
                new Recovery.Order(
                    backup, Optional.ofNullable(toTime), force, Optional.ofNullable(wal), limit),
                withoutKafka,
                setting.environment(),
                (done, total) -> progress.update(done, total, ""),
                stage -> progress.update(0, 0, stage));
    progress.clear();
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    if (output.json()) {
      ObjectNode document = document(data, outcome, took);
      var names = document.putArray("passedOver");
      passedOver.forEach(names::add);
      setting.out().println(Session.compact(document));
    } else {
      tell(data, outcome, took);
      if (!passedOver.isEmpty()) {
        field("not used", String.join(", ", passedOver) + ", of what was taken back earlier");
      }
    }
    Reconciled kafka = outcome.kafka();
    boolean whole = outcome.postgres().missingWal().isEmpty() && (kafka == null || kafka.whole());
    return whole ? ExitCode.OK.code() : ExitCode.FAILED.code();
  }

  private void tell(Path data, Outcome outcome, Duration took) {
    Restored postgres = outcome.postgres();
    line(
        "%s from %s after %s."
            .formatted(
                setting.palette().green("Restored " + data),
                postgres.backup().id(),
                Amounts.span(took)));
    field("database", "up to " + reached(postgres));
    field("archive", archive(postgres));
    field(
        "lanes",
        outcome.log().heads().entrySet().stream()
            .map(head -> head.getKey() + " to " + head.getValue())
            .collect(Collectors.joining(", ")));
    field("epoch", outcome.log().epoch());
    kafka(outcome);
    postgres.movedAside().ifPresent(aside -> field("before", "the data of before is in " + aside));
    if (!postgres.archiving()) {
      field("backups", "this copy is not archived; make a backup of it with ./bridge backup");
    }
  }

  private static String reached(Restored postgres) {
    Instant last = postgres.lastCommit();
    return (last == null ? "the end of the base backup" : "the transaction of " + last)
        + " ("
        + postgres.lsn()
        + ", timeline "
        + postgres.timeline()
        + ")";
  }

  private String archive(Restored postgres) {
    String saved = "";
    if (postgres.savedWal() > 0) {
      saved = "; %d files more came from the lost server's disk".formatted(postgres.savedWal());
    } else if (toTime == null) {
      saved = "; nothing came from the lost server's disk, so what was not archived is not in it";
    }
    return postgres.missingWal().isEmpty()
        ? "%d files of the log, none missing between them%s"
            .formatted(postgres.archivedWal(), saved)
        : setting.palette().red("%s is missing".formatted(postgres.missingWal()))
            + ", the log ends there although more was archived"
            + saved;
  }

  private void kafka(Outcome outcome) {
    Reconciled kafka = outcome.kafka();
    if (kafka == null) {
      field("Kafka", "left out, " + outcome.withoutKafka());
      return;
    }
    field(
        "Kafka",
        "%s events of %s streams came back from it, with the rows of %s workflows"
            .formatted(
                Amounts.count(kafka.recovered()),
                Amounts.count(kafka.streams()),
                Amounts.count(kafka.runs())));
    if (kafka.unplaced() > 0) {
      field(
          "lost",
          setting
              .palette()
              .red(
                  "%s events in Kafka follow on events that are nowhere, of %s"
                      .formatted(
                          Amounts.count(kafka.unplaced()),
                          OneLine.of(String.join(", ", kafka.unplacedStreams())))));
    }
    if (kafka.damaged() > 0) {
      field(
          "lost",
          setting
              .palette()
              .red(
                  "%s records of this log in Kafka cannot be read"
                      .formatted(Amounts.count(kafka.damaged()))));
    }
    if (!kafka.lostDefinitions().isEmpty()) {
      field(
          "lost",
          setting
              .palette()
              .red(
                  "the definitions %s; runs wait for them until they are submitted once more"
                      .formatted(OneLine.of(String.join(", ", kafka.lostDefinitions())))));
    }
  }

  private ObjectNode document(Path data, Outcome outcome, Duration took) {
    Restored postgres = outcome.postgres();
    Instant last = postgres.lastCommit();
    ObjectNode document = JSON.objectNode();
    document.put("data", data.toString());
    document.put("backup", postgres.backup().id());
    document.put("lsn", postgres.lsn());
    document.put("lastCommit", last == null ? "" : last.toString());
    document.put("timeline", postgres.timeline());
    document.put("archivedWal", postgres.archivedWal());
    document.put("missingWal", postgres.missingWal());
    document.put("savedWal", postgres.savedWal());
    document.put("archiving", postgres.archiving());
    document.put("epoch", outcome.log().epoch());
    ObjectNode lanes = document.putObject("lanes");
    outcome.log().heads().forEach((lane, head) -> lanes.put(lane.toString(), head));
    document.put("withoutKafka", outcome.withoutKafka());
    Reconciled kafka = outcome.kafka();
    if (kafka != null) {
      ObjectNode found = document.putObject("kafka");
      found.put("recovered", kafka.recovered());
      found.put("streams", kafka.streams());
      found.put("runs", kafka.runs());
      found.put("unplaced", kafka.unplaced());
      found.put("damaged", kafka.damaged());
      var lost = found.putArray("lostDefinitions");
      kafka.lostDefinitions().forEach(lost::add);
    }
    document.put("tookMillis", took.toMillis());
    return document;
  }

  private void field(String name, Object value) {
    line("  " + setting.palette().dim("%-10s".formatted(name)) + value);
  }

  private void line(String text) {
    setting.out().println(text);
  }
}
