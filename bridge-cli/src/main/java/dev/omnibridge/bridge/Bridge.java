// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge;

import dev.omnibridge.bridge.cli.CommandTree;
import dev.omnibridge.runtime.blake3.Kernels;
import java.util.Set;

/** The command {@code ./bridge}. */
public final class Bridge {
  private Bridge() {}

  /** The verbs that are likely to hash much. */
  private static final Set<String> HASHING = Set.of("stamp", "verify");

  public static void main(String[] args) {
    if (args.length > 1 && HASHING.contains(args[0])) {
      // The vectors are compiled while the command is still being loaded.
      Kernels.expectMuch();
    }
    System.exit(CommandTree.execute(args, Setting.ofProcess()));
  }
}
