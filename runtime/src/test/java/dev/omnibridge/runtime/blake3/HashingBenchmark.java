// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import java.util.Collection;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** How fast each kernel hashes, in processes of its own; a line of the table is one of them. */
@Tag("benchmark")
class HashingBenchmark {
  private static final Map<String, Integer> BYTES =
      Map.of(
          "batchOf1KiB", HashingSpeed.MESSAGES * 1024,
          "batchOfRecords", 200 * HashingSpeed.Records.COUNT,
          "batchOfPairs", 64 * HashingSpeed.Records.COUNT);

  @Test
  void everyKernel() throws RunnerException {
    System.out.println("kernel  what                    GB/s   spread        us   bytes allocated");
    run("512", "", "1024", "16384", "131072", "1048576");
    run("256", "(one|batchOf1KiB|batchOfRecords)$", "16384", "131072");
    run("128", "(one|batchOf1KiB)$", "16384", "131072");
    run("0", "(one|batchOf1KiB|batchOfRecords)$", "1024", "16384");
    System.out.println("as on a processor with AVX2 and no more:");
    run("256 -XX:UseAVX=2", "(one|batchOf1KiB)$", "16384", "131072");
  }

  /** Runs with vectors of these bits, which more options may follow, on inputs of these sizes. */
  private static void run(String kernel, String benchmarks, String... sizes)
      throws RunnerException {
    var options =
        new OptionsBuilder()
            .include(HashingSpeed.class.getName() + "\\." + benchmarks)
            .forks(1)
            .jvmArgs("-Xmx1g", "-XX:+UseSerialGC", "--add-modules=jdk.incubator.vector")
            .jvmArgsAppend(("-Domnibridge.blake3.bits=" + kernel).split(" "))
            .param("size", sizes)
            .addProfiler(GCProfiler.class)
            .verbosity(VerboseMode.SILENT)
            .build();
    print(kernel.split(" ")[0], new Runner(options).run());
  }

  private static void print(String bits, Collection<RunResult> results) {
    for (RunResult result : results) {
      String size = result.getParams().getParam("size");
      String name = result.getPrimaryResult().getLabel();
      long bytes =
          size != null ? Long.parseLong(size) : BYTES.getOrDefault(name, HashingSpeed.LARGE);
      var nanos = result.getPrimaryResult().getStatistics();
      var allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
      System.out.printf(
          "%-7s %-22s %5.2f  %.2f-%.2f %9.2f  %8.0f%n",
          bits,
          size == null ? name : name + " of " + size,
          bytes / nanos.getMean(),
          bytes / nanos.getMax(),
          bytes / nanos.getMin(),
          nanos.getMean() / 1000,
          allocated == null ? Double.NaN : allocated.getScore());
    }
  }
}
