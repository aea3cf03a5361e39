// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.runtime.rpc.Peer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What a process tells everybody over plain HTTP: its health and its numbers. */
record Pages(String address) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(LIMIT).build();

  /** Those of the process in which a service is. */
  static Pages of(Stack stack, Peer peer) {
    return new Pages(stack.channel(peer).authority());
  }

  /** The status UP, DEGRADED or DOWN, and the parts that lead to it. */
  JsonNode health() {
    try {
      return JSON.readTree(get("/health"));
    } catch (IOException noJson) {
      throw new UncheckedIOException(noJson);
    }
  }

  /** The rows of a number, by their labels as they are written. */
  Map<String, Double> rows(String name) {
    var rows = new LinkedHashMap<String, Double>();
    for (String line : get("/metrics").split("\n")) {
      if (line.startsWith(name + "{")) {
        int end = line.lastIndexOf('}');
        rows.put(line.substring(name.length(), end + 1), Double.valueOf(line.substring(end + 2)));
      }
    }
    return rows;
  }

  /** How often each breaker of the suite has opened, but for those around one dependency. */
  static Map<String, Double> openings(Stack stack, String except) {
    var openings = new TreeMap<String, Double>();
    for (Peer peer : Peer.values()) {
      of(stack, peer)
          .rows("omnibridge_breaker_opened_total")
          .forEach((labels, times) -> {
            if (!labels.contains("\"" + except + "\"")) {
              openings.put(peer.service() + labels, times);
            }
          });
    }
    return openings;
  }

  private String get(String path) {
    var request =
        HttpRequest.newBuilder(URI.create("http://" + address + path)).timeout(LIMIT).build();
    try {
      return HTTP.send(request, BodyHandlers.ofString()).body();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  /**
   * A breaker at one moment.
   *
   * @param state 0 lets calls through, 1 finds out, 2 refuses them
   * @param failed calls that failed and speak against the dependency
   * @param opened times that it opened
   * @param refused calls that were not made
   */
  record Breaker(long state, long failed, long opened, long refused) {
    static final long CLOSED = 0;
    static final long HALF_OPEN = 1;
    static final long OPEN = 2;
  }

  /** The breaker of a caller around a dependency, from one page. */
  Breaker breaker(String caller, String dependency) {
    String labels = "{caller=\"%s\",dependency=\"%s\"}".formatted(caller, dependency);
    var found = new LinkedHashMap<String, Long>();
    String page = get("/metrics");
    for (String name : new String[] {"state", "failed_total", "opened_total", "refused_total"}) {
      String start = "omnibridge_breaker_" + name + labels + " ";
      Stream<String> lines = page.lines().filter(line -> line.startsWith(start));
      String line =
          lines.findFirst().orElseThrow(() -> new AssertionError("no " + start + " in\n" + page));
      found.put(name, (long) Double.parseDouble(line.substring(start.length())));
    }
    return new Breaker(
        found.getOrDefault("state", -1L),
        found.getOrDefault("failed_total", -1L),
        found.getOrDefault("opened_total", -1L),
        found.getOrDefault("refused_total", -1L));
  }
}
