// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes.Name;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A jar as the build makes it, run by java -jar of several versions. */
class LaunchTest {
  @TempDir private Path directory = Path.of("");

  /** What is launched: tells its arguments, and ends as it is told. */
  public static final class Launched {
    private Launched() {}

    public static void main(String[] arguments) {
      System.out.println("launched with " + List.of(arguments));
      if (arguments.length == 1) {
        throw new IllegalStateException(arguments[0]);
      }
      System.exit(arguments.length);
    }
  }

  private record Ended(int code, String out) {}

  private Path jar() throws IOException {
    var manifest = new Manifest();
    manifest.getMainAttributes().put(Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Name.MAIN_CLASS, Launch.class.getName());
    manifest.getMainAttributes().put(Name.IMPLEMENTATION_TITLE, "some-service");
    manifest.getMainAttributes().putValue("Launch-Main", Launched.class.getName());
    Path jar = directory.resolve("a service.jar");
    try (var out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      for (Class<?> type : List.of(Launch.class, Launched.class)) {
        String name = type.getName().replace('.', '/') + ".class";
        out.putNextEntry(new JarEntry(name));
        try (InputStream in = type.getResourceAsStream("/" + name)) {
          in.transferTo(out);
        }
      }
    }
    return jar;
  }

  private Ended run(Path javaHome, String... arguments) throws Exception {
    var command =
        new ArrayList<>(List.of(javaHome.resolve("bin/java").toString(), "-jar", jar().toString()));
    command.addAll(List.of(arguments));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), out);
  }

  private static Path thisJava() {
    return Path.of(System.getProperty("java.home"));
  }

  /** A Java of this machine that is too old, by its release file. */
  private static Optional<Path> olderJava() throws IOException {
    Path machine = Path.of("/usr/lib/jvm");
    if (!Files.isDirectory(machine)) {
      return Optional.empty();
    }
    try (var installed = Files.list(machine)) {
      return installed.filter(LaunchTest::isOlder).findFirst();
    }
  }

  private static boolean isOlder(Path home) {
    try {
      return Files.isExecutable(home.resolve("bin/java"))
          && Files.readString(home.resolve("release")).matches("(?s).*JAVA_VERSION=\"(17|21).*");
    } catch (IOException noRelease) {
      return false;
    }
  }

  @Test
  void shouldStartTheClassThatTheManifestNames() throws Exception {
    Ended ended = run(thisJava(), "a b", "*");

    assertThat(ended.out().strip()).isEqualTo("launched with [a b, *]");
    assertThat(ended.code()).isEqualTo(2);
  }

  @Test
  void shouldLetAFailureOfTheMainClassThrough() throws Exception {
    Ended ended = run(thisJava(), "no luck");

    assertThat(ended.out())
        .contains("IllegalStateException: no luck")
        .doesNotContain("InvocationTargetException");
    assertThat(ended.code()).isEqualTo(1);
  }

  @Test
  void shouldSayInOneSentenceThatThisJavaIsTooOld() throws Exception {
    Optional<Path> older = olderJava();
    assumeTrue(older.isPresent(), "SKIPPED: no JDK 17 or 21 in /usr/lib/jvm to try Launch with");

    Ended ended = run(older.get());

    assertThat(ended.code()).isEqualTo(3);
    assertThat(ended.out().lines())
        .singleElement()
        .asString()
        .startsWith("some-service needs Java 25 or later; this is Java ")
        .endsWith("run it with a newer java, for example Temurin 25.");
  }

  @Test
  void shouldBeCompiledForJava17() throws IOException {
    try (InputStream in = Launch.class.getResourceAsStream("Launch.class")) {
      // The class file's major version, two bytes from the sixth on.
      byte[] head = in.readNBytes(8);
      assertThat(head[7]).isEqualTo((byte) 61);
    }
  }
}
