// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge;

import dev.omnibridge.bridge.cli.CommandTree;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;

/** A setting of its own for each test: nothing of the process, and everything printed is kept. */
public final class TestSetting {
  public static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  private final Path home;
  private final Map<String, String> environment = new HashMap<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private boolean terminal;
  private boolean diskIsFull;

  public TestSetting(Path home) {
    this.home = home;
  }

  public TestSetting with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  public TestSetting onTerminal() {
    terminal = true;
    return this;
  }

  /** What is printed as a result is lost, as on a full disk or a pipe that nobody reads. */
  public TestSetting onFullDisk() {
    diskIsFull = true;
    return this;
  }

  public Setting setting() {
    return new Setting(
        Map.copyOf(environment),
        home,
        Clock.fixed(NOON, ZoneOffset.UTC),
        new PrintWriter(diskIsFull ? new FullDisk(out) : out, true),
        new PrintWriter(err, true),
        terminal,
        terminal);
  }

  /** Runs the command; gives its exit code. */
  public int run(String... arguments) {
    return CommandTree.execute(arguments, setting());
  }

  /** Keeps what it was to write, which did not arrive. */
  private static final class FullDisk extends FilterWriter {
    FullDisk(Writer tried) {
      super(tried);
    }

    @Override
    public void write(char[] text, int from, int length) throws IOException {
      super.write(text, from, length);
      throw new IOException("No space left on device");
    }

    @Override
    public void write(String text, int from, int length) throws IOException {
      super.write(text, from, length);
      throw new IOException("No space left on device");
    }
  }

  public String out() {
    return out.toString();
  }

  public String err() {
    return err.toString();
  }
}
