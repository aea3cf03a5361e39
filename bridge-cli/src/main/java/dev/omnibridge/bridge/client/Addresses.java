// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.client;

import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.suite.RunFile;
import dev.omnibridge.runtime.rpc.Peer;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Where each service is. One address serves all, as in {@code ./bridge up}; where the services run
 * apart, the variables DB_ADAPTER_ADDRESS, STAMPING_ADDRESS, ... name the others.
 *
 * @param main "host:port" of the orchestrator, and of every service without an address of its own
 * @param apart "host:port" of the services that are elsewhere
 */
public record Addresses(String main, Map<Peer, String> apart) {
  public static final String DEFAULT = "127.0.0.1:8060";

  private static final Pattern HOST_AND_PORT =
      Pattern.compile("(\\[[0-9a-fA-F:.%]+]|[^:\\[\\]\\s/]+):([0-9]{1,5})");

  /**
   * What the user named, else OMNIBRIDGE_ADDRESS, else the suite that runs on the data directory,
   * else the default.
   */
  public static Addresses find(String named, Setting setting) {
    String variable = setting.variable("OMNIBRIDGE_ADDRESS");
    String main = named.isEmpty() ? variable : named;
    if (main.isEmpty()) {
      main =
          RunFile.ofRunning(setting.data()).map(run -> run.endpoints().address()).orElse(DEFAULT);
    }
    var apart = new EnumMap<Peer, String>(Peer.class);
    for (Peer peer : Peer.values()) {
      String address = setting.variable(peer.addressVariable());
      if (peer != Peer.ORCHESTRATOR && !address.isEmpty()) {
        apart.put(peer, checked(address));
      }
    }
    return new Addresses(checked(main), Map.copyOf(apart));
  }

  /** One address for everything. */
  public static Addresses all(String main) {
    return new Addresses(checked(main), Map.of());
  }

  /** The address of a service. */
  public String of(Peer peer) {
    return apart.getOrDefault(peer, main);
  }

  private static String checked(String address) {
    var parts = HOST_AND_PORT.matcher(address);
    if (!parts.matches() || Integer.parseInt(parts.group(2)) > 65_535) {
      throw new CliFailure(
          ExitCode.USAGE,
          "'%s' is no address; give host:port, like %s.".formatted(address, DEFAULT));
    }
    return address;
  }
}
