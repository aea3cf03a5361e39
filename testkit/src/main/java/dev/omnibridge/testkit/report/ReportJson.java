// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.testkit.Threshold;
import dev.omnibridge.testkit.Threshold.Bound;
import dev.omnibridge.testkit.Threshold.Statistic;
import dev.omnibridge.testkit.Thresholds.Summary;
import dev.omnibridge.testkit.report.Change.Difference;
import dev.omnibridge.testkit.report.RunReport.Absent;
import dev.omnibridge.testkit.report.RunReport.Row;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Locale;
import java.util.TreeMap;

/**
 * A report as JSON, and back. {@code format} is {@value #FORMAT} as long as a reader of that number
 * can read it; a threshold that is no longer known is passed over when it is read.
 */
final class ReportJson {
  static final int FORMAT = 1;
  static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private ReportJson() {}

  static ObjectNode write(RunReport report) {
    var node = NODES.objectNode();
    node.put("format", FORMAT).put("at", report.at().toString()).put("revision", report.revision());
    node.put("kept", report.missed().isEmpty()).put("regressed", report.regressed().size());
    node.put("baseline", report.hasBaseline());
    report.failed().forEach(node.putArray("failed")::add);
    report.notMeasured().forEach(node.putArray("not_measured")::add);
    absent(node.putArray("absent"), report);
    node.set("machine", machine(report.machine()));
    var labels = node.putObject("labels");
    report.labels().forEach(labels::put);
    var rows = node.putArray("thresholds");
    report.rows().forEach(row -> rows.add(row(row)));
    return node;
  }

  private static void absent(ArrayNode into, RunReport report) {
    for (var each : report.absent()) {
      into.addObject().put("deployment", each.deployment()).put("name", each.threshold());
    }
  }

  private static ObjectNode machine(Machine machine) {
    return NODES
        .objectNode()
        .put("class", machine.className())
        .put("system", machine.system())
        .put("processor", machine.processor())
        .put("model", machine.model())
        .put("processors", machine.processors())
        .put("memory_gib", machine.memoryGib())
        .put("container", machine.container());
  }

  private static ObjectNode row(Row row) {
    var summary = row.summary();
    var threshold = summary.threshold();
    var node = NODES.objectNode();
    node.put("deployment", row.deployment()).put("name", threshold.name());
    node.put("kind", lower(threshold.kind())).put("unit", threshold.kind().unit());
    node.put("count", summary.count());
    for (var statistic : Statistic.values()) {
      node.put(statistic.text(), summary.value(statistic));
    }
    node.put("limit", summary.limit()).put("statistic", threshold.first().statistic().text());
    node.put("kept", summary.kept());
    if (Double.isFinite(summary.used())) {
      node.put("used", summary.used());
    }
    threshold.bounds().forEach(bound -> bound(node.withArray("bounds"), summary, bound));
    var percentiles = node.putObject("percentiles");
    summary.percentiles().forEach((at, value) -> percentiles.put(at.toString(), value));
    change(node.putObject("baseline"), row.change());
    return node;
  }

  private static void bound(ArrayNode bounds, Summary summary, Bound bound) {
    bounds
        .addObject()
        .put("statistic", bound.statistic().text())
        .put("comparison", bound.comparison().sign())
        .put("limit", bound.limit())
        .put("value", summary.value(bound.statistic()))
        .put("kept", summary.keeps(bound));
  }

  private static void change(ObjectNode into, Change change) {
    into.put("verdict", lower(change.verdict()));
    var differences = into.putArray("differences");
    for (var one : change.differences()) {
      differences
          .addObject()
          .put("statistic", one.statistic().text())
          .put("value", one.value())
          .put("before", one.before())
          .put("margin", one.margin())
          .put("less_is_better", one.lessIsBetter())
          .put("verdict", lower(one.verdict()));
    }
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** Anything else than a report of this format is an IllegalArgumentException. */
  static RunReport read(String text) {
    try {
      var node = JSON.readTree(text);
      if (node.path("format").asInt() != FORMAT) {
        throw new IllegalArgumentException("Not a report of format " + FORMAT);
      }
      return read(node);
    } catch (JsonProcessingException noJson) {
      throw new IllegalArgumentException("Not JSON", noJson);
    } catch (DateTimeParseException noTime) {
      throw new IllegalArgumentException("Not a time", noTime);
    }
  }

  private static String text(JsonNode node, String name) {
    var value = node.required(name);
    if (!value.isTextual()) {
      throw new IllegalArgumentException("%s is no text".formatted(name));
    }
    return value.textValue();
  }

  private static RunReport read(JsonNode node) {
    var machine = node.required("machine");
    var labels = new TreeMap<String, String>();
    var told = node.required("labels");
    told.fieldNames().forEachRemaining(label -> labels.put(label, text(told, label)));
    var known = Threshold.all().stream().map(Threshold::name).toList();
    var rows = new ArrayList<Row>();
    for (var row : node.required("thresholds")) {
      if (known.contains(text(row, "name"))) {
        rows.add(readRow(row));
      }
    }
    // Reports of the first days have neither.
    var failed = new ArrayList<String>();
    node.path("failed").forEach(test -> failed.add(test.asText()));
    var absent = new ArrayList<Absent>();
    for (var each : node.path("absent")) {
      absent.add(new Absent(text(each, "deployment"), text(each, "name")));
    }
    return new RunReport(
        Instant.parse(text(node, "at")),
        text(node, "revision"),
        new Machine(
            text(machine, "system"),
            text(machine, "processor"),
            text(machine, "model"),
            machine.required("processors").intValue(),
            machine.required("memory_gib").intValue(),
            machine.required("container").booleanValue()),
        labels,
        rows,
        failed,
        absent);
  }

  private static Row readRow(JsonNode row) {
    var percentiles = new TreeMap<Double, Double>();
    row.required("percentiles")
        .properties()
        .forEach(
            each -> percentiles.put(Double.valueOf(each.getKey()), each.getValue().doubleValue()));
    var differences = new ArrayList<Difference>();
    for (var one : row.required("baseline").required("differences")) {
      differences.add(
          new Difference(
              statistic(text(one, "statistic")),
              one.required("value").doubleValue(),
              one.required("before").doubleValue(),
              one.required("margin").doubleValue(),
              one.required("less_is_better").booleanValue()));
    }
    var summary =
        new Summary(
            Threshold.named(text(row, "name")),
            row.required("count").longValue(),
            row.required("average").doubleValue(),
            row.required("min").doubleValue(),
            row.required("max").doubleValue(),
            row.required("p50").doubleValue(),
            row.required("p95").doubleValue(),
            row.required("p99").doubleValue(),
            percentiles);
    return new Row(text(row, "deployment"), summary, new Change(differences));
  }

  static Statistic statistic(String text) {
    return Statistic.valueOf(text.toUpperCase(Locale.ROOT));
  }
}
