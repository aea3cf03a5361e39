// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.log;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.stamping.merkle.SigningKey;
import dev.omnibridge.stamping.merkle.VerifierKey;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of this service, from a file that only its user may read.
 *
 * @param all the current key first; every one of them signs
 */
public record SigningKeys(List<SigningKey> all) {
  private static final Logger log = LoggerFactory.getLogger(SigningKeys.class);

  /**
   * Reads the keys; a file that is not there is made, with a new key. Of several services that make
   * one file at a time, the first wins.
   *
   * @throws Fault REFUSED (SIGNING_KEY_UNUSABLE) when it cannot be read or made
   */
  public static SigningKeys load(Path file, SecureRandom random) {
    try {
      if (!Files.exists(file)) {
        make(file, SigningKey.generate(random).pem());
        log.atWarn().addKeyValue("file", file).log("a new key to sign the logs of stamps was made");
      }
      return new SigningKeys(SigningKey.parse(Files.readString(file)));
    } catch (IOException | IllegalArgumentException unusable) {
      throw Fault.of(
              Fault.Kind.REFUSED,
              "SIGNING_KEY_UNUSABLE",
              "The file of the signing keys, %s, cannot be used: %s."
                  .formatted(file, unusable.getMessage()))
          .with("file", file);
    }
  }

  /** Whole or not at all, under a name of its own first. */
  private static void make(Path file, String pem) throws IOException {
    Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
    Files.createDirectories(directory);
    var privately =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    Path made = Files.createTempFile(directory, "signing-key", ".new", privately);
    try {
      Files.writeString(made, pem);
      sync(made, StandardOpenOption.WRITE);
      Files.createLink(file, made);
      sync(directory, StandardOpenOption.READ);
    } catch (FileAlreadyExistsException another) {
      // Another service was faster: its key is everybody's.
      return;
    } finally {
      Files.delete(made);
    }
  }

  /** A key that has signed must not be gone when the machine starts again. */
  private static void sync(Path path, StandardOpenOption option) throws IOException {
    try (var channel = FileChannel.open(path, option)) {
      channel.force(true);
    }
  }

  /** Where the keys are, which are read when they are first needed, and again after a failure. */
  public static final class Source implements Supplier<SigningKeys> {
    private final Path file;
    private final SecureRandom random;
    private @Nullable SigningKeys keys;

    public Source(Path file, SecureRandom random) {
      this.file = file;
      this.random = random;
    }

    @Override
    public synchronized SigningKeys get() {
      SigningKeys known = keys;
      if (known == null) {
        known = load(file, random);
        keys = known;
      }
      return known;
    }
  }

  /** The key that is named first. */
  public SigningKey current() {
    return all.getFirst();
  }

  /** The public halves under the name of a log. */
  List<VerifierKey> verifiers(String origin) {
    return all.stream().map(key -> key.verifier(origin)).toList();
  }
}
