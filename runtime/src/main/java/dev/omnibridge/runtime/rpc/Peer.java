// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

/** The services that meet over gRPC, with the variables and ports by which they are found. */
public enum Peer {
  ORCHESTRATOR("orchestrator", "ORCHESTRATOR", 8060),
  DB_ADAPTER("db-adapter", "DB_ADAPTER", 8061),
  REDUCER("reducer", "REDUCER", 8062),
  STAMPING("stamping-service", "STAMPING", 8053),
  INTELLIGENCE("intelligence-service", "INTELLIGENCE", 8058);

  private final String service;
  private final String prefix;
  private final int defaultPort;

  Peer(String service, String prefix, int defaultPort) {
    this.service = service;
    this.prefix = prefix;
    this.defaultPort = defaultPort;
  }

  /** Its name in logs and messages. */
  public String service() {
    return service;
  }

  /** The variable with the port it listens on, like ORCHESTRATOR_PORT. */
  public String portVariable() {
    return prefix + "_PORT";
  }

  /** The variable with the address others find it at, like ORCHESTRATOR_ADDRESS. */
  public String addressVariable() {
    return prefix + "_ADDRESS";
  }

  /** The port where nothing else is said. */
  public int defaultPort() {
    return defaultPort;
  }
}
