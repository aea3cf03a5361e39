// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.view;

import dev.omnibridge.bridge.Setting;
import java.io.PrintWriter;
import java.time.Duration;

/**
 * How far work on files has come, in files and bytes: one line that is redrawn on a terminal, and
 * nothing anywhere else. Goes to stderr. Safe for use from several threads.
 */
public final class FileProgress {
  private static final long REDRAW_NANOS = Duration.ofMillis(100).toNanos();
  private static final int BAR = 24;

  private final PrintWriter err;
  private final Palette palette;
  private final boolean shows;
  private final String what;
  private final long began = System.nanoTime();
  private long drawn = began;
  private boolean open;
  private Amount found = Amount.NONE;
  private Amount done = Amount.NONE;
  private boolean foundAll;

  /**
   * So much.
   *
   * @param bytes of all of them together
   */
  public record Amount(long files, long bytes) {
    static final Amount NONE = new Amount(0, 0);

    Amount plus(long size) {
      return new Amount(files + 1, bytes + size);
    }
  }

  private FileProgress(Setting setting, boolean quiet, String what) {
    this.err = setting.err();
    this.palette = setting.errorPalette();
    this.shows = setting.errIsTerminal() && !quiet;
    this.what = what;
  }

  /** Progress of something; a quiet one shows nothing. */
  public static FileProgress of(Setting setting, boolean quiet, String what) {
    return new FileProgress(setting, quiet, what);
  }

  /** One more file was found. */
  public synchronized void found(long size) {
    found = found.plus(size);
  }

  /** No more will be found: from now on the time that is left can be told. */
  public synchronized void foundAll() {
    foundAll = true;
  }

  /** So many more bytes are done. */
  public synchronized void moved(long bytes) {
    done = new Amount(done.files(), done.bytes() + bytes);
    draw();
  }

  /** One more file is done. */
  public synchronized void done() {
    done = done.plus(0);
    draw();
  }

  private void draw() {
    long now = System.nanoTime();
    if (shows && now - drawn >= REDRAW_NANOS) {
      drawn = now;
      err.print("\r\033[K" + line(found, done, foundAll, Duration.ofNanos(now - began)));
      err.flush();
      open = true;
    }
  }

  /** Takes the line away, before something else is printed. */
  public synchronized void clear() {
    if (open) {
      err.print("\r\033[K");
      err.flush();
      open = false;
    }
  }

  /** What is done, in how long and at which rate, as the end of a sentence. */
  public synchronized String summary() {
    var spent = Duration.ofNanos(System.nanoTime() - began);
    return "%s %s, %s in %s%s"
        .formatted(
            Amounts.count(done.files()),
            done.files() == 1 ? "file" : "files",
            Amounts.bytes(done.bytes()),
            Amounts.span(spent),
            rate(done.bytes(), spent));
  }

  String line(Amount found, Amount done, boolean foundAll, Duration spent) {
    String files =
        "%s/%s files  %s/%s"
            .formatted(
                Amounts.count(done.files()),
                Amounts.count(found.files()) + (foundAll ? "" : "+"),
                Amounts.bytes(done.bytes()),
                Amounts.bytes(found.bytes()) + (foundAll ? "" : "+"));
    double share = found.bytes() == 0 ? 0 : Math.min(1.0, (double) done.bytes() / found.bytes());
    String bar = foundAll ? " " + bar(share) : "";
    return what + bar + " " + files + palette.dim(rate(done.bytes(), spent) + left(share, spent));
  }

  private String bar(double share) {
    int full = (int) (BAR * share);
    return palette.green("█".repeat(full)) + palette.dim("░".repeat(BAR - full));
  }

  private static String rate(long bytes, Duration spent) {
    double seconds = Math.max(spent.toMillis(), 1) / 1000.0;
    return ", %s/s".formatted(Amounts.bytes(Math.round(bytes / seconds)));
  }

  private String left(double share, Duration spent) {
    return foundAll && share > 0
        ? ", %s left".formatted(Amounts.span(duration(spent.toMillis() * (1 - share) / share)))
        : "";
  }

  private static Duration duration(double millis) {
    return Duration.ofMillis(Math.round(millis));
  }
}
