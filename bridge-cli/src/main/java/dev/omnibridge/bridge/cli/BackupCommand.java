// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.suite.Backups;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.bridge.view.Progress;
import dev.omnibridge.bridge.view.Table;
import dev.omnibridge.embedded.backup.BackupArea;
import dev.omnibridge.embedded.backup.BaseBackup;
import dev.omnibridge.embedded.backup.SavedBackup;
import dev.omnibridge.embedded.backup.Verification;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Saves the database of the suite, lists what is saved, and verifies it. */
@Command(
    name = "backup",
    description = {
      "Saves the database of ./bridge up while it runs or while it does not: a copy of all its"
          + " files, and from then on, beside the copy, the log of everything that follows.",
      "The database has the events, the workflows, the stamps and the contents; Kafka's records"
          + " are a copy of it and are not saved. ./bridge restore is the way back."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./bridge backup --to /mnt/backups --keep 3",
      "  ./bridge backup list",
      "  ./bridge backup verify 20261121T130600.123Z"
    })
final class BackupCommand implements Callable<Integer> {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** What is to be done. */
  enum Action {
    MAKE,
    LIST,
    VERIFY
  }

  private final Setting setting;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "ACTION",
      description = "make (default), list or verify.")
  private Action action = Action.MAKE;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "ID",
      description = "Which backup to verify (default: the youngest).")
  private @Nullable String id;

  @Option(
      names = {"--to", "--from"},
      paramLabel = "DIR",
      description =
          "Where the backups are, best on another disk; OMNIBRIDGE_BACKUPS, else beside the data.")
  private @Nullable Path to;

  @Option(
      names = "--keep",
      paramLabel = "N",
      description = "Keep the N youngest backups and the log they need (default: all).")
  private int keep;

  @Option(
      names = "--archive-every",
      paramLabel = "SPAN",
      description = "How old what is not in the archive may become at most (default: 60s).")
  private Duration every = Duration.ofSeconds(60);

  @Mixin private BackupOptions options = new BackupOptions();
  @Mixin private OutputOptions output = new OutputOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  BackupCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    checkUsage();
    return switch (action) {
      case MAKE ->
          new BrokenOff(setting, "./bridge up and ./bridge backup").run(() -> make(area()));
      case LIST -> BackupOptions.told(() -> list(area()));
      case VERIFY -> BackupOptions.told(() -> verify(area()));
    };
  }

  private void checkUsage() {
    if (keep < 0 || every.isNegative() || every.isZero()) {
      throw new CliFailure(ExitCode.USAGE, "--keep and --archive-every take numbers above zero.");
    }
    if (action != Action.MAKE) {
      Pointless.refuse(spec, "goes with backup make", "--keep", "--archive-every");
    }
    if (action != Action.VERIFY && id != null) {
      throw new CliFailure(ExitCode.USAGE, "A backup is named only to backup verify.");
    }
  }

  private BackupArea area() {
    return new BackupArea(options.backups(setting, to));
  }

  private int make(BackupArea area) {
    long began = System.nanoTime();
    var progress = Progress.of(setting, output.json(), "Saving, bytes");
    Path data = options.data(setting);
    SavedBackup saved =
        new Backups(data).make(area, every, (done, total) -> progress.update(done, total, ""));
    progress.clear();
    var removed = keep == 0 ? new BaseBackup.Removed(List.of(), 0) : BaseBackup.keep(area, keep);
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    if (output.json()) {
      ObjectNode document = document(saved);
      document.put("directory", area.root().toString());
      document.put("tookMillis", took.toMillis());
      var old = document.putArray("removed");
      removed.backups().forEach(old::add);
      print(document);
      return ExitCode.OK.code();
    }
    line(
        "Saved %s as %s in %s: %s in %s files, after %s."
            .formatted(
                data,
                setting.palette().bold(saved.id()),
                area.root(),
                Amounts.bytes(saved.bytes()),
                Amounts.count(saved.files()),
                Amounts.span(took)));
    line(
        "What follows is archived there when 16 MiB are full, and at the latest after %s."
            .formatted(Amounts.span(every)));
    if (!removed.backups().isEmpty()) {
      line(
          "Removed %s and %d files of the log."
              .formatted(String.join(", ", removed.backups()), removed.walFiles()));
    }
    return ExitCode.OK.code();
  }

  private int list(BackupArea area) {
    List<SavedBackup> backups = area.backups();
    if (output.json()) {
      backups.forEach(one -> print(document(one)));
      return ExitCode.OK.code();
    }
    if (backups.isEmpty()) {
      line("There is no backup in " + area.root() + ".");
      return ExitCode.OK.code();
    }
    var table = new Table(setting.palette(), "BACKUP", "COMPLETE", "SIZE", "FILES", "OF");
    for (SavedBackup one : backups) {
      var unused =
          table.row(
              one.id(),
              Amounts.dayAndTime(Amounts.timestamp(one.finished()), setting.clock()),
              Amounts.bytes(one.bytes()),
              Amounts.count(one.files()),
              one.data());
    }
    table.lines().forEach(this::line);
    return ExitCode.OK.code();
  }

  private int verify(BackupArea area) {
    var progress = Progress.of(setting, output.json(), "Reading, bytes");
    SavedBackup backup = area.choose(Optional.ofNullable(id), Optional.empty());
    Verification found =
        Verification.of(area, backup, (done, total) -> progress.update(done, total, ""));
    progress.clear();
    if (output.json()) {
      ObjectNode document = document(backup);
      document.put("good", found.good());
      var problems = document.putArray("problems");
      found.problems().forEach(problems::add);
      document.put("walFiles", found.walFiles());
      document.put("lastWal", found.lastWal());
      document.put("missingWal", found.missingWal());
      var damaged = document.putArray("damagedWal");
      found.damagedWal().forEach(damaged::add);
      print(document);
    } else {
      tell(found);
    }
    return found.good() ? ExitCode.OK.code() : ExitCode.FAILED.code();
  }

  private void tell(Verification found) {
    found.problems().forEach(problem -> line(setting.palette().red("damaged: ") + problem));
    if (!found.missingWal().isEmpty()) {
      line(
          setting.palette().red("missing: ")
              + "the log from %s on; a restore ends there".formatted(found.missingWal()));
    }
    found
        .damagedWal()
        .forEach(file -> line(setting.palette().red("damaged: ") + "the log in " + file));
    line(
        "%s: %s files as they were saved, and %d files of the log after it (%s), the last %s."
            .formatted(
                found.good() ? setting.palette().green("good") : "not good",
                Amounts.count(found.backup().files()),
                found.walFiles(),
                Amounts.bytes(found.walBytes()),
                found.lastWal().isEmpty() ? "(none)" : found.lastWal()));
  }

  private static ObjectNode document(SavedBackup one) {
    ObjectNode document = JSON.objectNode();
    document.put("backup", one.id());
    document.put("complete", one.finished().toString());
    document.put("bytes", one.bytes());
    document.put("files", one.files());
    document.put("startLsn", one.startLsn());
    document.put("stopLsn", one.stopLsn());
    document.put("data", one.data());
    return document;
  }

  private void print(ObjectNode document) {
    line(Session.compact(document));
  }

  private void line(String text) {
    setting.out().println(text);
  }
}
