// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.bridge.TestSetting;
import dev.omnibridge.runtime.blake3.Blake3;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SliceVerbsTest {
  private static final byte[] CONTENT = new byte[300_000];

  static {
    new Random(11).nextBytes(CONTENT);
  }

  @TempDir private Path home = Path.of("");

  private Path file = Path.of("");
  private Path slice = Path.of("");
  private final String hash = Blake3.hash(CONTENT).hex();

  @BeforeEach
  void extract() throws IOException {
    file = Files.write(home.resolve("content"), CONTENT);
    slice = home.resolve("slice");
    assertThat(
            ran(0, "prove", file.toString(), "--range", "100000:50", "--to", slice.toString())
                .out())
        .contains(hash);
  }

  private TestSetting ran(int code, String... arguments) {
    var command = new TestSetting(home).with("OMNIBRIDGE_ADDRESS", "127.0.0.1:1");
    assertThat(command.run(arguments)).as(command.err()).isEqualTo(code);
    return command;
  }

  private TestSetting verified(int code, String hash, String range, String... more) {
    String[] all = {"verify", "--slice", slice.toString(), "--hash", hash, "--range", range};
    String[] arguments = Arrays.copyOf(all, all.length + more.length);
    System.arraycopy(more, 0, arguments, all.length, more.length);
    return ran(code, arguments);
  }

  @Test
  void shouldProveBytesWithoutTheRestOfTheFileAndWithoutASuite() throws IOException {
    Files.delete(file);
    Path bytes = home.resolve("bytes");

    TestSetting command = verified(0, hash, "100000:50", "--to", bytes.toString());

    assertThat(command.out()).contains("proven  bytes 100000 to 100049 stand in " + hash);
    assertThat(bytes).hasBinaryContent(Arrays.copyOfRange(CONTENT, 100_000, 100_050));
    assertThat(slice).satisfies(kept -> assertThat(Files.size(kept)).isLessThan(20_000));
  }

  @Test
  void shouldRefuseAlteredBytesAnotherHashAndACutSlice() throws IOException {
    byte[] proof = Files.readAllBytes(slice);
    assertThat(verified(1, "0".repeat(64), "100000:50", "-o", "json").err())
        .contains("SLICE_WRONG_NODE");
    assertThat(verified(1, hash, "0:50", "-o", "json").err()).contains("SLICE_");

    proof[proof.length - 1] ^= 1;
    Files.write(slice, proof);
    Path bytes = home.resolve("bytes");
    assertThat(verified(1, hash, "100000:50", "-o", "json", "--to", bytes.toString()).err())
        .contains("SLICE_WRONG_BYTES");
    assertThat(bytes).doesNotExist();

    Files.write(slice, Arrays.copyOf(proof, proof.length - 5));
    assertThat(verified(1, hash, "100000:50", "-o", "json").err()).contains("SLICE_TRUNCATED");
  }

  @Test
  void shouldTellTheLengthOnlyWhereTheSliceProvesIt() throws IOException {
    byte[] proof = Files.readAllBytes(slice);
    proof[0] ^= 1;
    Files.write(slice, proof);
    assertThat(verified(0, hash, "100000:50").out()).doesNotContain("of 300");

    ran(0, "prove", file.toString(), "--range", "299990:10", "--to", slice.toString());

    assertThat(verified(0, hash, "299990:10").out())
        .contains("proven  bytes 299990 to 299999, the last of 300000, stand in " + hash);
  }

  @Test
  void shouldTellScriptsWhatIsProven() throws IOException {
    String[] arguments = {
      "prove", file.toString(), "--range", "299990:10", "--to", slice.toString(), "-o", "json"
    };
    var cut = new ObjectMapper().readTree(ran(0, arguments).out());
    assertThat(cut.path("slice").asText()).isEqualTo(slice.toString());
    assertThat(cut.path("contentHash").asText()).isEqualTo(hash);
    assertThat(cut.path("from").asLong()).isEqualTo(299_990);
    assertThat(cut.path("count").asLong()).isEqualTo(10);

    var end = new ObjectMapper().readTree(verified(0, hash, "299990:10", "-o", "json").out());
    assertThat(end.path("proven").asBoolean()).isTrue();
    assertThat(end.path("contentLength").asLong()).isEqualTo(300_000);
    assertThat(end.path("contentHash").asText()).isEqualTo(hash);
  }

  @Test
  void shouldNotLoseWhatItReadsNorReplaceWhatIsNoFile() throws IOException {
    Path link = Files.createSymbolicLink(home.resolve("link"), file);
    Path directory = Files.createDirectory(home.resolve("empty"));
    byte[] proof = Files.readAllBytes(slice);
    for (Path same : List.of(file, link)) {
      assertThat(ran(2, "prove", file.toString(), "--range", "0:9", "--to", same.toString()).err())
          .contains("would be lost");
    }
    assertThat(verified(2, hash, "100000:50", "--to", slice.toString()).err())
        .contains("would be lost");
    assertThat(verified(3, hash, "100000:50", "--to", directory.toString()).err())
        .contains("not a regular file");
    String to = directory.toString();
    assertThat(ran(3, "prove", file.toString(), "--range", "0:9", "--to", to).err())
        .contains("not a regular file");

    assertThat(file).hasBinaryContent(CONTENT);
    assertThat(slice).hasBinaryContent(proof);
    assertThat(directory).isEmptyDirectory();
    assertThat(home).isDirectoryNotContaining("glob:**.tmp");
  }

  @Test
  void shouldProveNothingOfAFileThatIsAnotherEachTimeItIsRead() throws IOException {
    Path changing = Path.of("/proc/sys/kernel/random/uuid");
    assumeThat(changing).exists();
    byte[] proof = Files.readAllBytes(slice);

    String[] arguments = {"prove", changing.toString(), "--range", "0:9", "--to", slice.toString()};
    assertThat(ran(1, arguments).err()).contains("changed while it was read");

    assertThat(slice).hasBinaryContent(proof);
    assertThat(home).isDirectoryNotContaining("glob:**.tmp");
  }

  @Test
  void shouldKeepTheModeOfAFileThatBytesGoTo() throws IOException {
    var mode = PosixFilePermissions.fromString("rw-rw-r--");
    Path bytes = Files.createFile(home.resolve("bytes"));
    Files.setPosixFilePermissions(bytes, mode);

    verified(0, hash, "100000:50", "--to", bytes.toString());

    assertThat(Files.getPosixFilePermissions(bytes)).isEqualTo(mode);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          prove FILE --range 5                         | FROM:COUNT
          prove FILE --range 5:0                       | FROM:COUNT
          prove FILE --range 299999:2 --to OUT         | has none
          prove FILE --range 0:1                       | --to
          prove FILE --range 0:1 --to OUT --size 3     | --size goes without --range
          prove FILE --range 0:1 --to OUT --namespace n| --namespace goes without --range
          verify FILE --key KEY                        | --key goes with --bundle
          verify FILE --hash HASH                      | --hash goes with --slice
          verify --bundle FILE --range 0:1             | --range goes with --slice
          verify FILE --to OUT                         | --to goes with --slice
          verify --slice FILE                          | --hash
          verify --slice FILE --hash 12 --range 0:1    | 64
          verify --slice GONE --hash HASH --range 0:1  | no file
          """)
  void shouldTellBadInput(String line, String part) {
    String[] arguments =
        line.replace("FILE", file.toString())
            .replace("OUT", home.resolve("out").toString())
            .replace("GONE", home.resolve("gone").toString())
            .replace("HASH", hash)
            .split(" ");

    assertThat(ran(2, arguments).err()).contains(part).hasLineCount(1);
    assertThat(home.resolve("out")).doesNotExist();
  }
}
