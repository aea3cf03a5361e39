// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.function.Supplier;

/**
 * Health over plain HTTP, for whoever speaks no gRPC: {@code /health/live} is answered by a process
 * that runs, whatever it depends on; {@code /health/ready} and {@code /health} say whether it
 * serves, with status 503 when it does not, and what is missing.
 */
final class HealthPages {
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int NOT_ALLOWED = 405;
  private static final int UNAVAILABLE = 503;

  private final Supplier<Readiness.Report> report;

  HealthPages(Supplier<Readiness.Report> report) {
    this.report = report;
  }

  void handle(HttpServerRequest request) {
    if (request.method() != HttpMethod.GET && request.method() != HttpMethod.HEAD) {
      answer(request, NOT_ALLOWED, new JsonObject().put("error", "Only GET is answered here."));
      return;
    }
    switch (request.path()) {
      case "/health/live" -> answer(request, OK, new JsonObject().put("status", "UP"));
      case "/health", "/health/ready" -> ready(request);
      case null, default ->
          answer(
              request,
              NOT_FOUND,
              new JsonObject().put("error", "There are /health, /health/live and /health/ready."));
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

  private static void answer(HttpServerRequest request, int status, JsonObject body) {
    String text = body.encode() + "\n";
    var response =
        request.response().setStatusCode(status).putHeader("content-type", "application/json");
    var unused =
        request.method() == HttpMethod.HEAD
            ? response.putHeader("content-length", Integer.toString(text.length())).end()
            : response.end(text);
  }
}
