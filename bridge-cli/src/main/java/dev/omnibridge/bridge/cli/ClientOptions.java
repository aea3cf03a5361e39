// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.bridge.Logs;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.client.Addresses;
import dev.omnibridge.bridge.client.Client;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every verb takes that asks a running suite. */
final class ClientOptions {
  @Option(
      names = "--address",
      paramLabel = "HOST:PORT",
      description = "Where the suite is; see ./bridge --help for how it is found without.")
  private String address = "";

  @Mixin private OutputOptions output = new OutputOptions();

  /** What was named, empty if nothing was. */
  String address() {
    return address;
  }

  OutputOptions output() {
    return output;
  }

  /** Opens the way to the suite; nothing is connected before the first call. */
  Session open(Setting setting) {
    beQuiet();
    return new Session(setting, Client.open(Addresses.find(address, setting)), output.json());
  }

  /** No log unless it is asked for; to be called before anything logs. */
  void beQuiet() {
    if (output.verbose()) {
      Logs.toStderr();
    } else {
      Logs.silence();
    }
  }
}
