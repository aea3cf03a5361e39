// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.bridge.Logs;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.client.Addresses;
import dev.omnibridge.bridge.client.Client;
import java.time.Duration;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every verb takes that asks a running suite. */
final class ClientOptions {
  @Option(
      names = "--address",
      paramLabel = "HOST:PORT[,...]",
      description =
          "Processes of the suite, tried in turn; see ./bridge --help for how it is found without.")
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
    return open(setting, Client.PATIENCE);
  }

  /** The same, with its own limit for how long a service that is away is called again. */
  Session open(Setting setting, Duration patience) {
    beQuiet();
    Client client = Client.open(Addresses.find(address, setting), patience);
    return new Session(setting, client, output.json());
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
