// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import dev.omnibridge.runtime.metrics.Metrics;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.function.Supplier;

/**
 * Health over plain HTTP, for whoever speaks no gRPC: {@code /health/live} is answered by a process
 * that runs, whatever it depends on; {@code /health/ready} and {@code /health} say whether it
 * serves, with status 503 when it does not, and what is missing. {@code /metrics} tells the numbers
 * as Prometheus reads them.
 */
final class HealthPages {
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int NOT_ALLOWED = 405;
  private static final int BROKEN = 500;
  private static final int UNAVAILABLE = 503;
  private static final String JSON = "application/json";

  private final Supplier<Readiness.Report> report;
  private final Supplier<Future<String>> metrics;

  HealthPages(Supplier<Readiness.Report> report, Supplier<Future<String>> metrics) {
    this.report = report;
    this.metrics = metrics;
  }

  void handle(HttpServerRequest request) {
    if (request.method() != HttpMethod.GET && request.method() != HttpMethod.HEAD) {
      answer(request, NOT_ALLOWED, new JsonObject().put("error", "Only GET is answered here."));
      return;
    }
    switch (request.path()) {
      case "/health/live" -> answer(request, OK, new JsonObject().put("status", "UP"));
      case "/health", "/health/ready" -> ready(request);
      case "/metrics" -> metrics(request);
      case null, default ->
          answer(
              request,
              NOT_FOUND,
              new JsonObject()
                  .put("error", "There are /health, /health/live, /health/ready and /metrics."));
    }
  }

  private void ready(HttpServerRequest request) {
    Readiness.Report now = report.get();
    var parts = new JsonObject();
    now.parts().forEach(parts::put);
    answer(
        request,
        now.status().equals("DOWN") ? UNAVAILABLE : OK,
        new JsonObject().put("status", now.status()).put("parts", parts));
  }

  private void metrics(HttpServerRequest request) {
    metrics
        .get()
        .onSuccess(text -> answer(request, OK, Metrics.CONTENT_TYPE, text))
        .onFailure(
            failure -> answer(request, BROKEN, new JsonObject().put("error", failure.toString())));
  }

  private static void answer(HttpServerRequest request, int status, JsonObject body) {
    answer(request, status, JSON, body.encode() + "\n");
  }

  private static void answer(HttpServerRequest request, int status, String type, String text) {
    var body = Buffer.buffer(text);
    var response = request.response().setStatusCode(status).putHeader("content-type", type);
    var unused =
        request.method() == HttpMethod.HEAD
            ? response.putHeader("content-length", Integer.toString(body.length())).end()
            : response.end(body);
  }
}
