// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping;

import static dev.omnibridge.stamping.Served.options;
import static dev.omnibridge.stamping.StampingStories.fault;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.Stamp;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.rpc.Statuses;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of the server's machine: those below the roots, and no way out of them. */
class ServerPathTest {
  @TempDir Path folder;
  private Path root;
  private Served served;

  @BeforeEach
  void start() throws Exception {
    root = Files.createDirectory(folder.resolve("root"));
    Files.createDirectories(root.resolve("a/b"));
    Files.writeString(root.resolve("a/b/file.txt"), "inside\n");
    Files.writeString(folder.resolve("secret.txt"), "outside\n");
    Path other = Files.createDirectory(folder.resolve("other"));
    served = Served.with(Map.of("STAMPING_ROOTS", other + ", " + root));
  }

  @AfterEach
  void stop() throws Exception {
    served.close();
  }

  @Test
  void shouldStampAFileBelowARoot() {
    Stamp stamp = stamp("a/b/file.txt");

    assertThat(stamp.getContentHash()).isEqualTo(hash("inside\n"));
    assertThat(stamp.getFileHash()).isEqualTo(hash("inside"));
    assertThat(stamp.getFileSize()).isEqualTo(7);
  }

  @Test
  void shouldHaveNoWayOutOfTheRoots() throws Exception {
    Files.createSymbolicLink(root.resolve("leaf"), folder.resolve("secret.txt"));
    Files.createSymbolicLink(root.resolve("up"), folder);
    Files.createSymbolicLink(root.resolve("a/side"), root.resolve("a/b"));
    Map<String, String> reasons =
        Map.of(
            root + "/../secret.txt",
            "PATH_OUTSIDE_ROOTS",
            root + "/./a/b/file.txt",
            "PATH_OUTSIDE_ROOTS",
            root + "x/file.txt",
            "PATH_OUTSIDE_ROOTS",
            root.toString(),
            "PATH_OUTSIDE_ROOTS",
            "a/b/file.txt",
            "PATH_OUTSIDE_ROOTS",
            folder.resolve("secret.txt").toString(),
            "PATH_OUTSIDE_ROOTS",
            root + "/a\0b",
            "PATH_OUTSIDE_ROOTS",
            root + "/leaf",
            "PATH_HAS_LINK",
            root + "/up/secret.txt",
            "PATH_HAS_LINK",
            root + "/a/side/file.txt",
            "PATH_HAS_LINK");

    reasons.forEach((path, reason) ->
        assertThat(fault(() -> request(path)).reason()).as(path).isEqualTo(reason));
    assertThat(served.model.events()).isEmpty();
  }

  @Test
  void shouldStampRegularFilesOnly() throws Exception {
    assertThat(fault(() -> stamp("a/b")).reason()).isEqualTo("NOT_A_REGULAR_FILE");
    assertThat(fault(() -> stamp("a/nothing")).reason()).isEqualTo("FILE_NOT_FOUND");
    assertThat(fault(() -> stamp("a/b/file.txt/x")).reason()).isEqualTo("FILE_NOT_FOUND");
    assertThat(served.model.events()).isEmpty();
    assumeThatPipesCanBeMade();
    assertThat(fault(() -> stamp("pipe")).reason()).isEqualTo("NOT_A_REGULAR_FILE");
    assertThat(fault(() -> stamp("pipe/x")).reason()).isEqualTo("FILE_NOT_FOUND");
  }

  private void assumeThatPipesCanBeMade() throws Exception {
    var mkfifo = new ProcessBuilder("mkfifo", root.resolve("pipe").toString());
    boolean made;
    try {
      made = mkfifo.start().waitFor() == 0;
    } catch (IOException notThere) {
      made = false;
    }
    assumeTrue(made, "mkfifo is not there");
  }

  /** While a directory is exchanged for a link to the outside, again and again. */
  @Test
  void shouldNotBeLedOutByARace() throws Exception {
    Path outside = Files.createDirectories(folder.resolve("trap"));
    Files.writeString(outside.resolve("file.txt"), "outside\n");
    Path real = root.resolve("a/b");
    Path away = root.resolve("a/away");
    Path link = root.resolve("a/link");
    Files.createSymbolicLink(link, outside);
    var over = new AtomicBoolean();
    var fell = new AtomicReference<Throwable>();
    Thread swapper =
        Thread.ofPlatform()
            .uncaughtExceptionHandler((_, failure) -> fell.set(failure))
            .start(() -> {
              while (!over.get()) {
                move(real, away);
                move(link, real);
                move(real, link);
                move(away, real);
              }
            });
    Set<String> refusals =
        Set.of("FILE_NOT_FOUND", "PATH_HAS_LINK", "FILE_UNREADABLE", "FILE_CHANGED");
    Set<String> answers = new HashSet<>();
    long end = System.nanoTime() + SECONDS.toNanos(30);
    for (int i = 0; i < 600 || raceIsOpen(answers, refusals) && System.nanoTime() < end; i++) {
      try {
        answers.add(stamp("a/b/file.txt").getContentHash());
      } catch (RuntimeException refused) {
        answers.add(Statuses.faultOf(refused).reason());
      }
    }
    over.set(true);
    swapper.join();

    assertThat(fell.get()).as("what ended the exchanging").isNull();
    assertThat(answers).contains(hash("inside\n")).containsAnyElementsOf(refusals);
    answers.removeAll(refusals);
    assertThat(answers).containsExactly(hash("inside\n"));
  }

  /** Until both were seen, nothing was raced for. */
  private static boolean raceIsOpen(Set<String> answers, Set<String> refusals) {
    return !answers.contains(hash("inside\n")) || Collections.disjoint(answers, refusals);
  }

  private static void move(Path from, Path to) {
    if (!from.toFile().renameTo(to.toFile())) {
      throw new IllegalStateException("cannot move " + from);
    }
  }

  @Test
  void shouldStopReadingWhenNobodyWaits() throws Exception {
    try (var file = new RandomAccessFile(root.resolve("large").toFile(), "rw")) {
      file.setLength(1L << 42);
    }
    var impatient = served.client().withDeadlineAfter(300, MILLISECONDS);

    assertThat(fault(() -> impatient.createStamp(asked(root + "/large"))).kind())
        .isEqualTo(Kind.TIMEOUT);
    assertThat(
            served
                .client()
                .withDeadlineAfter(60, SECONDS)
                .createStamp(asked(root + "/a/b/file.txt"))
                .getExisted())
        .isFalse();
    assertThat(served.model.events()).hasSize(1);
  }

  @Test
  void shouldHaveNoFilesWithoutRoots() throws Exception {
    try (var rootless = Served.with(Map.of())) {
      assertThat(fault(() -> rootless.client().createStamp(asked(root + "/a/b/file.txt"))).reason())
          .isEqualTo("PATH_OUTSIDE_ROOTS");
    }
  }

  private Stamp stamp(String below) {
    return request(root + "/" + below);
  }

  private Stamp request(String path) {
    return served.client().createStamp(asked(path)).getStamp();
  }

  private static CreateStampRequest asked(String path) {
    return CreateStampRequest.newBuilder().setServerPath(path).setOptions(options()).build();
  }

  private static String hash(String text) {
    return Blake3.hash(text.getBytes(UTF_8)).hex();
  }
}
