// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kernel against the scalar one, which the official vectors and two libraries vouch for. */
class KernelsTest {
  private static final String BITS = "omnibridge.blake3.bits";

  /** Which kernel ran, and what came of it. */
  private record Ran(String kernel, String results) {}

  private final long seed = new Random().nextLong();

  @ParameterizedTest
  @ValueSource(ints = {128, 256, 512})
  void shouldGiveTheSameBitsWithVectorsOfEveryWidth(int bits) throws Exception {
    Ran vectors = trial(bits);
    Ran scalar = trial(0);

    assertThat(vectors.kernel()).isEqualTo("vectors of " + bits + " bits");
    assertThat(scalar.kernel()).isEqualTo("scalar");
    assertThat(vectors.results()).as("seed %d", seed).isEqualTo(scalar.results());
  }

  @Test
  void shouldHashWithoutTheVectorModule() throws Exception {
    List<String> lines = run("-Dsome=thing");

    assertThat(lines)
        .as("seed %d", seed)
        .containsExactly("scalar", Blake3.hash(trial(0).results().getBytes()).hex());
  }

  @Test
  void shouldUseTheVectorsOnceTheyAreCompiled() throws Exception {
    assertThat(Kernels.hasVectorModule()).isTrue();
    assumeThat(Kernels.description()).as("wide enough").matches("vectors of (256|512) bits");
    byte[] large = new byte[100_000];
    Hash hash = Blake3.hash(large);

    Kernels.awaitVectors(Duration.ofSeconds(30));
    await()
        .atMost(30, SECONDS)
        .untilAsserted(() -> {
          assertThat(Blake3.hash(large)).isEqualTo(hash);
          assertThat(Kernels.isWarm()).isTrue();
        });

    assertThat(Kernels.inUse()).isEqualTo(Kernels.description());
    assertThat(Blake3.hash(large)).isEqualTo(hash);
  }

  /** The results of the trial in classes of its own, which have chosen their kernel anew. */
  private Ran trial(int bits) throws Exception {
    System.setProperty(BITS, Integer.toString(bits));
    try (var classes = new Apart()) {
      Class<?> trial = classes.loadClass(Trial.class.getName());
      var run = trial.getDeclaredMethod("run", long.class);
      run.setAccessible(true);
      String results = (String) run.invoke(null, seed);
      Class<?> kernels = classes.loadClass(Kernels.class.getName());
      return new Ran((String) kernels.getMethod("inUse").invoke(null), results);
    } finally {
      System.clearProperty(BITS);
    }
  }

  /** The trial in a process without options but these. */
  private List<String> run(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path", ""), Trial.class.getName()));
    command.add(Long.toString(seed));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> lines = process.inputReader().lines().toList();
    assertThat(process.waitFor(60, SECONDS)).isTrue();
    return lines;
  }

  /** Loads the package once more, apart from the classes that are there already. */
  private static final class Apart extends ClassLoader implements AutoCloseable {
    Apart() {
      super(KernelsTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith(KernelsTest.class.getPackageName() + ".")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded != null ? loaded : define(name);
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      String file = name.replace('.', '/') + ".class";
      try (InputStream bytes = getParent().getResourceAsStream(file)) {
        byte[] code = bytes.readAllBytes();
        return defineClass(name, code, 0, code.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }

    @Override
    public void close() {}
  }
}
