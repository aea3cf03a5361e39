// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.client;

import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.suite.RunFile;
import dev.omnibridge.runtime.rpc.Peer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Where the user says that the suite is: any process of it can be named, and several, to be tried
 * in turn. The variables DB_ADAPTER_ADDRESS, STAMPING_ADDRESS, ... name services of their own; of
 * all others the named processes are asked where they are.
 *
 * @param main "host:port" of processes of the suite, at least one
 * @param apart "host:port" of the instances of a service that is named by its own variable
 */
public record Addresses(List<String> main, Map<Peer, List<String>> apart) {
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
    var apart = new EnumMap<Peer, List<String>>(Peer.class);
    for (Peer peer : Peer.values()) {
      String own = setting.variable(peer.addressVariable());
      if (!own.isEmpty()) {
        apart.put(peer, list(own));
      }
    }
    return new Addresses(list(main), Map.copyOf(apart));
  }

  /** One process, which knows of all others. */
  public static Addresses all(String main) {
    return new Addresses(list(main), Map.of());
  }

  /** The named processes, as they are told to people. */
  public String told() {
    return String.join(", ", main);
  }

  private static List<String> list(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .map(Addresses::checked)
        .distinct()
        .toList();
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
