// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.log.v1.ActionContext;
import dev.omnibridge.bridge.Setting;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.UUID;
import picocli.CommandLine.Option;

/** Who does something, and why; kept with what is done. */
final class ActorOptions {
  @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept in the history.")
  private String reason = "";

  @Option(
      names = "--actor",
      paramLabel = "NAME",
      description = "Who does it (default: the user's name @ this machine's).")
  private String actor = "";

  @Option(
      names = "--request-id",
      paramLabel = "UUID",
      description = "Makes a repeat do nothing again (default: a new one).")
  private String requestId = "";

  /** The same for every attempt of one command. */
  ActionContext context(Setting setting) {
    return ActionContext.newBuilder()
        .setRequestId(requestId.isEmpty() ? UUID.randomUUID().toString() : requestId)
        .setActor(actor.isEmpty() ? user(setting) + "@" + host() : actor)
        .setReason(reason)
        .build();
  }

  private static String user(Setting setting) {
    String user = setting.variable("USER");
    return user.isEmpty() ? System.getProperty("user.name", "unknown") : user;
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      return "unknown";
    }
  }
}
