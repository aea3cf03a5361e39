// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit;

import java.util.Locale;

/** Figures as people read them: three digits that count, whatever the size. */
public final class Figures {
  private Figures() {}

  public static String text(double value) {
    double size = Math.abs(value);
    String format;
    if (value == Math.rint(value)) {
      format = "%,.0f";
    } else if (size >= 100) {
      format = "%,.0f";
    } else if (size >= 10) {
      format = "%.1f";
    } else if (size >= 1) {
      format = "%.2f";
    } else {
      format = size >= 0.001 ? "%.3f" : "%.1e";
    }
    return String.format(Locale.ROOT, format, value);
  }

  /** With its unit. */
  public static String text(double value, Threshold.Kind kind) {
    return kind.unit().isEmpty() ? text(value) : text(value) + " " + kind.unit();
  }

  /** A share as percent; what is not nothing is never shown as 0. */
  public static String percent(double share) {
    if (Double.isInfinite(share)) {
      return "over";
    }
    double percent = share * 100;
    if (percent == 0) {
      return "0 %";
    }
    if (percent < 0.1) {
      return "<0.1 %";
    }
    return String.format(Locale.ROOT, percent < 9.95 ? "%.1f %%" : "%,.0f %%", percent);
  }
}
