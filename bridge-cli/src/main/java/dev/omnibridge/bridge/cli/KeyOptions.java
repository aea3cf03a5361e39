// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.stamping.merkle.VerifierKey;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The keys that the user trusts. */
final class KeyOptions {
  @Option(
      names = "--key",
      paramLabel = "KEY|@FILE",
      description =
          "A key that you trust to sign, as ./bridge checkpoint --keys shows it, or a file with one"
              + " a line; may be repeated. Without, the keys that come with the proof are taken.")
  private List<String> named = new ArrayList<>();

  /** None when none was named. */
  List<VerifierKey> keys() {
    return named.stream()
        .flatMap(name -> Inputs.textOrFile(name).lines())
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(line -> VerifierKey.parse(line.strip()))
        .toList();
  }
}
