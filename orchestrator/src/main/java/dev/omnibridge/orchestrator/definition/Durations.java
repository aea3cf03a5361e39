// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the durations of the DSL: ISO 8601 text, or an object of days, hours and so on. */
final class Durations {
  private static final Pattern WEEKS = Pattern.compile("P(\\d+)W");

  /** Its nanoseconds, and a time so far from now, fit into what counts them. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private static final String TOO_LONG = "a duration is at most 36500 days";

  private Durations() {}

  /** The duration at a pointer, or null with the problem noted. */
  static @Nullable Duration read(JsonNode node, String pointer, Problems problems) {
    Duration read;
    try {
      read = parse(node, pointer, problems);
    } catch (ArithmeticException | NumberFormatException endless) {
      read = null;
      problems.add(pointer, TOO_LONG);
    }
    if (read != null && (read.isNegative() || read.compareTo(LONGEST) > 0)) {
      problems.add(pointer, read.isNegative() ? "a duration is not negative" : TOO_LONG);
      return null;
    }
    return read;
  }

  private static @Nullable Duration parse(JsonNode node, String pointer, Problems problems) {
    if (node.isObject()) {
      return Duration.ofDays(node.path("days").asLong())
          .plusHours(node.path("hours").asLong())
          .plusMinutes(node.path("minutes").asLong())
          .plusSeconds(node.path("seconds").asLong())
          .plusMillis(node.path("milliseconds").asLong());
    }
    String text = node.asText();
    if (text.contains("${")) {
      problems.notSupported(pointer, "an expression as a duration");
      return null;
    }
    Matcher weeks = WEEKS.matcher(text);
    if (weeks.matches()) {
      return Duration.ofDays(7L * Integer.parseInt(weeks.group(1)));
    }
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException e) {
      problems.add(pointer, "'%s' is not a duration of fixed length".formatted(text));
      return null;
    }
  }
}
