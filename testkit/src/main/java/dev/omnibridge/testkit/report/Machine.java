// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit.report;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The machine that was measured on. Machines are of one class, so that their figures may be
 * compared, when system, family and model of the processor, number of processors and the power of
 * two below the memory are the same, and both or neither are containers.
 */
public record Machine(
    String system,
    String processor,
    String model,
    int processors,
    int memoryGib,
    boolean container) {
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final List<Path> SIGNS_OF_A_CONTAINER =
      List.of(Path.of("/.dockerenv"), Path.of("/run/.containerenv"));

  /** What identifies a model of processor, as Linux tells it on x86 and on ARM. */
  private static final List<String> IDENTITY =
      List.of("vendor_id", "cpu family", "model", "CPU implementer", "CPU part");

  /** The one this runs on, as far as its JVM may use it. */
  static Machine here() {
    String cpuinfo = "";
    try {
      cpuinfo = Files.isReadable(PROCESSORS) ? Files.readString(PROCESSORS) : "";
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    long memory =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    return of(
        System.getProperty("os.name") + "-" + System.getProperty("os.arch"),
        cpuinfo,
        Runtime.getRuntime().availableProcessors(),
        memory,
        SIGNS_OF_A_CONTAINER.stream().anyMatch(Files::exists));
  }

  static Machine of(
      String system, String cpuinfo, int processors, long memoryBytes, boolean container) {
    var first = firstProcessor(cpuinfo);
    var identity =
        IDENTITY.stream()
            .filter(first::containsKey)
            .map(first::get)
            .collect(Collectors.joining(" "));
    return new Machine(
        slug(system),
        identity.isEmpty() ? "unknown" : slug(identity),
        first.getOrDefault("model name", "unknown processor"),
        processors,
        (int) (Long.highestOneBit(memoryBytes) >> 30),
        container);
  }

  private static Map<String, String> firstProcessor(String cpuinfo) {
    var values = new HashMap<String, String>();
    for (String line : cpuinfo.lines().takeWhile(each -> !each.isBlank()).toList()) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        values.putIfAbsent(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
      }
    }
    return values;
  }

  /** The name of the class, fit for a file. */
  public String className() {
    return Stream.of(
            system,
            processor,
            processors + "cpu",
            memoryGib + "g",
            container ? "container" : "host")
        .collect(Collectors.joining("_"));
  }

  private static String slug(String text) {
    return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
  }

  /** For people. */
  public String text() {
    return "%d processors (%s), %d GiB or more%s"
        .formatted(processors, model, memoryGib, container ? ", in a container" : "");
  }
}
