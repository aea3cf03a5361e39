// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.testkit.report.Baseline.Key;
import dev.omnibridge.testkit.report.RunReport.Place;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The baseline of one class of machine in a file of that name, made to be committed: sorted, one
 * figure a line, four digits.
 */
record BaselineFile(Path path) {
  private static final MathContext DIGITS = new MathContext(4);

  static BaselineFile of(Path directory, Machine machine) {
    return new BaselineFile(directory.resolve(machine.className() + ".json"));
  }

  /** Empty where there is no such file yet. */
  Baseline read() throws IOException {
    if (!Files.exists(path)) {
      return Baseline.empty();
    }
    var runs = new TreeMap<Key, List<Double>>();
    for (var figure : ReportJson.JSON.readTree(Files.readString(path)).required("figures")) {
      var values = new ArrayList<Double>();
      figure.required("runs").forEach(value -> values.add(value.doubleValue()));
      runs.put(
          new Key(
              new Place(
                  figure.required("infrastructure").textValue(),
                  figure.required("deployment").textValue()),
              figure.required("name").textValue(),
              ReportJson.statistic(figure.required("statistic").textValue())),
          values);
    }
    return new Baseline(runs);
  }

  void write(Baseline baseline, Machine machine) throws IOException {
    var lines = new ArrayList<String>();
    for (var entry : baseline.runs().entrySet()) {
      lines.add("    " + figure(entry.getKey(), entry.getValue()));
    }
    var text =
        "{\n  \"machine\": %s,\n  \"figures\": [\n%s\n  ]\n}\n"
            .formatted(
                ReportJson.JSON.writeValueAsString(machine.text()), String.join(",\n", lines));
    Files.createDirectories(path.toAbsolutePath().getParent());
    Files.writeString(path, text);
  }

  private static ObjectNode figure(Key key, List<Double> values) {
    var node =
        ReportJson.JSON
            .createObjectNode()
            .put("infrastructure", key.place().infrastructure())
            .put("deployment", key.place().deployment())
            .put("name", key.threshold())
            .put("statistic", key.statistic().text());
    var runs = node.putArray("runs");
    values.forEach(value -> runs.add(new BigDecimal(value, DIGITS).doubleValue()));
    return node;
  }
}
