// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.view;

import dev.omnibridge.bridge.Setting;
import java.io.PrintWriter;
import java.time.Duration;

/**
 * How far long work has come: one line that is redrawn on a terminal, an occasional line anywhere
 * else. Goes to stderr, so that it never mixes with results. Safe for use from several threads.
 */
public final class Progress {
  private static final long REDRAW_NANOS = Duration.ofMillis(100).toNanos();
  private static final long LINE_NANOS = Duration.ofSeconds(5).toNanos();
  private static final int BAR = 24;

  private final PrintWriter err;
  private final Palette palette;
  private final boolean redraws;
  private final boolean quiet;
  private final String what;
  private final long began = System.nanoTime();
  private long shown = began;
  private boolean open;

  private Progress(Setting setting, boolean quiet, String what) {
    this.err = setting.err();
    this.palette = setting.errorPalette();
    this.redraws = setting.errIsTerminal();
    this.quiet = quiet;
    this.what = what;
  }

  /** Progress of something; a quiet one shows nothing. */
  public static Progress of(Setting setting, boolean quiet, String what) {
    return new Progress(setting, quiet, what);
  }

  /** So much is done of so much; a total of 0 is not known. */
  public synchronized void update(long done, long total, String more) {
    long now = System.nanoTime();
    if (quiet || now - shown < (redraws ? REDRAW_NANOS : LINE_NANOS)) {
      return;
    }
    shown = now;
    String line = line(done, total, Duration.ofNanos(now - began), more);
    if (redraws) {
      err.print("\r\033[K" + line);
      err.flush();
      open = true;
    } else {
      err.println(line);
    }
  }

  /** Takes the redrawn line away again, before something else is printed. */
  public synchronized void clear() {
    if (open) {
      err.print("\r\033[K");
      err.flush();
      open = false;
    }
  }

  private String line(long done, long total, Duration spent, String more) {
    var line = new StringBuilder(what);
    if (total > 0) {
      line.append(' ').append(bar(done, total)).append(' ');
      line.append(Amounts.count(done)).append('/').append(Amounts.count(total));
    } else {
      line.append(' ').append(Amounts.count(done));
    }
    if (!more.isEmpty()) {
      line.append("  ").append(more);
    }
    return line.append(palette.dim(pace(done, total, spent))).toString();
  }

  private String bar(long done, long total) {
    int full = (int) (BAR * Math.min(done, total) / total);
    return redraws ? palette.green("█".repeat(full)) + palette.dim("░".repeat(BAR - full)) : "";
  }

  /** Rate and, when the total is known, the time left at this rate. */
  public static String pace(long done, long total, Duration spent) {
    double seconds = Math.max(spent.toMillis(), 1) / 1000.0;
    if (done == 0) {
      return "";
    }
    String rate = "  %s/s".formatted(Amounts.count(Math.round(done / seconds)));
    if (total <= done) {
      return rate;
    }
    long left = Math.round((total - done) * seconds * 1000 / done);
    return rate + ", " + Amounts.span(Duration.ofMillis(left)) + " left";
  }
}
