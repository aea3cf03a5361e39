// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded;

import static dev.omnibridge.embedded.EmbeddedServerException.Reason.NO_BINARIES;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * PostgreSQL programs that run here, and as whom. PostgreSQL refuses to run as root, so root runs
 * it in a user namespace of its own or, where there are none, as the system's user `postgres`.
 */
record PostgresBinaries(Path bin, RunAs runAs, int major) {
  private static final Duration PROBE_LIMIT = Duration.ofSeconds(5);
  private static final Path INSTALLED = Path.of("/usr/lib/postgresql");
  private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");

  /** Who the programs run as, and the words that make it so. */
  enum RunAs {
    OURSELVES,
    NAMESPACE("unshare", "-U"),
    POSTGRES("runuser", "-u", "postgres", "--");

    private final List<String> words;

    RunAs(String... words) {
      this.words = List.of(words);
    }

    /** Whose the data directory must be. */
    String owner() {
      return this == POSTGRES ? "postgres" : System.getProperty("user.name", "");
    }
  }

  /** The first programs that run and can serve the data; the bundled ones before installed ones. */
  static PostgresBinaries find(Path cache, Predicate<PostgresBinaries> fits) {
    var refusals = new ArrayList<String>();
    for (var candidate : candidates(cache, refusals)) {
      var probed = candidate.probed(refusals);
      if (probed.major > 0 && fits.test(probed)) {
        return probed;
      }
    }
    throw new EmbeddedServerException(
        NO_BINARIES,
        "No PostgreSQL programs run here for this data directory. Tried: "
            + String.join("; ", refusals));
  }

  private static List<PostgresBinaries> candidates(Path cache, List<String> refusals) {
    var root = System.getProperty("user.name", "").equals("root");
    var bundled = bundled(cache, refusals);
    var all = root ? List.of(RunAs.NAMESPACE, RunAs.POSTGRES) : List.of(RunAs.OURSELVES);
    return Stream.concat(
            bundled.stream()
                .flatMap(bin -> all.stream().map(as -> new PostgresBinaries(bin, as, 0))),
            installed().stream().map(bin -> new PostgresBinaries(bin, all.getLast(), 0)))
        .toList();
  }

  private static List<Path> bundled(Path cache, List<String> refusals) {
    try {
      var archive = PostgresArchive.find();
      return archive.isPresent()
          ? List.of(archive.get().unpackedIn(cache).resolve("bin"))
          : List.of();
    } catch (IOException failure) {
      refusals.add("unpacking under %s: %s".formatted(cache, failure));
      return List.of();
    }
  }

  private static List<Path> installed() {
    if (!Files.isDirectory(INSTALLED)) {
      return List.of();
    }
    try (var versions = Files.list(INSTALLED)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
          .sorted(Comparator.<Path>naturalOrder().reversed())
          .toList();
    } catch (IOException _) {
      return List.of();
    }
  }

  private PostgresBinaries probed(List<String> refusals) {
    var outcome = tool("postgres", "--version").run(PROBE_LIMIT);
    var version = VERSION.matcher(outcome.output());
    if (!outcome.succeeded() || !version.find()) {
      refusals.add("%s as %s: %s".formatted(bin, runAs, outcome.output()));
      return this;
    }
    refusals.add("%s is version %s".formatted(bin, version.group(1)));
    return new PostgresBinaries(bin, runAs, Integer.parseInt(version.group(1)));
  }

  Command tool(String name, String... arguments) {
    var words = new ArrayList<>(runAs.words);
    words.add(bin.resolve(name).toString());
    words.addAll(Arrays.asList(arguments));
    return Command.of(words);
  }
}
