// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit.report;

import dev.omnibridge.testkit.Figures;
import dev.omnibridge.testkit.Threshold.Statistic;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The figures of a row beside those of the baseline; none of them where there is no baseline. */
public record Change(List<Difference> differences) {
  static final Change NONE = new Change(List.of());

  /** What a difference means. */
  public enum Verdict {
    NO_BASELINE("no baseline"),
    AS_BEFORE("as before"),
    BETTER("better"),
    WORSE("WORSE");

    private final String text;

    Verdict(String text) {
      this.text = text;
    }
  }

  /** One figure, what it used to be, and how far from that it may be without meaning anything. */
  public record Difference(
      Statistic statistic, double value, double before, double margin, boolean lessIsBetter) {

    Verdict verdict() {
      double loss = lessIsBetter ? value - before : before - value;
      if (loss > margin) {
        return Verdict.WORSE;
      }
      return -loss > margin ? Verdict.BETTER : Verdict.AS_BEFORE;
    }

    /** Such as {@code p95 4.1 was 2.2 (+86 %, margin 0.9)}. */
    public String text() {
      return String.format(
          Locale.ROOT,
          "%s %s was %s (%s, margin %s)",
          statistic.text(),
          Figures.text(value),
          Figures.text(before),
          change(),
          Figures.text(margin));
    }

    private String change() {
      return before == 0
          ? "from nothing"
          : String.format(Locale.ROOT, "%+.0f %%", (value / before - 1) * 100);
    }
  }

  public Change {
    differences = List.copyOf(differences);
  }

  public boolean isKnown() {
    return !differences.isEmpty();
  }

  public boolean isWorse() {
    return verdict() == Verdict.WORSE;
  }

  /** Worse when one figure is worse, whatever the others are. */
  public Verdict verdict() {
    return differences.stream()
        .map(Difference::verdict)
        .max(Verdict::compareTo)
        .orElse(Verdict.NO_BASELINE);
  }

  /** The verdict, and what makes it where that is worth a word. */
  public String text() {
    var reasons = telling().map(Difference::text).collect(Collectors.joining("; "));
    return reasons.isEmpty() ? verdict().text : verdict().text + ": " + reasons;
  }

  /** The verdict alone. */
  public String word() {
    return verdict().text;
  }

  /**
   * The verdict, and the greatest of the changes that make it, such as {@code WORSE, p95 +86 %}.
   */
  public String brief() {
    return telling()
        .max(Comparator.comparingDouble(one -> Math.abs(one.value() - one.before()) / one.margin()))
        .map(one -> verdict().text + ", " + one.statistic().text() + " " + one.change())
        .orElse(verdict().text);
  }

  private Stream<Difference> telling() {
    return differences.stream()
        .filter(one -> one.verdict() == verdict() && verdict() != Verdict.AS_BEFORE);
  }
}
