// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence;

import static java.util.concurrent.TimeUnit.SECONDS;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.intelligence.v1.AnalyzeRequest;
import dev.omnibridge.api.intelligence.v1.FindSimilarRequest;
import dev.omnibridge.api.intelligence.v1.IntelligenceServiceGrpc;
import dev.omnibridge.runtime.Env;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How long a source file of 4 KiB takes, one client, over gRPC and HTTP/2 on loopback. */
@Tag("benchmark")
class AnalysisBenchmark {
  private static final int WARM_UP = 3_000;
  private static final int CALLS = Integer.getInteger("bench.analyses", 5_000);
  private static final int SIZE = 4 * 1024;

  @Test
  void timeAnalysesOfASourceFile() throws Exception {
    Vertx vertx = Vertx.vertx();
    Edge edge = Edge.open(vertx, EdgeConfig.allInOne("127.0.0.1", 0));
    var alone = Map.of("INTELLIGENCE_FEED", "false", "INTELLIGENCE_EVENTS_QUEUE", "0");
    var config = IntelligenceConfig.from(Env.of(alone));
    vertx.deployVerticle(new IntelligenceVerticle(config, edge)).await(20, SECONDS);
    String address = "127.0.0.1:" + edge.listen().await(5, SECONDS);
    Edge client =
        Edge.open(vertx, new EdgeConfig("127.0.0.1", 0, Map.of(Peer.INTELLIGENCE, address)));
    try {
      var stub = IntelligenceServiceGrpc.newBlockingStub(client.peer(Peer.INTELLIGENCE));
      measure("a new file of 4 KiB", i -> stub.analyze(request(i)));
      measure("the same file again (cached)", _ -> stub.analyze(request(0)));
      var similar = FindSimilarRequest.newBuilder().setContent(source(1)).build();
      measure("similar artifacts of 4 KiB, by the model", 20, 200, _ -> stub.findSimilar(similar));
    } finally {
      client.close().await(10, SECONDS);
      edge.close().await(10, SECONDS);
      vertx.close().await(20, SECONDS);
    }
  }

  private static void measure(String what, IntFunction<?> call) {
    measure(what, WARM_UP, CALLS, call);
  }

  private static void measure(String what, int warmUp, int calls, IntFunction<?> call) {
    for (int i = 0; i < warmUp; i++) {
      call.apply(-1 - i);
    }
    var nanos = new Histogram(3);
    for (int i = 0; i < calls; i++) {
      long began = System.nanoTime();
      call.apply(i);
      nanos.recordValue(System.nanoTime() - began);
    }
    System.out.printf(
        "%s: p50 %.2f ms, p99 %.2f ms over %d calls%n",
        what, nanos.getValueAtPercentile(50) / 1e6, nanos.getValueAtPercentile(99) / 1e6, calls);
  }

  private static AnalyzeRequest request(int number) {
    return AnalyzeRequest.newBuilder()
        .setContent(source(number))
        .setFilePath("src/main/java/shop/Basket.java")
        .build();
  }

  /** Every number gives another file, so that nothing is answered from memory. */
  private static ByteString source(int number) {
    var text =
        new StringBuilder("// SPDX-License-Identifier: Apache-2.0\npackage shop;\n\n")
            .append("import java.util.List;\n\n/** Basket ")
            .append(number)
            .append(". */\npublic final class Basket {\n");
    for (int i = 0; text.length() < SIZE - 200; i++) {
      text.append("\n  /** Sums up what is dearer than ")
          .append(i)
          .append(". */\n")
          .append("  long total")
          .append(i)
          .append("(List<Long> prices) {\n")
          .append("    long sum = 0;\n    for (long price : prices) {\n")
          .append("      if (price > ")
          .append(i)
          .append(") {\n        sum += price;\n      }\n")
          .append("    }\n    return sum;\n  }\n");
    }
    text.append("}\n");
    return ByteString.copyFromUtf8(text + " ".repeat(Math.max(0, SIZE - text.length())));
  }
}
