// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.bridge.TestSetting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files and their stamps, from the first stamp to the proof that outlives the suite. */
class StampVerbsIT {
  @TempDir private static Path home = Path.of("");
  private static Suite suite;

  @BeforeAll
  static void start() {
    suite = Suite.start(SuiteOptions.in(home.resolve("data")).withFsync(false));
  }

  @AfterAll
  static void stop() {
    suite.close();
  }

  private static TestSetting ran(int code, String... arguments) {
    var command = new TestSetting(home).with("OMNIBRIDGE_ADDRESS", suite.address());
    assertThat(command.run(arguments)).as(command.err()).isEqualTo(code);
    return command;
  }

  private static JsonNode json(int code, String... arguments) throws IOException {
    return new ObjectMapper().readTree(ran(code, arguments).out());
  }

  private static Path tree(String name) throws IOException {
    Path tree = Files.createDirectories(home.resolve(name));
    for (int i = 0; i < 300; i++) {
      Files.writeString(tree.resolve("file-%03d.txt".formatted(i)), name + " " + i + "\n");
    }
    Files.write(tree.resolve("z.bin"), new byte[2_000_000]);
    return tree;
  }

  @Test
  void shouldStampATreeVerifyItAndTellWhatWasAltered() throws IOException {
    Path tree = tree("first");

    JsonNode stamped = json(0, "stamp", tree.toString(), "--namespace", "one", "-o", "json");
    assertThat(stamped.at("/summary/recorded").asInt()).isEqualTo(301);
    assertThat(stamped.at("/stamps/300/stamp/hashedBy").asText()).isEqualTo("CLIENT");
    ran(0, "verify", tree.toString(), "--namespace", "one", "--strict");

    Files.writeString(tree.resolve("file-007.txt"), "altered\n");
    TestSetting verified = ran(1, "verify", tree.toString(), "--namespace", "one", "--quiet");
    assertThat(verified.out()).containsOnlyOnce("\n").contains("file-007.txt: UNKNOWN");
  }

  @Test
  void shouldLetTheSuiteHashWhatIsUploadedAndSaySo() throws IOException {
    Path file = Files.writeString(home.resolve("uploaded.txt"), "uploaded\n");

    JsonNode stamped =
        json(0, "stamp", file.toString(), "--upload", "--namespace", "two", "-o", "json");

    assertThat(stamped.at("/stamps/0/stamp/hashedBy").asText()).isEqualTo("SERVER");
  }

  @Test
  void shouldWriteEveryFormatIntoATextOnceAndVerifyIt() throws IOException {
    for (String format : new String[] {"lightweight", "rich", "hash-only"}) {
      String text = "#!/bin/sh\necho " + format + "\n";
      Path file = Files.writeString(home.resolve(format + ".sh"), text);
      ran(0, "stamp", file.toString(), "--write", "--format", format);
      String once = Files.readString(file);
      assertThat(once).startsWith("#!/bin/sh\n").contains("ONEX").contains("echo " + format);
      ran(0, "stamp", file.toString(), "--write", "--format", format);
      assertThat(file).hasContent(once);
      ran(0, "verify", file.toString());
      Files.writeString(file, once.replace("echo", "exec"));
      assertThat(ran(1, "verify", file.toString()).out()).contains("ALTERED");
    }
  }

  @Test
  void shouldWriteADetachedStampBesideABinaryFile() throws IOException {
    Path file = Files.write(home.resolve("image.png"), new byte[] {(byte) 0x89, 'P', 'N', 'G', 0});

    ran(0, "stamp", file.toString(), "--write", "--format", "detached");

    assertThat(file).hasBinaryContent(new byte[] {(byte) 0x89, 'P', 'N', 'G', 0});
    assertThat(home.resolve(".image.png.onex-meta.json")).content().contains("BLAKE3");
  }

  @Test
  void shouldProveAStampToOneWhoHasOnlyTheBundle() throws IOException {
    Path file = Files.writeString(home.resolve("proven.txt"), "proven\n");
    ran(0, "stamp", file.toString(), "--namespace", "log");
    String bundle = home.resolve("proof.json").toString();
    String keys = home.resolve("keys").toString();

    ran(0, "prove", file.toString(), "--namespace", "log", "--to", bundle);
    JsonNode told = json(0, "checkpoint", "--keys", "--namespace", "log", "-o", "json");
    Files.writeString(Path.of(keys), told.at("/keys/0/verifier").asText() + "\n");

    TestSetting verified =
        ran(0, "verify", "--bundle", bundle, "--key", "@" + keys, file.toString());
    assertThat(verified.out()).contains("proven").contains("proven.txt: OK");
    assertThat(ran(0, "verify", "--bundle", bundle).err()).contains("--key");
    Files.writeString(file, "something else\n");
    assertThat(ran(1, "verify", "--bundle", bundle, file.toString()).out()).contains("DIFFERS");
    Path forged = home.resolve("forged.json");
    Files.writeString(
        forged,
        Files.readString(Path.of(bundle)).replaceFirst("\"leaf_index\" : 0", "\"leaf_index\" : 1"));
    assertThat(ran(1, "verify", "--bundle", forged.toString(), "-o", "json").err())
        .contains("PROOF_INVALID");
  }

  @Test
  void shouldKeepACheckpointAndAuditAgainstIt() throws IOException {
    Path tree = tree("second");
    ran(0, "stamp", tree.toString(), "--namespace", "audited", "--include", "*0.txt");
    Path kept = home.resolve("kept.txt");
    Files.writeString(kept, ran(0, "checkpoint", "--namespace", "audited").out());
    ran(0, "stamp", tree.toString(), "--namespace", "audited");

    TestSetting since = ran(0, "checkpoint", "--namespace", "audited", "--since", kept.toString());
    assertThat(since.err()).contains("from 30 to 301 leaves");
    TestSetting audited =
        ran(0, "audit", "--namespace", "audited", "--checkpoint", kept.toString(), "--deep");
    assertThat(audited.out()).contains("intact").contains("301 stamps in 301 leaves");
    Files.writeString(kept, Files.readString(kept).replace("\n30\n", "\n31\n"));
    assertThat(ran(1, "audit", "--namespace", "audited", "--checkpoint", kept.toString()).out())
        .contains("CHECKPOINT INVALID");
    assertThat(
            ran(1, "checkpoint", "--namespace", "audited", "--since", kept.toString(), "-o", "json")
                .err())
        .contains("CHECKPOINT_SIGNATURE_INVALID");
  }
}
