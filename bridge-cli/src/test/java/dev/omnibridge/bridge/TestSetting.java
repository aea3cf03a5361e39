// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge;

import dev.omnibridge.bridge.cli.CommandTree;
import java.io.PrintWriter;
import java.io.StringWriter;
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

  public Setting setting() {
    return new Setting(
        Map.copyOf(environment),
        home,
        Clock.fixed(NOON, ZoneOffset.UTC),
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        terminal,
        terminal);
  }

  /** Runs the command; gives its exit code. */
  public int run(String... arguments) {
    return CommandTree.execute(arguments, setting());
  }

  public String out() {
    return out.toString();
  }

  public String err() {
    return err.toString();
  }
}
