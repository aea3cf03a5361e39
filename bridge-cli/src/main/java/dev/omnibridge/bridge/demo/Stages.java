// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.demo;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/** How long each stage took, in the order of the stages. */
final class Stages {
  private final Map<String, Duration> spent = new LinkedHashMap<>();

  /** Does the work and remembers its time under the name. */
  <T> T time(String stage, Callable<T> work) throws Exception {
    long began = System.nanoTime();
    try {
      return work.call();
    } finally {
      note(stage, Duration.ofNanos(System.nanoTime() - began));
    }
  }

  void note(String stage, Duration time) {
    spent.merge(stage, time, Duration::plus);
  }

  Map<String, Duration> spent() {
    return spent;
  }
}
