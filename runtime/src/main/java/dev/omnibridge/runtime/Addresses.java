// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime;

import java.net.Inet6Address;
import java.util.regex.Pattern;

/**
 * Tells what can be an address, without asking a name server: a host name (an underscore is no
 * obstacle), an IPv4 address or an IPv6 address in brackets, and a port.
 */
public final class Addresses {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9._-]{0,253})");
  private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
  private static final int LARGEST_PORT = 65_535;

  private Addresses() {}

  /** True for a host alone. */
  public static boolean isHost(String host) {
    return host.startsWith("[") && host.endsWith("]")
        ? isIpv6(host.substring(1, host.length() - 1))
        : NAME.matcher(host).matches();
  }

  /** True for a host and a port that something can listen on. */
  public static boolean isHostAndPort(String address) {
    int colon = address.lastIndexOf(':');
    return colon > 0 && isHost(address.substring(0, colon)) && isPort(address.substring(colon + 1));
  }

  /** True for an IPv6 address without brackets. */
  public static boolean isIpv6(String host) {
    try {
      return host.indexOf(':') >= 0 && !Inet6Address.ofLiteral(host).getHostAddress().isEmpty();
    } catch (IllegalArgumentException none) {
      return false;
    }
  }

  private static boolean isPort(String text) {
    if (!PORT.matcher(text).matches()) {
      return false;
    }
    int port = Integer.parseInt(text);
    return port >= 1 && port <= LARGEST_PORT;
  }
}
