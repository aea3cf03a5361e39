// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping;

import dev.omnibridge.runtime.Env;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.stamping.merkle.VerifierKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the tamper-evident log can be told from outside.
 *
 * @param signingKeyFile the keys that sign checkpoints, as PKCS#8 in PEM, the current one first;
 *     empty means a file of the user's own, which is made when it is needed
 * @param checkpointEvery how often logs that have grown are signed without being asked; zero means
 *     never
 * @param trustedKeys keys of others, or of earlier times, whose checkpoints vouch like those by our
 *     own
 */
public record StampLogConfig(
    String signingKeyFile, Duration checkpointEvery, List<VerifierKey> trustedKeys) {

  /** Reads the environment. */
  public static StampLogConfig from(Env env) {
    return new StampLogConfig(
        env.text("STAMPING_SIGNING_KEY_FILE", ""),
        env.durationOrZero("STAMPING_CHECKPOINT_EVERY", Duration.ofMinutes(1)),
        trusted(env));
  }

  /** As ListCheckpointKeys tells them; whatever log they are named after. */
  private static List<VerifierKey> trusted(Env env) {
    String text = env.text("STAMPING_TRUSTED_KEYS", "");
    try {
      return Stream.of(text.split(","))
          .filter(key -> !key.isBlank())
          .map(VerifierKey::parse)
          .toList();
    } catch (Fault malformed) {
      env.refuse("STAMPING_TRUSTED_KEYS", text, "verifier keys, with commas, are needed");
      return List.of();
    }
  }

  /** Where the keys are. */
  Path keys() {
    return signingKeyFile.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".local/state/omnibridge/signing-key.pem")
        : Path.of(signingKeyFile);
  }
}
