// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Configuration from environment variables. Every read names a default; all problems are collected
 * and reported at once by {@link #check}. What is in force can be printed, secrets masked.
 */
public final class Env {
  private static final Duration LEAST = Duration.ofMillis(1);

  /** Its nanoseconds fit into a long. */
  private static final Duration MOST = Duration.ofDays(10_000);

  private final Function<String, String> lookup;
  private final Map<String, String> effective = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();

  private Env(Function<String, String> lookup) {
    this.lookup = lookup;
  }

  /** The environment of this process. */
  public static Env system() {
    return of(System.getenv());
  }

  /** A given environment. */
  public static Env of(Map<String, String> variables) {
    return new Env(name -> variables.getOrDefault(name, ""));
  }

  /** A text; an unset or empty variable means the default. */
  public String text(String name, String fallback) {
    String value = raw(name);
    return keep(name, value.isEmpty() ? fallback : value);
  }

  /** A secret: from NAME, or from the file that NAME_FILE names; never printed. */
  public String secret(String name, String fallback) {
    String value = raw(name);
    String file = raw(name + "_FILE");
    if (value.isEmpty() && !file.isEmpty()) {
      value = readSecret(name, Path.of(file));
    }
    effective.put(name, "********");
    return value.isEmpty() ? fallback : value;
  }

  /** A TCP port, 0 (any free one) to 65535. */
  public int port(String name, int fallback) {
    return integer(name, fallback, 0, 65_535);
  }

  /** A whole number within bounds, both inclusive. */
  public int integer(String name, int fallback, int least, int most) {
    String value = text(name, Integer.toString(fallback));
    try {
      int number = Integer.parseInt(value.strip());
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // Falls through to the one message that names variable, value and bounds.
    }
    return problem(
        name, value, "a whole number from " + least + " to " + most + " is needed", fallback);
  }

  /**
   * A duration of a millisecond to ten thousand days: ISO-8601 ("PT1.5S") or a number with ms, s,
   * m, h or d ("500ms").
   */
  public Duration duration(String name, Duration fallback) {
    return duration(name, fallback, LEAST);
  }

  /** The same, or none at all. */
  public Duration durationOrZero(String name, Duration fallback) {
    String value = text(name, fallback.toString());
    try {
      Duration parsed = parseDuration(value.strip().toLowerCase(Locale.ROOT));
      if (parsed.compareTo(MOST) > 0) {
        return problem(name, value, "at most " + MOST.toDays() + "d are possible", fallback);
      }
      if (!parsed.isNegative()) {
        return parsed;
      }
    } catch (DateTimeParseException | ArithmeticException notADuration) {
      // Falls through to the one message that names variable and value.
    }
    return problem(name, value, "a duration like 500ms, 30s or PT1M is needed", fallback);
  }

  /** A duration of at least so much. */
  public Duration duration(String name, Duration fallback, Duration least) {
    int problemsBefore = problems.size();
    Duration value = durationOrZero(name, fallback);
    return value.compareTo(least) >= 0 || problems.size() > problemsBefore
        ? value
        : problem(name, raw(name), "at least " + least.toMillis() + "ms are needed", fallback);
  }

  /** Places with commas between them, each host:port; an IPv6 address is in brackets. */
  public List<String> addresses(String name, String fallback) {
    return places(name, fallback, Addresses::isHostAndPort, "host:port is needed");
  }

  /** The same, where a port may be left out. */
  public List<String> hosts(String name, String fallback) {
    return places(
        name,
        fallback,
        place -> Addresses.isHost(place) || Addresses.isHostAndPort(place),
        "host or host:port is needed");
  }

  private List<String> places(String name, String fallback, Predicate<String> usable, String need) {
    String value = text(name, fallback);
    List<String> places =
        Arrays.stream(value.split(","))
            .map(String::strip)
            .filter(place -> !place.isEmpty())
            .toList();
    boolean fits = places.stream().allMatch(usable) && places.isEmpty() == value.isEmpty();
    return fits ? places : problem(name, value, need, List.of());
  }

  /** Reports a value that only together with others is not usable. */
  public void refuse(String name, String value, String need) {
    problems.add("%s=%s is not usable: %s".formatted(name, value, need));
  }

  /** Reports what is missing. */
  public void missing(String sentence) {
    problems.add(sentence);
  }

  /** True or false. */
  public boolean flag(String name, boolean fallback) {
    String value = text(name, Boolean.toString(fallback)).strip().toLowerCase(Locale.ROOT);
    return switch (value) {
      case "true", "on", "yes", "1" -> true;
      case "false", "off", "no", "0" -> false;
      default -> problem(name, value, "true or false is needed", fallback);
    };
  }

  /** Hands the finished configuration on, or throws one fault with every problem. */
  public <C> C check(C config) {
    if (!problems.isEmpty()) {
      throw Fault.invalid("CONFIG_INVALID", String.join("; ", problems))
          .with("problems", problems.size());
    }
    return config;
  }

  /** What is in force, by variable, secrets masked. */
  public Map<String, String> effective() {
    return Map.copyOf(effective);
  }

  private String raw(String name) {
    return lookup.apply(name);
  }

  private String keep(String name, String value) {
    effective.put(name, value);
    return value;
  }

  private <V> V problem(String name, String value, String need, V fallback) {
    refuse(name, value, need);
    return fallback;
  }

  private String readSecret(String name, Path file) {
    try {
      return Files.readString(file).strip();
    } catch (java.io.IOException unreadable) {
      return problem(name + "_FILE", file.toString(), "the file cannot be read", "");
    }
  }

  private static Duration parseDuration(String value) {
    if (value.equals("0")) {
      return Duration.ZERO;
    }
    if (value.startsWith("p")) {
      return Duration.parse(value);
    }
    String iso =
        value.endsWith("ms")
            ? "pt" + thousandth(value.substring(0, value.length() - 2)) + "s"
            : value.endsWith("d") ? "p" + value : "pt" + value;
    return Duration.parse(iso);
  }

  private static String thousandth(String millis) {
    try {
      return new java.math.BigDecimal(millis.strip()).movePointLeft(3).toPlainString();
    } catch (NumberFormatException notANumber) {
      throw new DateTimeParseException("not a number", millis, 0, notANumber);
    }
  }
}
