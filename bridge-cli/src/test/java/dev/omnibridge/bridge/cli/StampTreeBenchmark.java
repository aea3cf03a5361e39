// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.bridge.TestSetting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hashing trees of 1 GiB in page cache by the command in a JVM that is warm, in turn with b3sum;
 * {@code bin/bench-stamp} compares whole processes. Run it with {@code bin/bench}.
 */
@Tag("benchmark")
class StampTreeBenchmark {
  private static final int MIB = Integer.getInteger("mib", 1024);
  private static final int ROUNDS = Integer.getInteger("rounds", 7);
  private static final int WARM_UP = Integer.getInteger("warmup", 3);

  @TempDir private Path home = Path.of("");

  @Test
  void stampTrees() throws Exception {
    System.out.println("milliseconds                  least   middle     most");
    compare("8 large files", 8, MIB * (1 << 20) / 8);
    compare("files of 1 MiB", MIB, 1 << 20);
    compare("files of 16 KiB", MIB * 64, 16 * 1024);
  }

  private void compare(String what, int files, int size) throws Exception {
    Path tree = tree(what, files, size);
    var peer = new Histogram(3);
    var ours = new Histogram(3);
    for (int round = 0; round < WARM_UP + ROUNDS; round++) {
      long b3sum = millis(() -> b3sum(tree));
      long stamp = millis(() -> stamp(tree));
      if (round >= WARM_UP) {
        peer.recordValue(b3sum);
        ours.recordValue(stamp);
      }
    }
    print(what + ", b3sum", peer);
    print(what + ", stamp", ours);
  }

  private Path tree(String name, int files, int size) throws IOException {
    Path tree = Files.createDirectory(home.resolve(name.replace(' ', '-')));
    byte[] bytes = new byte[size];
    new Random(1).nextBytes(bytes);
    for (int i : IntStream.range(0, files).toArray()) {
      bytes[0] = (byte) i;
      Files.write(tree.resolve("file-" + i), bytes);
    }
    return tree;
  }

  private interface Work {
    void run() throws Exception;
  }

  private static long millis(Work work) throws Exception {
    long began = System.nanoTime();
    work.run();
    return (System.nanoTime() - began) / 1_000_000;
  }

  private static void b3sum(Path tree) throws Exception {
    Process process =
        new ProcessBuilder("sh", "-c", "find . -type f -print0 | xargs -0 b3sum")
            .directory(tree.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor()).isZero();
  }

  private void stamp(Path tree) {
    var command = new TestSetting(home);
    assertThat(command.run("stamp", "--local", tree.toString())).as(command.err()).isZero();
  }

  private static void print(String what, Histogram millis) {
    System.out.printf(
        "%-26s %8d %8d %8d%n",
        what, millis.getMinValue(), millis.getValueAtPercentile(50), millis.getMaxValue());
  }
}
