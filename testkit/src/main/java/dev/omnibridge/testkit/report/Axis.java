// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit.report;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * A logarithmic axis of whole powers of ten, from one coordinate to another. What lies outside,
 * such as nothing at all, stands at the nearer end.
 */
record Axis(int lowest, int highest, double from, double to) {

  /** One that every positive value is on. */
  static Axis covering(DoubleStream values, double from, double to) {
    var positive = values.filter(value -> value > 0).summaryStatistics();
    if (positive.getCount() == 0) {
      return new Axis(-1, 1, from, to);
    }
    int lowest = (int) Math.floor(Math.log10(positive.getMin()));
    int highest = (int) Math.ceil(Math.log10(positive.getMax()));
    return new Axis(lowest, Math.max(highest, lowest + 1), from, to);
  }

  double at(double value) {
    double exponent = value > 0 ? Math.log10(value) : lowest;
    double share = (Math.clamp(exponent, lowest, highest) - lowest) / (highest - lowest);
    return from + share * (to - from);
  }

  List<Double> ticks() {
    return IntStream.rangeClosed(lowest, highest).mapToObj(each -> Math.pow(10, each)).toList();
  }
}
