// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * What the tests of this JVM have measured together, by the way of deployment, and under which
 * circumstances: what the report is made from. The one place that tests of several classes share.
 */
public final class ThisRun {
  private static final SortedMap<String, Thresholds> MEASURED = new ConcurrentSkipListMap<>();
  private static final SortedMap<String, String> LABELS = new ConcurrentSkipListMap<>();

  private ThisRun() {}

  static Thresholds of(String deployment) {
    return MEASURED.computeIfAbsent(deployment, _ -> new Thresholds());
  }

  static void label(String key, String value) {
    LABELS.put(key, value);
  }

  public static SortedMap<String, Thresholds> measured() {
    return new TreeMap<>(MEASURED);
  }

  public static Map<String, String> labels() {
    return new TreeMap<>(LABELS);
  }
}
