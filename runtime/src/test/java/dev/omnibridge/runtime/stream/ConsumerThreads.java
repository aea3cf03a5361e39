// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;

/** The threads of Kafka's consumers in this process, those of its client and those that poll. */
final class ConsumerThreads {
  private ConsumerThreads() {}

  /** What those that live have taken since they began. */
  static Duration processorTime() {
    var threads = ManagementFactory.getThreadMXBean();
    return Duration.ofNanos(
        Arrays.stream(threads.dumpAllThreads(false, false))
            .filter(thread -> thread.getThreadName().contains("consumer"))
            .mapToLong(thread -> Math.max(0, threads.getThreadCpuTime(thread.getThreadId())))
            .sum());
  }
}
