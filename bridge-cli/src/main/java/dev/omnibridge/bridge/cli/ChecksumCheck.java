// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.files.ChecksumLine;
import dev.omnibridge.bridge.files.ChecksumLine.Parsed;
import dev.omnibridge.bridge.files.ChecksumList;
import dev.omnibridge.bridge.files.ChecksumList.Entry;
import dev.omnibridge.bridge.files.Conveyor;
import dev.omnibridge.bridge.files.FileHasher;
import dev.omnibridge.bridge.view.OneLine;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;

/**
 * Checks files against a list as b3sum prints it: a line per file on stdout, what is wrong with the
 * list and what it comes to on stderr. No suite is asked.
 */
final class ChecksumCheck {
  private final Setting setting;
  private final boolean quiet;
  private long fits;
  private long differs;
  private long unreadable;
  private long malformed;

  ChecksumCheck(Setting setting, boolean quiet) {
    this.setting = setting;
    this.quiet = quiet;
  }

  /** What became of a line. */
  private sealed interface Checked {
    record Fits(String name) implements Checked {}

    record Differs(String name) implements Checked {}

    record Unreadable(String name, String problem) implements Checked {}

    record Malformed(long line, String problem) implements Checked {}
  }

  /** Checks every line of a list, "-" being stdin; gives the exit code. */
  int check(String list) {
    try (InputStream in = list.equals("-") ? System.in : Files.newInputStream(Path.of(list));
        var hasher = new FileHasher(Runtime.getRuntime().availableProcessors(), _ -> {})) {
      var lines = new ChecksumList(in);
      Conveyor.run(
          (Conveyor.Belt<Entry> belt) -> read(lines, belt),
          batch -> check(hasher, batch),
          checked -> show(list, checked));
    } catch (IOException failure) {
      throw Inputs.unreadable(list, failure);
    } catch (UncheckedIOException failure) {
      throw Inputs.unreadable(list, Objects.requireNonNull(failure.getCause()));
    } finally {
      setting.out().flush();
    }
    return allIsWell() ? ExitCode.OK.code() : ExitCode.FAILED.code();
  }

  private static void read(ChecksumList lines, Conveyor.Belt<Entry> belt)
      throws InterruptedException {
    try {
      for (Entry entry = lines.next(); entry != null; entry = lines.next()) {
        belt.put(entry, 0);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static List<Checked> check(FileHasher hasher, List<Entry> batch)
      throws InterruptedException {
    List<Checked> all = new ArrayList<>(batch.size());
    try (var turn = hasher.turn()) {
      for (Entry entry : batch) {
        all.add(
            switch (entry.parsed()) {
              case Parsed.Line(ChecksumLine line) -> check(turn, line);
              case Parsed.Malformed(String why) -> new Checked.Malformed(entry.number(), why);
            });
      }
    }
    return all;
  }

  private static Checked check(FileHasher.Turn turn, ChecksumLine line) {
    String name = line.name();
    try {
      boolean same = turn.contentOnly(Path.of(name)).contentHash().equals(line.hash());
      return same ? new Checked.Fits(name) : new Checked.Differs(name);
    } catch (NoSuchFileException missing) {
      return new Checked.Unreadable(name, "there is no such file");
    } catch (IOException failure) {
      return new Checked.Unreadable(name, FileFaults.of(Path.of(name), failure).problem());
    } catch (InvalidPathException impossible) {
      return new Checked.Unreadable(name, "it is no name of a file here");
    }
  }

  private void show(String list, Checked checked) {
    var palette = setting.palette();
    switch (checked) {
      case Checked.Fits(String name) -> {
        fits++;
        if (!quiet) {
          line(name, palette.green("OK"));
        }
      }
      case Checked.Differs(String name) -> {
        differs++;
        line(name, palette.red("FAILED"));
      }
      case Checked.Unreadable(String name, String problem) -> {
        unreadable++;
        line(name, palette.red("FAILED") + " (" + OneLine.of(problem) + ")");
      }
      case Checked.Malformed(long number, String problem) -> {
        malformed++;
        setting.err().println("bridge: line %d of %s: %s".formatted(number, list, problem));
      }
    }
  }

  private void line(String name, String result) {
    setting.out().print(ChecksumLine.shown(name) + ": " + result + "\n");
  }

  /** Says on stderr what is not well; a list without a line is not, either. */
  private boolean allIsWell() {
    if (fits + differs + unreadable + malformed == 0) {
      setting.err().println("bridge: the list is empty");
      return false;
    }
    var problems = new StringJoiner("; ", "bridge: ", "");
    problems.setEmptyValue("");
    tell(problems, differs, "of the files did NOT match");
    tell(problems, unreadable, "could not be read");
    tell(problems, malformed, "of the lines are malformed");
    if (problems.length() > 0) {
      setting.err().println(problems);
    }
    return problems.length() == 0;
  }

  private static void tell(StringJoiner problems, long count, String what) {
    if (count > 0) {
      problems.add(count + " " + what);
    }
  }
}
