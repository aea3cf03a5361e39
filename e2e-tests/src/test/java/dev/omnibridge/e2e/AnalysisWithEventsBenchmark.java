// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.intelligence.v1.AnalyzeRequest;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * One client that has one new source file of 4 KiB after the other analysed, in the whole suite:
 * the request and the outcome of each are events in the log and on Kafka, written behind the
 * answer. Run it with {@code bin/bench}.
 */
@Tag("benchmark")
class AnalysisWithEventsBenchmark {
  private static final int WARM_UP = Integer.getInteger("warmup", 2_000);
  private static final int ROUND = Integer.getInteger("round", 1_000);
  private static final int ROUNDS = Integer.getInteger("rounds", 5);
  private static final int SIZE = 4 * 1024;

  private final Stack stack = Deployment.shared(Way.ONE_PROCESS).stack();
  private int number;

  @Test
  void analyseNewFiles() {
    measure(WARM_UP, new Histogram(3));
    System.out.println("microseconds            p50      p90      p99      max");
    for (int round = 1; round <= ROUNDS; round++) {
      var analysis = new Histogram(3);
      measure(ROUND, analysis);
      System.out.printf(
          "%-20s %8d %8d %8d %8d%n",
          "round " + round,
          analysis.getValueAtPercentile(50),
          analysis.getValueAtPercentile(90),
          analysis.getValueAtPercentile(99),
          analysis.getMaxValue());
    }
  }

  private void measure(int times, Histogram into) {
    for (int i = 0; i < times; i++) {
      AnalyzeRequest request = request();
      long began = System.nanoTime();
      var unused = stack.intelligence().analyze(request);
      into.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - began));
    }
  }

  private AnalyzeRequest request() {
    number++;
    var text = new StringBuilder("package shop;\n\n/** Basket ").append(number).append(". */\n");
    text.append("public final class Basket {\n");
    for (int i = 0; text.length() < SIZE - 120; i++) {
      text.append(
          "  long total%d(long price) {\n    return price > %d ? price : 0;\n  }\n\n"
              .formatted(i, i));
    }
    text.append("}\n");
    return AnalyzeRequest.newBuilder()
        .setContent(ByteString.copyFromUtf8(text + " ".repeat(SIZE - text.length())))
        .setFilePath("src/main/java/shop/Basket.java")
        .build();
  }
}
