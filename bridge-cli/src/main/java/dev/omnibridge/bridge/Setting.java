// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge;

import dev.omnibridge.bridge.view.Palette;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Map;

/**
 * Where the command runs: its environment, its home, its clock, and who reads what it prints.
 *
 * @param environment the environment variables
 * @param home the root of the project, where examples and data are
 * @param clock for the times that are shown, with the user's time zone
 * @param out for results
 * @param err for progress and errors
 * @param outIsTerminal a person reads the results
 * @param errIsTerminal a person watches the progress
 */
public record Setting(
    Map<String, String> environment,
    Path home,
    Clock clock,
    PrintWriter out,
    PrintWriter err,
    boolean outIsTerminal,
    boolean errIsTerminal) {

  /** The setting of this process, as the launcher script describes it. */
  public static Setting ofProcess() {
    return new Setting(
        System.getenv(),
        Path.of(System.getProperty("omnibridge.home", "")).toAbsolutePath().normalize(),
        Clock.system(ZoneId.systemDefault()),
        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
        Boolean.getBoolean("omnibridge.out.terminal"),
        Boolean.getBoolean("omnibridge.err.terminal"));
  }

  /** A variable; empty when it is not set. */
  public String variable(String name) {
    return environment.getOrDefault(name, "");
  }

  /** Where the suite keeps its data unless told otherwise. */
  public Path data() {
    String chosen = variable("OMNIBRIDGE_DATA");
    return chosen.isEmpty() ? home.resolve(".omnibridge") : Path.of(chosen).toAbsolutePath();
  }

  /** Colours for the results. */
  public Palette palette() {
    return new Palette(outIsTerminal && colourIsWelcome());
  }

  /** Colours for progress and errors. */
  public Palette errorPalette() {
    return new Palette(errIsTerminal && colourIsWelcome());
  }

  private boolean colourIsWelcome() {
    return variable("NO_COLOR").isEmpty() && !variable("TERM").equals("dumb");
  }
}
