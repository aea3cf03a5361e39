// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.omnibridge.bridge.TestSetting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command and Debian's b3sum say of the same files, where that is installed. */
class B3sumTest {
  private static final int[] SIZES = {0, 1, 1023, 1024, 1025, 16_384, 16_385, 1 << 20, 3_500_001};
  private static final List<String> ODD_NAMES =
      List.of("two  blanks", "back\\slash", "new\nline", "\\", "*star", "ä ö €", "end\r", " first");

  @TempDir private Path home = Path.of("");

  /** What a process printed and how it ended. */
  private record Ended(int code, String out) {}

  @BeforeEach
  void files() throws IOException {
    var random = new Random(5);
    for (int size : SIZES) {
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      Files.write(home.resolve("size " + size), bytes);
    }
    for (String name : ODD_NAMES) {
      Files.writeString(home.resolve(name), name);
    }
  }

  private List<String> names() throws IOException {
    try (var files = Files.list(home)) {
      return files.map(Path::toString).sorted().toList();
    }
  }

  private static Ended b3sum(List<String> arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("b3sum"));
    command.addAll(arguments);
    Process process;
    try {
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    } catch (IOException notInstalled) {
      assumeThat(notInstalled).as("b3sum is installed").isNull();
      throw notInstalled;
    }
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), out);
  }

  private TestSetting ran(int code, String... arguments) {
    var command = new TestSetting(home);
    assertThat(command.run(arguments)).as(command.err()).isEqualTo(code);
    return command;
  }

  @Test
  void shouldPrintWhatB3sumPrints() throws Exception {
    Ended theirs = b3sum(names());

    assertThat(theirs.code()).isZero();
    assertThat(ran(0, "stamp", "--b3sum", home.toString()).out().lines().sorted())
        .containsExactlyElementsOf(theirs.out().lines().sorted().toList());
  }

  @Test
  void shouldWriteListsThatB3sumChecksAndCheckThoseThatItWrites() throws Exception {
    List<String> names = names();
    Path list = home.resolve("list");
    Files.writeString(list, b3sum(names).out());
    assertThat(ran(0, "verify", "--b3sum", list.toString()).out())
        .isEqualTo(b3sum(List.of("--check", list.toString())).out());

    String[] arguments = new String[names.size() + 2];
    arguments[0] = "stamp";
    arguments[1] = "--b3sum";
    System.arraycopy(names.toArray(), 0, arguments, 2, names.size());
    Files.writeString(list, ran(0, arguments).out());
    assertThat(b3sum(List.of("--check", "--quiet", list.toString()))).isEqualTo(new Ended(0, ""));
  }

  @Test
  void shouldTellOfEveryLineThatIsNotSo() throws IOException {
    Path list = home.resolve("list");
    Path same = home.resolve("size 1");
    Path other = home.resolve("size 1024");
    String hash = ran(0, "stamp", "--b3sum", same.toString()).out().substring(0, 64);
    Files.writeString(
        list,
        "%1$s  %2$s\n%1$s  %3$s\n%1$s  %4$s\nnothing of the kind\n"
            .formatted(hash, same, other, home.resolve("gone")));

    TestSetting command = ran(1, "verify", "--b3sum", list.toString());

    assertThat(command.out().lines())
        .containsExactly(
            same + ": OK",
            other + ": FAILED",
            home.resolve("gone") + ": FAILED (there is no such file)");
    assertThat(command.err().lines())
        .containsExactly(
            "bridge: line 4 of " + list + ": it is too short for a digest and a name",
            "bridge: 1 of the files did NOT match; 1 could not be read; 1 of the lines are malformed");
    assertThat(ran(1, "verify", "--b3sum", list.toString(), "--quiet").out()).doesNotContain("OK");
  }

  @Test
  void shouldRefuseAnEmptyList() throws IOException {
    Path list = Files.createFile(home.resolve("list"));

    assertThat(ran(1, "verify", "--b3sum", list.toString()).err()).contains("the list is empty");
  }
}
