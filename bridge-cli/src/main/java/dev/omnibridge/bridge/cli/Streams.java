// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;

/** Names of streams as they are written: KIND/NAMESPACE/ID. */
final class Streams {
  private Streams() {}

  static StreamName named(String text) {
    String[] parts = text.split("/", 3);
    if (parts.length != 3 || parts[0].isEmpty() || parts[1].isEmpty() || parts[2].isEmpty()) {
      throw new CliFailure(
          ExitCode.USAGE,
          "'%s' is no stream; give KIND/NAMESPACE/ID, like workflow/default/<run id>."
              .formatted(text));
    }
    return StreamName.newBuilder().setKind(parts[0]).setNamespace(parts[1]).setId(parts[2]).build();
  }
}
