// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge;

import dev.omnibridge.bridge.cli.CommandTree;

/** The command {@code ./bridge}. */
public final class Bridge {
  private Bridge() {}

  public static void main(String[] args) {
    System.exit(CommandTree.of(Setting.ofProcess()).execute(args));
  }
}
