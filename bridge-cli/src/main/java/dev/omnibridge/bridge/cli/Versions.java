// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** Which build this is. */
final class Versions implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String built = CommandTree.class.getPackage().getImplementationVersion();
    return new String[] {
      "omnibridge " + Objects.requireNonNullElse(built, "(not packaged)"),
      "Java " + Runtime.version()
    };
  }
}
